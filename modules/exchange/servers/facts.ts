import { fact, T } from "#kernel";

/** Subject of those below: `exchange-server:<identifier>`. */
const server = { server: T.String(), institution: T.String() };
export const serverInvited = fact("exchange.server-invited", T.Object({ ...server, invitation: T.String(), expires: T.String() }), {
  fr: "Une institution a été invitée à ouvrir son serveur d’échange",
  en: "An institution was invited to open its exchange server",
});
export const serverAsked = fact(
  "exchange.server-asked",
  T.Object({ ...server, invitation: T.String(), address: T.String(), request: T.String() }),
  { fr: "Un serveur d’échange demande à être admis", en: "An exchange server asks to be admitted" },
);
export const serverDecided = fact(
  "exchange.server-decided",
  T.Object({ ...server, invitation: T.String(), outcome: T.Enum(["approved", "refused", "withdrawn"]) }),
  { fr: "L’admission d’un serveur d’échange a été décidée", en: "The admission of an exchange server was decided" },
);
export const serverJoined = fact("exchange.server-joined", T.Object({ ...server, tls: T.String(), seal: T.String() }), {
  fr: "Un serveur d’échange a été admis",
  en: "An exchange server was admitted",
});
export const serverRetired = fact("exchange.server-retired", T.Object(server), {
  fr: "Un serveur d’échange a été retiré",
  en: "An exchange server was retired",
});
export const maintenanceAnnounced = fact(
  "exchange.maintenance-announced",
  T.Object({ ...server, until: T.String(), notice: T.Optional(T.String()) }),
  { fr: "Un serveur d’échange a annoncé une maintenance", en: "An exchange server announced maintenance" },
);
export const maintenanceEnded = fact("exchange.maintenance-ended", T.Object({ ...server, by: T.Enum(["hand", "time"]) }), {
  fr: "La maintenance d’un serveur d’échange a pris fin",
  en: "An exchange server’s maintenance ended",
});
export const certificateRenewed = fact(
  "exchange.certificate-renewed",
  T.Object({ server: T.String(), kind: T.Enum(["tls", "seal"]), serial: T.String() }),
  { fr: "Le certificat d’un serveur d’échange a été renouvelé", en: "An exchange server’s certificate was renewed" },
);

/** Subject: `exchange-configuration`. */
const configuration = { version: T.Integer(), sha256: T.String() };
export const configurationIssued = fact("exchange.configuration-issued", T.Object(configuration), {
  fr: "Une nouvelle version de l’annuaire des échanges a été publiée",
  en: "A new version of the exchange’s directory was issued",
});
export const configurationReceived = fact("exchange.configuration-received", T.Object(configuration), {
  fr: "Une nouvelle version de l’annuaire des échanges a été reçue",
  en: "A new version of the exchange’s directory was received",
});
export const offlinePolicySet = fact("exchange.offline-policy-set", T.Object({ dataClass: T.String(), days: T.Integer() }), {
  fr: "La durée d’échange sans nouvelles du centre a été fixée",
  en: "How long to exchange without word of the centre was set",
});
/** Subject: `exchange-configuration`. */
export const serviceClassified = fact("exchange.service-classified", T.Object({ service: T.String(), dataClass: T.String() }), {
  fr: "La classe de données d’un service a été fixée",
  en: "The class of data of a service was set",
});

export const serverFacts = [
  serverInvited,
  serverAsked,
  serverDecided,
  serverJoined,
  serverRetired,
  maintenanceAnnounced,
  maintenanceEnded,
  certificateRenewed,
  configurationIssued,
  configurationReceived,
  offlinePolicySet,
  serviceClassified,
];
