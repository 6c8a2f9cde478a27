import { problem } from "#kernel";

export const connectionUnknown = problem(
  "exchange.connection-unknown",
  404,
  {
    fr: "Aucune connexion de ce nom n’est réglée pour votre institution sur ce serveur.",
    en: "No connection of this name is set for your institution on this server.",
  },
  "operator",
);
export const definitionUnfit = problem("exchange.definition-unfit", 422, {
  fr: "La description de la source ne correspond pas au service.",
  en: "The description of the source does not fit the service.",
});
export const connectorUnknown = problem("exchange.connector-unknown", 404, {
  fr: "Aucun service de votre institution n’est relié ainsi.",
  en: "No service of your institution is connected so.",
});
export const codeTaken = problem("exchange.code-taken", 409, {
  fr: "Un autre service de ce sous-système porte déjà ce code.",
  en: "Another service of this subsystem has this code already.",
});
