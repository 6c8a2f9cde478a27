/** What can go wrong, in sentences. */
import { problem } from "#kernel";

export const institutionUnknown = problem("registry.institution-unknown", 404, {
  fr: "Cette institution n’est pas au registre.",
  en: "This institution is not in the register.",
});
export const divisionUnknown = problem("registry.division-unknown", 404, {
  fr: "Ce territoire n’est pas au registre.",
  en: "This territory is not in the register.",
});
export const roleUnknown = problem("registry.role-unknown", 422, {
  fr: "Ce rôle n’existe pas dans cette institution.",
  en: "This role does not exist in this institution.",
});
export const assignmentUnknown = problem("registry.assignment-unknown", 404, {
  fr: "Ce rôle attribué n’existe pas ou ne concerne pas votre institution.",
  en: "This assignment does not exist or does not concern your institution.",
});
export const notYours = problem(
  "registry.not-your-institution",
  403,
  { fr: "Vous n’agissez que pour votre institution.", en: "You act for your own institution only." },
  "official",
);
export const secondPerson = problem(
  "registry.second-person-needed",
  403,
  {
    fr: "Une autre personne que celle qui demande et que celle qui reçoit doit approuver.",
    en: "Somebody other than the requester and the holder has to approve.",
  },
  "official",
);
export const notForYourself = problem(
  "registry.not-for-yourself",
  403,
  { fr: "Nul ne s’attribue un rôle à soi-même.", en: "Nobody gives a role to himself." },
  "official",
);
export const wrongState = problem("registry.wrong-state", 409, {
  fr: "Cette action n’est plus possible dans l’état actuel.",
  en: "This action is no longer possible in the present state.",
});
export const alreadyHeld = problem("registry.already-held", 409, {
  fr: "Cette personne tient déjà ce rôle pour ces dates, ou l’attend.",
  en: "This person already holds this role for these dates, or waits for it.",
});
export const delegationRefused = problem("registry.delegation-refused", 422, {
  fr: "Cette délégation n’est pas possible.",
  en: "This delegation is not possible.",
});
export const importRefused = problem("registry.import-refused", 422, {
  fr: "Rien n’a été importé : corrigez les lignes signalées.",
  en: "Nothing was imported: correct the lines named.",
});
