import { problem } from "#kernel";

export const diagnosisUnfit = problem("exchange.diagnosis-unfit", 422, {
  fr: "Nommez un service ou un serveur, et l’un des deux seulement.",
  en: "Name a service or a server, and one of them only.",
});
export const diagnosisUnknown = problem("exchange.diagnosis-unknown", 404, {
  fr: "Aucun diagnostic de votre institution ne porte ce numéro.",
  en: "No diagnosis of your institution has this number.",
});
