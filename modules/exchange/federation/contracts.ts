/** Federation with other instances: anchors in and out, two people, what of ours they may see, when they were last heard. */
import { contract, official, permission, T } from "#kernel";
import { At, Identifier } from "../shapes.ts";
import { readServers } from "../servers/contracts.ts";
import { largestAnchor } from "./anchor.ts";

export const manageFederation = permission(
  "exchange.manage-federation",
  {
    fr: "Importer l’ancre d’une autre instance, lui ouvrir des services, suspendre et retirer une fédération",
    en: "Import another instance’s anchor, open services to it, suspend and withdraw a federation",
  },
  { sensitive: true },
);
export const approveFederation = permission(
  "exchange.approve-federation",
  {
    fr: "Approuver une fédération qu’une autre personne a proposée",
    en: "Approve a federation that another person proposed",
  },
  { sensitive: true },
);

const Uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const Instance = T.String({ minLength: 1, maxLength: 100 });
const Reason = T.String({ minLength: 3, maxLength: 300 });
const base = "/api/exchange/federations";

export const FederationView = T.Object({
  id: Uuid,
  instance: Instance,
  name: T.String(),
  /** `waiting`: for a second person. */
  state: T.Enum(["waiting", "approved", "suspended", "refused", "withdrawn"]),
  /** To be read to each other over the telephone. */
  fingerprint: T.String(),
  sources: T.Array(T.String()),
  anchorUntil: At,
  proposedAt: At,
  decidedAt: T.Optional(At),
  reason: T.Optional(T.String()),
  /** The caller may decide: she did not propose. */
  mine: T.Boolean(),
  /** Its configuration as we hold it, and when it last said that this is the newest. */
  version: T.Optional(T.Integer()),
  heardAt: T.Optional(At),
  /** Why the last question came to nothing, and when it was asked. */
  fault: T.Optional(T.String()),
  triedAt: T.Optional(At),
  /** Past what the policy allows for ordinary data: nothing passes. */
  outdated: T.Boolean(),
  connections: T.Object({ to: T.Integer(), from: T.Integer() }),
});

export const AnchorView = T.Object({
  instance: Instance,
  fingerprint: T.String(),
  generatedAt: At,
  validUntil: At,
  /** The file, to be handed over. */
  file: T.String(),
});

export const listFederations = contract({
  id: "exchange.list-federations",
  method: "GET",
  path: base,
  summary: "Other instances of the exchange: anchor, state, when last heard; and our own anchor, once it was made",
  who: official(readServers),
  input: T.Object({}),
  output: T.Object({ instance: Instance, anchor: T.Optional(AnchorView), federations: T.Array(FederationView) }),
});

export const readFederation = contract({
  id: "exchange.read-federation",
  method: "GET",
  path: `${base}/{id}`,
  summary: "One other instance: what it shows us, what of ours it may see",
  who: official(readServers),
  input: T.Object({ id: Uuid }),
  output: T.Object({
    federation: FederationView,
    members: T.Array(T.Object({ id: Identifier, name: T.String(), subsystems: T.Array(T.Object({ id: Identifier, name: T.String() })) })),
    services: T.Array(T.Object({ id: Identifier, title: T.String(), enabled: T.Boolean() })),
    servers: T.Array(T.Object({ id: T.String(), address: T.String() })),
    openings: T.Array(T.Object({ what: Identifier, at: At })),
  }),
});

export const makeAnchor = contract({
  id: "exchange.make-anchor",
  method: "POST",
  path: "/api/exchange/federation/anchor",
  summary: "Have our configuration anchor made; it renews itself from then on",
  who: official(manageFederation),
  input: T.Object({}),
  output: T.Object({ asked: T.Boolean() }),
});

export const readAnchorFile = contract({
  id: "exchange.read-anchor",
  method: "GET",
  path: "/api/exchange/federation/anchor",
  summary: "Our configuration anchor, to be handed to another instance",
  who: official(readServers),
  input: T.Object({}),
  output: AnchorView,
});

export const importAnchor = contract({
  id: "exchange.import-anchor",
  method: "POST",
  path: base,
  summary: "Import another instance’s anchor; nothing is believed before a second person has compared its fingerprint",
  who: official(manageFederation),
  input: T.Object({ file: T.String({ minLength: 2, maxLength: largestAnchor }) }),
  output: FederationView,
  limit: largestAnchor * 2,
});

export const decideFederation = contract({
  id: "exchange.decide-federation",
  method: "POST",
  path: `${base}/{id}/decision`,
  summary: "Approve, by the fingerprint the other instance has read aloud, or refuse; never the person who proposed",
  who: official(approveFederation),
  input: T.Object({
    id: Uuid,
    outcome: T.Enum(["approved", "refused"]),
    /** As heard; needed to approve. */
    fingerprint: T.Optional(T.String({ maxLength: 80 })),
    reason: T.Optional(Reason),
  }),
  output: FederationView,
});

export const suspendFederation = contract({
  id: "exchange.suspend-federation",
  method: "POST",
  path: `${base}/{id}/suspension`,
  summary: "Stop exchanging with another instance at once: connections are cut, answers under way come to nothing",
  who: official(manageFederation),
  input: T.Object({ id: Uuid, reason: Reason }),
  output: FederationView,
});

export const resumeFederation = contract({
  id: "exchange.resume-federation",
  method: "POST",
  path: `${base}/{id}/resumption`,
  summary: "Propose to go on after a suspension; a second person decides again",
  who: official(manageFederation),
  input: T.Object({ id: Uuid }),
  output: FederationView,
});

export const withdrawFederation = contract({
  id: "exchange.withdraw-federation",
  method: "POST",
  path: `${base}/{id}/withdrawal`,
  summary: "End a federation for good, at once; a new one begins with a new anchor file and two people",
  who: official(manageFederation),
  input: T.Object({ id: Uuid, reason: Reason }),
  output: FederationView,
});

export const openToInstance = contract({
  id: "exchange.open-to-instance",
  method: "POST",
  path: "/api/exchange/federation/openings",
  summary:
    "Show a subsystem (it may ask there) or a service (it may be asked from there) to another instance, or no longer; rights stay the institution’s",
  who: official(manageFederation),
  input: T.Object({ instance: Instance, what: Identifier, open: T.Boolean() }),
  output: T.Object({ instance: Instance, what: Identifier, open: T.Boolean() }),
});
