/** Exchange servers at the centre: who is invited, who asks, who decides, what was distributed. */
import { contract, official, permission, T } from "#kernel";
import { At, Identifier } from "../shapes.ts";

export const readServers = permission("exchange.read-servers", {
  fr: "Consulter les serveurs d’échange et l’annuaire distribué",
  en: "See the exchange servers and the directory as distributed",
});
export const manageServers = permission(
  "exchange.manage-servers",
  { fr: "Inviter et retirer les serveurs d’échange", en: "Invite and retire exchange servers" },
  { sensitive: true },
);
export const approveServers = permission(
  "exchange.approve-servers",
  { fr: "Admettre les serveurs d’échange qu’une autre personne a invités", en: "Admit exchange servers that another person invited" },
  { sensitive: true },
);

const Uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const Party = T.Object({ id: T.String(), name: T.String() });

export const ServerCertificateView = T.Object({
  serial: T.String(),
  fingerprint: T.String({ description: "SHA-256 of the certificate, hexadecimal" }),
  notBefore: At,
  notAfter: At,
});

export const ServerView = T.Object({
  id: T.String(),
  /** absent for the house itself */
  institution: T.Optional(Party),
  address: T.String(),
  centre: T.Boolean(),
  since: At,
  retiredAt: T.Optional(At),
  certificates: T.Array(ServerCertificateView),
  /** When the server last asked for the directory, and the version it then had. */
  heardAt: T.Optional(At),
  version: T.Optional(T.Integer()),
  /** `current`: has the newest version; `behind`: an older one; `silent`: not heard for five minutes; `never`: not yet heard. */
  state: T.Enum(["house", "current", "behind", "silent", "never", "retired"]),
  /** Away until then, as it said itself or an official for it. */
  maintenance: T.Optional(T.Object({ since: At, until: At, notice: T.Optional(T.String()) })),
  /** Connections of this process to the server, and from it. */
  connections: T.Object({ to: T.Integer(), from: T.Integer() }),
});

export const listServers = contract({
  id: "exchange.list-servers",
  method: "GET",
  path: "/api/exchange/servers",
  summary: "Exchange servers: whose, where, which certificates until when, when last heard",
  who: official(readServers),
  input: T.Object({}),
  output: T.Object({ servers: T.Array(ServerView), version: T.Optional(T.Integer({ description: "newest version of the directory" })) }),
});

export const InvitationState = T.Enum(["open", "waiting", "approved", "joined", "refused", "withdrawn", "expired"]);
export const InvitationView = T.Object({
  id: Uuid,
  server: T.String(),
  institution: Party,
  state: InvitationState,
  /** Accounts; the caller compares them with her own. */
  invitedBy: T.String(),
  invitedAt: At,
  expiresAt: At,
  /** The caller may decide: she did not invite. */
  mine: T.Boolean(),
  address: T.Optional(T.String()),
  askedAt: T.Optional(At),
  /** To be compared, by telephone, with what the gateway itself shows. */
  fingerprint: T.Optional(T.String()),
  decidedBy: T.Optional(T.String()),
  decidedAt: T.Optional(At),
  reason: T.Optional(T.String()),
});

export const listInvitations = contract({
  id: "exchange.list-invitations",
  method: "GET",
  path: "/api/exchange/invitations",
  summary: "Invitations of exchange servers, the newest first",
  who: official(readServers),
  input: T.Object({}),
  output: T.Object({ invitations: T.Array(InvitationView) }),
});

export const inviteServer = contract({
  id: "exchange.invite-server",
  method: "POST",
  path: "/api/exchange/invitations",
  summary: "Invite an institution to open its own exchange server; the token is shown once",
  who: official(manageServers),
  input: T.Object({
    institution: T.String({ maxLength: 120 }),
    /** Last part of the server’s identifier. */
    code: T.String({ pattern: "^[A-Z0-9][A-Z0-9-]{0,19}$" }),
    hours: T.Optional(T.Integer({ minimum: 1, maximum: 720, description: "how long the token is good; 168 unless said" })),
  }),
  output: T.Object({ invitation: InvitationView, token: T.String() }),
  // A token repeated from a record would have to be kept: an invitation asked twice is refused by its server's name instead.
  once: false,
});

