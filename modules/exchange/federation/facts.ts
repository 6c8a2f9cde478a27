import { fact, T } from "#kernel";

/** Subject of those below: `exchange-instance:<instance>`. */
const said = { instance: T.String(), federation: T.String() };
export const anchorImported = fact("exchange.anchor-imported", T.Object({ ...said, fingerprint: T.String() }), {
  fr: "L’ancre d’une autre instance a été importée",
  en: "Another instance’s anchor was imported",
});
export const federationDecided = fact(
  "exchange.federation-decided",
  T.Object({ ...said, outcome: T.Enum(["approved", "refused"]), reason: T.Optional(T.String()) }),
  { fr: "Une fédération avec une autre instance a été décidée", en: "A federation with another instance was decided" },
);
export const federationStopped = fact(
  "exchange.federation-stopped",
  T.Object({ ...said, outcome: T.Enum(["suspended", "withdrawn"]), reason: T.String() }),
  { fr: "Une fédération a été suspendue ou retirée", en: "A federation was suspended or withdrawn" },
);
export const federationResumed = fact("exchange.federation-resumed", T.Object(said), {
  fr: "La reprise d’une fédération a été demandée",
  en: "Resuming a federation was asked for",
});
export const anchorRenewed = fact("exchange.anchor-renewed", T.Object({ ...said, fingerprint: T.String() }), {
  fr: "Une autre instance a renouvelé son ancre, signée par sa clé précédente",
  en: "Another instance renewed its anchor, signed by its key before",
});
export const anchorMade = fact("exchange.anchor-made", T.Object({ fingerprint: T.String(), validUntil: T.String() }), {
  fr: "L’ancre de cette instance a été établie",
  en: "This instance’s anchor was made",
});
export const openingSet = fact("exchange.federation-opening", T.Object({ instance: T.String(), what: T.String(), open: T.Boolean() }), {
  fr: "Un sous-système ou un service a été ouvert ou fermé à une autre instance",
  en: "A subsystem or a service was opened or closed to another instance",
});
export const federationShown = fact(
  "exchange.federation-shown",
  T.Object({ instance: T.String(), version: T.Integer(), sha256: T.String() }),
  { fr: "Une nouvelle configuration a été montrée à une autre instance", en: "A new configuration was shown to another instance" },
);
export const federationHeard = fact("exchange.federation-heard", T.Object({ ...said, version: T.Integer(), sha256: T.String() }), {
  fr: "La configuration d’une autre instance a été reçue",
  en: "Another instance’s configuration was received",
});

export const federationFacts = [
  anchorImported,
  federationDecided,
  federationStopped,
  federationResumed,
  anchorRenewed,
  anchorMade,
  openingSet,
  federationShown,
  federationHeard,
];
