/** Publishing and granting: one person proposes, a second one decides, and only then the directory changes. */
import { anyOf, anyone, contract, official, permission, T } from "#kernel";
import { manageServices, readRights } from "../permissions.ts";
import { Identifier } from "../shapes.ts";
import { ProposalDetail, ProposalState, ProposalView, RightInput, ServiceInput, SubsystemInput } from "./shapes.ts";

export type { Difference, ProposalDetail, ProposalKind, ProposalState, ProposalView } from "./shapes.ts";

export const approveProposals = permission(
  "exchange.approve-proposals",
  {
    fr: "Approuver les services et droits d’échange proposés par un collègue",
    en: "Approve exchange services and rights that a colleague proposed",
  },
  { sensitive: true },
);
export const approveDirectory = permission(
  "exchange.approve-directory",
  {
    fr: "Approuver l’inscription de sous-systèmes et de services à l’annuaire des échanges",
    en: "Approve the registration of subsystems and services in the exchange’s directory",
  },
  { sensitive: true },
);

const Proposed = T.Object({ id: T.String(), state: ProposalState });
const Uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const base = "/api/exchange/proposals";

export const proposeSubsystem = contract({
  id: "exchange.propose-subsystem",
  method: "POST",
  path: `${base}/subsystems`,
  summary: "Propose a subsystem of one’s own institution: what asks, or what publishes",
  who: official(manageServices),
  input: T.Object(SubsystemInput),
  output: Proposed,
});

export const proposeService = contract({
  id: "exchange.propose-service",
  method: "POST",
  path: `${base}/services`,
  summary: "Propose a service, from an OpenAPI 3.0 or 3.1 document, its address, or endpoints said by hand",
  who: official(manageServices),
  input: T.Object({ subsystem: Identifier, code: SubsystemInput.code, ...ServiceInput }),
  output: Proposed,
  limit: 2_200_000,
});

export const proposeServiceChange = contract({
  id: "exchange.propose-service-change",
  method: "POST",
  path: `${base}/service-changes`,
  summary: "Propose a new form of a published service: what is not said stays as it is",
  who: official(manageServices),
  input: T.Object({ id: Identifier, ...ServiceInput, title: T.Optional(ServiceInput.title) }),
  output: Proposed,
  limit: 2_200_000,
});

export const proposeRight = contract({
  id: "exchange.propose-right",
  method: "POST",
  path: `${base}/rights`,
  summary: "Propose who may ask one’s own service, for which purposes, receiving which fields, on which text",
  who: official(manageServices),
  input: T.Object(RightInput),
  output: Proposed,
});

export const listProposals = contract({
  id: "exchange.list-proposals",
  method: "GET",
  path: base,
  summary: "Proposals of one’s own institution, and for the operator those that wait for it; the latest first",
  who: official(readRights),
  input: T.Object({ state: T.Optional(ProposalState), limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })) }),
  output: T.Object({ proposals: T.Array(ProposalView), waiting: T.Integer() }),
});

export const readProposal = contract({
  id: "exchange.read-proposal",
  method: "GET",
  path: `${base}/{id}`,
  summary: "One proposal: what would be published or granted, and what changes",
  who: official(readRights),
  input: T.Object({ id: Uuid }),
  output: ProposalDetail,
});

export const decideProposal = contract({
  id: "exchange.decide-proposal",
  method: "POST",
  path: `${base}/{id}/decision`,
  summary: "Approve or refuse, as somebody else than who proposed; approved, the directory changes at once",
  who: anyOf(official(approveProposals), official(approveDirectory)),
  input: T.Object({ id: Uuid, approve: T.Boolean(), reason: T.Optional(T.String({ minLength: 1, maxLength: 500 })) }),
  output: Proposed,
});

export const withdrawProposal = contract({
  id: "exchange.withdraw-proposal",
  method: "POST",
  path: `${base}/{id}/withdrawal`,
  summary: "Take back what one’s institution proposed",
  who: official(manageServices),
  input: T.Object({ id: Uuid }),
  output: Proposed,
});

export const endRight = contract({
  id: "exchange.end-right",
  method: "POST",
  path: "/api/exchange/right/end",
  summary: "End a right on one’s own service at once, with the reason: taking away needs no second person",
  who: official(manageServices),
  input: T.Object({
    service: Identifier,
    id: T.String({ maxLength: 120 }),
    subject: T.String({ maxLength: 300 }),
    reason: T.String({ minLength: 1, maxLength: 500 }),
  }),
  output: T.Object({ ended: T.Boolean() }),
});

export const refreshDescription = contract({
  id: "exchange.refresh-description",
  method: "POST",
  path: "/api/exchange/service/refresh",
  summary: "Read the description of one’s own service again; what narrows is taken over, what widens waits for a second person",
  who: official(manageServices),
  input: T.Object({ id: Identifier }),
  output: T.Object({ asked: T.Boolean() }),
});

/** How a service is reached and when its description was last read: for those who may read rights. */
export const readPublication = contract({
  id: "exchange.read-publication",
  method: "GET",
  path: "/api/exchange/service/publication",
  summary: "How a service came into the directory and how the gateway and its system know each other",
  who: official(readRights),
  input: T.Object({ id: Identifier }),
  output: T.Object({
    origin: T.Union([T.Literal("pack"), T.Literal("registered")]),
    timeoutSeconds: T.Integer(),
    verifyTls: T.Boolean(),
    ownAuthority: T.Boolean(),
    clientCertificate: T.Boolean(),
    subject: T.Optional(T.String()),
    description: T.Optional(
      T.Object({ url: T.Optional(T.String()), readAt: T.String(), triedAt: T.String(), fault: T.Optional(T.String()) }),
    ),
    /** What a right may name, each by its JSON pointer. */
    fields: T.Array(T.Object({ pointer: T.String(), label: T.String() })),
    /** Own institution only: where its system answers. */
    baseUrl: T.Optional(T.String()),
    waiting: T.Optional(T.String()),
  }),
});

export const listPurposes = contract({
  id: "exchange.list-purposes",
  method: "GET",
  path: "/api/exchange/purposes",
  summary: "The purposes for which institutions may ask, as the country has them",
  who: anyone(),
  input: T.Object({}),
  output: T.Object({ purposes: T.Array(T.Object({ code: T.String(), label: T.String() })) }),
});
