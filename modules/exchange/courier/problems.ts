import { problem } from "#kernel";

export const bundleRefused = problem(
  "exchange.bundle-refused",
  422,
  {
    fr: "Ce colis n’a pas pu être fait ou pris\u202f: la cause est dite à côté.",
    en: "This bundle could not be made or taken: the cause is said beside.",
  },
  "operator",
);
