import { messages, type Lang } from "#kernel";

const formats = new Map<string, Intl.NumberFormat>();

/** A figure as people of the language write it, with at most one decimal below ten. */
export function figure(lang: Lang, n: number): string {
  const [locale, digits] = [lang === "en" ? "en-GB" : "fr-FR", n < 10 ? 1 : 0];
  const key = `${locale}${digits}`;
  // making one costs milliseconds, using it microseconds
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
  formats.set(key, format);
  return format.format(n);
}

/** French counts one and a half as one: « 1,8 heure », « 2 heures ». */
const heures = (n: string) => (Number(n.replace(/[\s\u202f\u00a0]/g, "").replace(",", ".")) < 2 ? "heure" : "heures");

/** For a minister: what to lay, from where to where, who gains, how much. No jargon. */
export const words = messages({
  fr: {
    why: (km: string, a: string, b: string, helped: number, freed: number, saved: string) =>
      `Poser ${km}\u00a0km de fibre entre «\u202f${a}\u202f» et «\u202f${b}\u202f». ` +
      `${helped === 1 ? "Un établissement y gagne" : `${helped}\u00a0établissements y gagnent`} un second chemin` +
      `${freed === 0 ? "" : freed === helped ? ", et plus aucune coupure isolée ne les arrête" : `\u202f; pour ${freed} d’entre eux, plus aucune coupure isolée ne les arrête`}. ` +
      `En moyenne, ${saved}\u00a0${heures(saved)} d’arrêt d’établissement évitée${heures(saved) === "heure" ? "" : "s"} par an.`,
    nothing: (km: string) =>
      `Avec ${km}\u00a0km, aucune nouvelle liaison ne réduit l’effet d’une coupure\u202f: il faut plus de fibre, ou une réparation plus rapide.`,
    summary: (used: string, steps: number, before: string, after: string, share: string) =>
      `${used}\u00a0km de fibre en ${steps === 1 ? "une liaison" : `${steps}\u00a0liaisons`} ramènent l’arrêt dû aux coupures de ${before} à ${after}\u00a0${heures(after)} d’établissement par an (${share}\u00a0% de moins).`,
  },
  en: {
    why: (km: string, a: string, b: string, helped: number, freed: number, saved: string) =>
      `Lay ${km} km of fibre between “${a}” and “${b}”. ` +
      `${helped === 1 ? "One establishment gains" : `${helped} establishments gain`} a second way` +
      `${freed === 0 ? "" : freed === helped ? ", and no single cut stops them any more" : `; for ${freed} of them no single cut is enough any more`}. ` +
      `On average, ${saved} establishment-hours without network saved a year.`,
    nothing: (km: string) => `With ${km} km no new link lessens the effect of a cut: it takes more fibre, or faster repair.`,
    summary: (used: string, steps: number, before: string, after: string, share: string) =>
      `${used} km of fibre in ${steps === 1 ? "one link" : `${steps} links`} bring what cuts cost from ${before} to ${after} establishment-hours a year (${share} % less).`,
  },
});