export const decideServer = contract({
  id: "exchange.decide-server",
  method: "POST",
  path: "/api/exchange/invitations/{id}/decision",
  summary: "Admit or refuse a server that asks; never the person who invited it",
  who: official(approveServers),
  input: T.Object({
    id: Uuid,
    outcome: T.Enum(["approved", "refused"]),
    /** The fingerprint as read to the decider by the institution. */
    fingerprint: T.Optional(T.String({ maxLength: 40 })),
    reason: T.Optional(T.String({ maxLength: 300 })),
  }),
  output: InvitationView,
});

export const withdrawInvitation = contract({
  id: "exchange.withdraw-invitation",
  method: "POST",
  path: "/api/exchange/invitations/{id}/withdrawal",
  summary: "Take back an invitation nobody has decided on",
  who: official(manageServers),
  input: T.Object({ id: Uuid }),
  output: InvitationView,
});

export const retireServer = contract({
  id: "exchange.retire-server",
  method: "POST",
  path: "/api/exchange/servers/retirement",
  summary: "Take a server out of the directory: its connections are cut, its institution is answered for by the house again",
  who: official(manageServers),
  input: T.Object({ id: T.String({ maxLength: 255 }) }),
  output: ServerView,
});

export const announceMaintenance = contract({
  id: "exchange.announce-maintenance",
  method: "POST",
  path: "/api/exchange/servers/maintenance",
  summary: "Say for a server that it is away until then: others choose another one of its institution, what may wait waits",
  who: official(manageServers),
  input: T.Object({ id: T.String({ maxLength: 255 }), until: At, notice: T.Optional(T.String({ maxLength: 300 })) }),
  output: ServerView,
});

export const endMaintenance = contract({
  id: "exchange.end-maintenance",
  method: "POST",
  path: "/api/exchange/servers/maintenance/end",
  summary: "End a server’s maintenance before its announced end",
  who: official(manageServers),
  input: T.Object({ id: T.String({ maxLength: 255 }) }),
  output: ServerView,
});

export const listConfigurations = contract({
  id: "exchange.list-configurations",
  method: "GET",
  path: "/api/exchange/configurations",
  summary: "Versions of the directory as distributed, the newest first, and how long each class of data may pass without the centre",
  who: official(readServers),
  input: T.Object({}),
  output: T.Object({
    versions: T.Array(T.Object({ version: T.Integer(), issuedAt: At, sha256: T.String(), bytes: T.Integer() })),
    policy: T.Array(T.Object({ dataClass: T.String(), days: T.Integer() })),
  }),
});

export const setOfflinePolicy = contract({
  id: "exchange.set-offline-policy",
  method: "POST",
  path: "/api/exchange/offline-policy",
  summary: "How many days services of a class of data may be used on a directory the centre has not confirmed since",
  who: official(manageServers),
  input: T.Object({
    dataClass: T.String({ pattern: "^[a-z][a-z0-9-]{0,39}$" }),
    days: T.Integer({ minimum: 0, maximum: 365 }),
  }),
  output: T.Object({ policy: T.Array(T.Object({ dataClass: T.String(), days: T.Integer() })) }),
});

export const classifyService = contract({
  id: "exchange.classify-service",
  method: "POST",
  path: "/api/exchange/service/data-class",
  summary: "The class of data a service gives, which says how long it may be used without the centre",
  who: official(manageServers),
  input: T.Object({ id: Identifier, dataClass: T.String({ pattern: "^[a-z][a-z0-9-]{0,39}$" }) }),
  output: T.Object({ id: Identifier, dataClass: T.String() }),
});
