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

/** The report's own words; the plan in it speaks as above. */
export const reportWords = messages({
  fr: {
    title: "L’état du réseau de l’administration",
    reference: (n: number, date: string) => `Révision ${n} du réseau · ${date}`,
    footer: (n: number, date: string) => `État du réseau · révision ${n} · ${date}`,
    sites: "sites raccordés",
    fibre: "kilomètres de fibre",
    exposed: "sites à la merci d’une seule coupure",
    cuts: "coupures attendues par an",
    lead: (mean: string, off: string, hours: string) =>
      `En moyenne, un site est en service ${mean} du temps, soit ${off}\u00a0heures d’arrêt par an, courant compris. ` +
      `Les coupures de fibre à elles seules coûtent ${hours}\u00a0heures de site par an.`,
    unreached: (n: string) => `Sites sans aucun chemin vers le cœur du réseau\u202f: ${n}.`,
    worst: "Les coupures qui coûteraient le plus",
    worstText:
      "Une pelle, un pont emporté, un poteau à terre\u202f: ce qui tomberait ensemble, à quel rythme, et pour combien d’heures par an.",
    cut: "Ce qui est coupé",
    lost: "Sites perdus",
    everyYears: "Fréquence",
    yearly: "Par an",
    times: (n: string) => `${n} fois par an`,
    once: (n: string) => `tous les ${n} ans`,
    hours: (n: string) => `${n}\u00a0h`,
    institutions: "Les institutions les moins bien servies",
    institutionsText: (n: string) =>
      `Les huit dernières des ${n} institutions raccordées. La fourchette dit ce que la simulation permet d’affirmer à 95\u00a0%.`,
    services: "Les services en ligne les plus exposés",
    servicesText: (n: string) =>
      `Les six derniers des ${n} services publiés sur les échanges par ces institutions\u202f: un service se tait quand son institution est coupée.`,
    who: "Qui",
    available: "En service",
    interval: "Fourchette",
    between: (a: string, b: string) => `${a} à ${b}`,
    off: "Arrêt par an",
    next: "Ce qu’il faudrait poser d’abord",
    how: "Comment ces chiffres sont obtenus",
    method: (samples: string, seed: string) =>
      `Simulation de ${samples} états du réseau (graine ${seed})\u202f: chaque liaison, fourreau, pont et nœud tombe à son rythme, 2,73\u00a0coupures par an pour 1\u202f000\u00a0km et 12\u00a0heures de réparation sauf valeur propre. Le terrain partagé par plusieurs câbles tombe d’un coup.`,
    noAct: "Ce rapport n’est pas un acte\u202f: personne ne le signe, et il change avec le réseau.",
  },
  en: {
    title: "The state of the administration’s network",
    reference: (n: number, date: string) => `Revision ${n} of the network · ${date}`,
    footer: (n: number, date: string) => `State of the network · revision ${n} · ${date}`,
    sites: "sites joined",
    fibre: "kilometres of fibre",
    exposed: "sites at the mercy of one cut",
    cuts: "cuts expected a year",
    lead: (mean: string, off: string, hours: string) =>
      `On average a site is in service ${mean} of the time: ${off} hours without it a year, power included. ` +
      `Fibre cuts alone cost ${hours} site-hours a year.`,
    unreached: (n: string) => `Sites without any way to the core: ${n}.`,
    worst: "The cuts that would cost most",
    worstText: "A digger, a bridge swept away, a pole down: what would fall together, how often, and for how many hours a year.",
    cut: "What is cut",
    lost: "Sites lost",
    everyYears: "How often",
    yearly: "A year",
    times: (n: string) => `${n} times a year`,
    once: (n: string) => `every ${n} years`,
    hours: (n: string) => `${n} h`,
    institutions: "The institutions served worst",
    institutionsText: (n: string) =>
      `The last eight of the ${n} institutions joined. The interval says what the simulation lets one claim at 95 %.`,
    services: "The online services most exposed",
    servicesText: (n: string) =>
      `The last six of the ${n} services these institutions publish on the exchange: a service falls silent when its institution is cut off.`,
    who: "Who",
    available: "In service",
    interval: "Interval",
    between: (a: string, b: string) => `${a} to ${b}`,
    off: "Off a year",
    next: "What to lay first",
    how: "How these figures are worked out",
    method: (samples: string, seed: string) =>
      `Simulation of ${samples} states of the network (seed ${seed}): each span, duct, bridge and hub fails at its own rate, 2.73 cuts a year on 1,000 km and 12 hours to repair unless it has its own figures. Ground that several cables share fails at once.`,
    noAct: "This report is no act: nobody signs it, and it changes with the network.",
  },
});
