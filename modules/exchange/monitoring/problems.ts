import { problem } from "#kernel";

export const diagnosisUnfit = problem("exchange.diagnosis-unfit", 422, {
  fr: "Nommez un service ou un serveur, et l’un des deux seulement.",
  en: "Name a service or a server, and one of them only.",
});
export const diagnosisUnknown = problem("exchange.diagnosis-unknown", 404, {
  fr: "Aucun diagnostic de votre institution ne porte ce numéro.",
  en: "No diagnosis of your institution has this number.",
});
export const diagnosisOfOthers = problem(
  "exchange.diagnosis-of-others",
  403,
  {
    fr: "Ni le demandeur ni le service ne sont de votre institution\u202f: ce qui est permis entre eux ne vous est pas dit.",
    en: "Neither the client nor the service is your institution’s: what they may do is not told.",
  },
  "official",
);
