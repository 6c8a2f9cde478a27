/** The notice an institution receives: who, what, when, with which effect, whom to ask. Functions of data, shown before they are sent. */
import type { Effect, NoticeKind } from "./shapes.ts";

export interface Told {
  number: number;
  title: string;
  starts: Date;
  ends: Date;
  institution: { fr: string; en: string };
  /** Names of its places, by effect. */
  down: readonly string[];
  oneWay: readonly string[];
  zone: string;
  /** Why it was cancelled. */
  reason?: string | undefined;
  origin: string;
}

const list = (names: readonly string[], more: (n: number) => string) =>
  names.length > 6 ? `${names.slice(0, 5).join(", ")} ${more(names.length - 5)}` : names.join(", ");

function window(o: Told, lang: "fr" | "en"): string {
  const locale = lang === "en" ? "en-GB" : "fr-FR";
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: o.zone });
  const hour = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: o.zone });
  const [a, b] = [day.format(o.starts), day.format(o.ends)];
  if (lang === "en")
    return a === b
      ? `on ${a}, from ${hour.format(o.starts)} to ${hour.format(o.ends)}`
      : `from ${a}, ${hour.format(o.starts)}, to ${b}, ${hour.format(o.ends)}`;
  return a === b
    ? `le ${a}, de ${hour.format(o.starts)} à ${hour.format(o.ends)}`
    : `du ${a} à ${hour.format(o.starts)} au ${b} à ${hour.format(o.ends)}`;
}

export function effectFor(o: Pick<Told, "down" | "oneWay">): Effect | "none" {
  return o.down.length ? "down" : o.oneWay.length ? "one-way" : "none";
}

export function noticeText(
  kind: NoticeKind,
  o: Told,
): { subject: { fr: string; en: string }; body: { fr: string; en: string }; sms: { fr: string; en: string } } {
  const [fr, en] = [window(o, "fr"), window(o, "en")];
  const head = {
    announced: { fr: `Travaux sur le réseau n° ${o.number}`, en: `Network works no. ${o.number}` },
    changed: { fr: `Travaux sur le réseau n° ${o.number}\u202f: changement`, en: `Network works no. ${o.number}: change` },
    cancelled: { fr: `Travaux sur le réseau n° ${o.number}\u202f: annulation`, en: `Network works no. ${o.number}: cancelled` },
  }[kind];
  const foot = {
    fr: `Suivi et signalement\u202f: ${o.origin}/console/raccordement`,
    en: `Follow or report: ${o.origin}/console/raccordement`,
  };
  if (kind === "cancelled")
    return {
      subject: head,
      body: {
        fr: `${o.institution.fr}\n\nLes travaux «\u202f${o.title}\u202f» annoncés ${fr} ne vous concernent plus.${o.reason ? ` ${o.reason}` : ""}\n\n${foot.fr}`,
        en: `${o.institution.en}\n\nThe works “${o.title}” announced ${en} no longer concern you.${o.reason ? ` ${o.reason}` : ""}\n\n${foot.en}`,
      },
      sms: {
        fr: `Réseau: travaux n° ${o.number} ${fr} annulés pour votre institution.`,
        en: `Network: works no. ${o.number} ${en} cancelled for your institution.`,
      },
    };
  const effects = {
    fr: [
      o.down.length ? `Sans réseau pendant ces travaux\u202f: ${list(o.down, (n) => `et ${n} autres`)}.` : "",
      o.oneWay.length
        ? `En service par l’autre chemin, sans secours pendant ces travaux\u202f: ${list(o.oneWay, (n) => `et ${n} autres`)}.`
        : "",
    ].filter(Boolean),
    en: [
      o.down.length ? `Without network during the works: ${list(o.down, (n) => `and ${n} more`)}.` : "",
      o.oneWay.length ? `Served by the other way, without a spare one meanwhile: ${list(o.oneWay, (n) => `and ${n} more`)}.` : "",
    ].filter(Boolean),
  };
  return {
    subject: head,
    body: {
      fr: `${o.institution.fr}\n\n${kind === "changed" ? "Ce message remplace le précédent. " : ""}Des travaux sont prévus ${fr}\u202f: ${o.title}.\n\n${effects.fr.join("\n")}\n\n${foot.fr}`,
      en: `${o.institution.en}\n\n${kind === "changed" ? "This message replaces the one before. " : ""}Works are planned ${en}: ${o.title}.\n\n${effects.en.join("\n")}\n\n${foot.en}`,
    },
    sms: {
      fr: `Réseau: travaux n° ${o.number} ${kind === "changed" ? "déplacés, désormais " : ""}${fr}. ${o.down.length ? "Votre réseau sera coupé." : "Pas de coupure prévue, mais pas de secours."}`,
      en: `Network: works no. ${o.number} ${kind === "changed" ? "moved, now " : ""}${en}. ${o.down.length ? "Your network will be off." : "No interruption is planned, but no spare way."}`,
    },
  };
}
