import { problem } from "#kernel";

export const messageUnknown = problem("exchange.waiting-message-unknown", 404, {
  fr: "Votre institution n’a pas de message en attente de ce numéro.",
  en: "Your institution has no waiting message of this number.",
});
export const messageLeft = problem("exchange.message-left", 409, {
  fr: "Ce message est déjà parti ou terminé\u202f: il ne peut plus être retiré.",
  en: "This message has already left or ended: it can no longer be withdrawn.",
});
