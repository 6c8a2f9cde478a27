import { fact, T } from "#kernel";

/** Subject: the institution whose year it is. */
export const yearReported = fact("exchange.year-reported", T.Object({ institution: T.String(), year: T.Integer() }), {
  fr: "Le bilan annuel des échanges d’une institution a été produit",
  en: "The yearly figures of an institution’s exchanges were made",
});
