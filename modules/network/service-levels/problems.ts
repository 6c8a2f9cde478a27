import { problem } from "#kernel";

export const monthOpen = problem("network.month-not-over", 409, {
  fr: "Ce mois n’est pas terminé\u202f: son relevé ne peut pas encore être arrêté.",
  en: "This month is not over: its statements cannot be made yet.",
});
export const monthUnknown = problem("network.month-unknown", 404, {
  fr: "Aucun site n’était raccordé ce mois-là.",
  en: "No place was connected in that month.",
});
export const monthClosedAlready = problem("network.month-closed", 409, {
  fr: "Les relevés de ce mois sont déjà arrêtés.",
  en: "The statements of this month are made already.",
});
export const statementUnknown = problem("network.statement-unknown", 404, {
  fr: "Il n’y a pas de relevé de cette institution pour ce mois.",
  en: "There is no statement of this institution for that month.",
});
export const paperWaiting = problem("network.statement-not-sealed", 409, {
  fr: "Le relevé signé est en préparation. Réessayez dans une minute.",
  en: "The signed statement is being made. Try again in a minute.",
});
