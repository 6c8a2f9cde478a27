import { problem } from "#kernel";

export const configurationUnfit = problem("exchange.configuration-unfit", 400, {
  fr: "Cette configuration ne convient pas.",
  en: "This configuration does not fit.",
});
/** To a program: only one its institution's operator listed configures. */
export const notConfiguring = problem(
  "exchange.not-configuring",
  401,
  {
    fr: "Ce client n’est pas de ceux qui configurent.",
    en: "This client is not one of those that configure.",
  },
  "operator",
);
