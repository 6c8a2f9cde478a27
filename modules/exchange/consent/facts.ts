import { fact, T } from "#kernel";

const common = {
  consent: T.String(),
  client: T.String(),
  service: T.String(),
  purpose: T.String(),
  issue: T.Optional(T.String()),
};
/** Subject of all four: the person. */
export const consentAsked = fact("exchange.consent-asked", T.Object({ ...common, lapses: T.String() }), {
  fr: "Une institution a demandé l’accord d’une personne",
  en: "An institution asked for a person’s consent",
});
export const consentGiven = fact(
  "exchange.consent-given",
  T.Object({
    ...common,
    /** JSON pointers; absent = the whole answer. */
    fields: T.Optional(T.Array(T.String())),
    until: T.String(),
    how: T.Enum(["page", "counter"]),
  }),
  { fr: "Une personne a donné son accord", en: "A person gave her consent" },
);
export const consentRefused = fact("exchange.consent-refused", T.Object(common), {
  fr: "Une personne a refusé son accord",
  en: "A person refused her consent",
});
export const consentWithdrawn = fact("exchange.consent-withdrawn", T.Object(common), {
  fr: "Une personne a retiré son accord",
  en: "A person withdrew her consent",
});
export const consentFacts = [consentAsked, consentGiven, consentRefused, consentWithdrawn];
