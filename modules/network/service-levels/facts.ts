/** What is remembered of statements. Subjects: `network:service-month:<month>`, `network:statement:<id>`. */
import { fact, T } from "#kernel";

export const monthClosed = fact(
  "network.service-month-closed",
  T.Object({ month: T.String(), statements: T.Integer(), credit: T.Integer({ description: "Whole units of the currency" }) }),
  { fr: "Les relevés de service d’un mois sont arrêtés", en: "A month’s service statements were made" },
);
export const statementCorrected = fact(
  "network.statement-corrected",
  T.Object({
    month: T.String(),
    institution: T.String(),
    number: T.Integer(),
    credit: T.Integer(),
    before: T.Integer(),
    digest: T.String(),
  }),
  { fr: "Un relevé de service arrêté a été rectifié", en: "A closed service statement was corrected" },
);
/** The digest of the paper, so that anybody can tell it from another. */
export const statementSealed = fact(
  "network.statement-sealed",
  T.Object({ month: T.String(), institution: T.String(), number: T.Integer(), sha256: T.String() }),
  { fr: "Un relevé de service a été scellé", en: "A service statement was sealed" },
);
export const serviceFacts = [monthClosed, statementCorrected, statementSealed];
