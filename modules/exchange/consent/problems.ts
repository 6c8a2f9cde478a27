import { problem } from "#kernel";

export const consentUnknown = problem("exchange.consent-unknown", 404, {
  fr: "Cet accord n’existe pas, ou il n’est pas le vôtre.",
  en: "This consent does not exist, or it is not yours.",
});
export const consentClosed = problem("exchange.consent-closed", 409, {
  fr: "Cette demande d’accord a déjà reçu sa réponse, ou son délai est passé.",
  en: "This request for consent has been answered, or its time has passed.",
});
export const consentNotGiven = problem("exchange.consent-not-given", 409, {
  fr: "Cet accord n’est pas, ou n’est plus, en vigueur.",
  en: "This consent is not, or no longer, in force.",
});
export const consentNotWanted = problem(
  "exchange.consent-not-wanted",
  422,
  {
    fr: "Aucun droit de votre institution ne demande d’accord pour ce service et ce motif.",
    en: "No right of your institution asks for a consent for this service and purpose.",
  },
  "official",
);
export const consentNoPhone = problem(
  "exchange.consent-no-phone",
  409,
  {
    fr: "Aucun téléphone vérifié n’est connu pour cette personne\u202f: elle doit d’abord faire vérifier son identité à un guichet.",
    en: "No verified telephone is known for this person: her identity must first be verified at a counter.",
  },
  "official",
);
export const consentTooMany = problem(
  "exchange.consent-too-many",
  429,
  {
    fr: "Trop de demandes d’accord\u202f: cette personne en a déjà plusieurs ouvertes, ou votre institution en a posé trop aujourd’hui.",
    en: "Too many requests for consent: this person has several open already, or your institution has made too many today.",
  },
  "time",
);
export const consentSelf = problem("exchange.consent-self", 403, {
  fr: "On ne recueille pas son propre accord au guichet.",
  en: "Nobody takes her own consent at a counter.",
});
