import { problem } from "#kernel";

export const invalidNumber = problem("messages.invalid-number", 422, {
  fr: "Ce numéro de téléphone n’existe pas dans le plan de numérotation.",
  en: "This telephone number does not fit the numbering plan.",
});
export const invalidEmail = problem("messages.invalid-email", 422, {
  fr: "Cette adresse électronique n’est pas valable.",
  en: "This e-mail address is not valid.",
});
export const emptyMessage = problem("messages.empty", 422, { fr: "Le message est vide.", en: "The message is empty." });
export const tooLong = problem("messages.too-long", 422, {
  fr: "Le message est trop long\u202f: dix SMS au plus.",
  en: "The message is too long: ten SMS at most.",
});
export const noDemoPhone = problem("messages.no-demo-phone", 404, {
  fr: "Il n’y a de téléphone simulé que dans une démonstration.",
  en: "A simulated telephone exists in a demonstration only.",
});
export const messageUnknown = problem("messages.unknown", 404, { fr: "Ce message n’existe pas.", en: "There is no such message." });
export const nothingToResend = problem(
  "messages.nothing-to-resend",
  409,
  {
    fr: "Ce message ne peut pas être renvoyé\u202f: il est encore en route, ou son contenu a été effacé.",
    en: "This message cannot be sent again: it is still on its way, or its content has been erased.",
  },
  "official",
);
