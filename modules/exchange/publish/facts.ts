/** Subject of all: the institution whose directory entries change. */
import { fact, T } from "#kernel";

const about = { proposal: T.String(), kind: T.String(), about: T.String() };
export const proposed = fact("exchange.proposed", T.Object({ ...about, by: T.String() }), {
  fr: "Un changement de l’annuaire des échanges a été proposé",
  en: "A change of the exchange’s directory was proposed",
});
export const approved = fact("exchange.proposal-approved", T.Object({ ...about, by: T.String(), proposedBy: T.String() }), {
  fr: "Un changement de l’annuaire des échanges a été approuvé et appliqué",
  en: "A change of the exchange’s directory was approved and made",
});
export const refusedProposal = fact("exchange.proposal-refused", T.Object({ ...about, by: T.String(), reason: T.String() }), {
  fr: "Un changement de l’annuaire des échanges a été refusé",
  en: "A change of the exchange’s directory was refused",
});
export const withdrawn = fact("exchange.proposal-withdrawn", T.Object({ ...about, by: T.String() }), {
  fr: "Un changement proposé de l’annuaire des échanges a été retiré",
  en: "A proposed change of the exchange’s directory was taken back",
});
export const unreadable = fact("exchange.description-unreadable", T.Object({ service: T.String(), fault: T.String() }), {
  fr: "La description d’un service d’échange n’a pas pu être lue",
  en: "The description of an exchange service could not be read",
});
export const narrowed = fact(
  "exchange.description-narrowed",
  T.Object({ service: T.String(), endpoints: T.Integer(), query: T.Integer(), fields: T.Integer() }),
  {
    fr: "Un service d’échange offre moins qu’avant\u202f: sa description a été reprise",
    en: "An exchange service offers less than before: its description was taken over",
  },
);
export const rightEnded = fact(
  "exchange.right-ended",
  T.Object({ service: T.String(), right: T.String(), subject: T.String(), by: T.String(), reason: T.String() }),
  { fr: "Un droit d’accès entre institutions a pris fin", en: "A right between institutions was ended" },
);
export const publishFacts = [proposed, approved, refusedProposal, withdrawn, unreadable, narrowed, rightEnded];
