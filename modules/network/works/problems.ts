import { problem } from "#kernel";

export const workUnknown = problem("network.work-unknown", 404, { fr: "Ces travaux n’existent pas.", en: "There is no such work." });
export const workMoved = problem("network.work-moved", 409, {
  fr: "Ces travaux ont changé depuis que vous les avez lus\u202f: relisez-les.",
  en: "This work has changed since you read it: read it again.",
});
export const workState = problem("network.work-state", 409, {
  fr: "L’état de ces travaux ne permet pas cette action.",
  en: "The state of this work does not allow this.",
});
export const workElements = problem("network.work-elements", 422, {
  fr: "Ces éléments ne sont pas dans le réseau.",
  en: "These elements are not in the network.",
});
export const workWindow = problem("network.work-window", 422, {
  fr: "La fin vient après le début, le début n’est pas passé, et l’ensemble ne dépasse pas trente jours.",
  en: "The end comes after the beginning, the beginning is not past, and the whole lasts thirty days at most.",
});
export const workIsolates = problem(
  "network.work-isolates",
  409,
  {
    fr: "Ces travaux couperaient des sites qui n’ont pas d’autre chemin. Ils ne passent que si une raison est donnée, et elle est conservée.",
    en: "This work would cut off sites that have no other way. It goes on only with a reason, which is kept.",
  },
  "operator",
);
export const ownWork = problem(
  "network.own-work",
  403,
  {
    fr: "Qui a préparé des travaux ne les approuve pas\u202f: une autre personne doit les relire.",
    en: "Whoever prepared a work does not approve it: somebody else must review it.",
  },
  "operator",
);
