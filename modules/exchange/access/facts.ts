import { fact, T } from "#kernel";

/** Subject: `exchange-server:<identifier>`. */
export const reportRefused = fact(
  "exchange.report-refused",
  T.Object({ server: T.String(), reads: T.Integer(), why: T.Array(T.String()), exchanges: T.Array(T.String(), { maxItems: 5 }) }),
  {
    fr: "Un serveur d’échange a annoncé des consultations qu’il n’a pas pu prouver",
    en: "An exchange server reported reads it could not prove",
  },
);
