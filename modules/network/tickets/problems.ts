import { problem } from "#kernel";

export const ticketUnknown = problem("network.ticket-unknown", 404, { fr: "Ce signalement n’existe pas.", en: "There is no such ticket." });
export const ticketMovedOn = problem("network.ticket-moved", 409, {
  fr: "Ce signalement a changé depuis que vous l’avez lu\u202f: relisez-le.",
  en: "This ticket has changed since you read it: read it again.",
});
export const ticketState = problem("network.ticket-state", 409, {
  fr: "L’état de ce signalement ne permet pas cette action.",
  en: "The state of this ticket does not allow this.",
});
export const ticketOpen = problem("network.ticket-open-already", 409, {
  fr: "Un signalement est déjà ouvert pour ce site\u202f: ajoutez-y une note.",
  en: "A ticket is open for this place already: add a note to it.",
});
export const placeUnknown = problem("network.place-unknown", 404, {
  fr: "Ce site n’est pas un site raccordé de votre institution.",
  en: "This is no connected place of your institution.",
});
export const notAnEngineer = problem("network.not-an-engineer", 422, {
  fr: "Cette personne ne traite pas les signalements du réseau dans votre institution.",
  en: "This person does not handle network tickets in your institution.",
});
export const alarmGone = problem("network.ticket-alarm-unknown", 404, { fr: "Cette alarme n’existe pas.", en: "There is no such alarm." });
