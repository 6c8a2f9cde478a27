/** What an institution proposes, and how a proposal is shown. */
import { T, type Static } from "#kernel";
import { At, Identifier } from "../shapes.ts";

export const Code = T.String({ pattern: "^[A-Za-z0-9'()+,.=?-]{1,60}$" });
export const Words = T.Object({ fr: T.String({ minLength: 1, maxLength: 200 }), en: T.Optional(T.String({ maxLength: 200 })) });
const Day = T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$" });
const Method = T.Enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** A glob below the service: `*` = a run inside one segment, `**` = anything. */
const Glob = T.String({ minLength: 1, maxLength: 200, pattern: "^(\\*\\*|/[A-Za-z0-9._~!$&'()+,;=:@*/-]*)$" });
const Pointer = T.String({ minLength: 2, maxLength: 500, pattern: "^/" });

export const SubsystemInput = { code: Code, name: Words };

/** Where the description comes from: a text handed over, an address to read it from, or endpoints said by hand. */
const described = {
  openapi: T.Optional(T.String({ maxLength: 2_000_000 })),
  openapiUrl: T.Optional(T.String({ maxLength: 500 })),
  endpoints: T.Optional(T.Array(T.Object({ method: Method, path: Glob }), { minItems: 1, maxItems: 300 })),
  /** Query parameters, where no description names them. */
  query: T.Optional(T.Array(T.String({ pattern: "^[A-Za-z0-9._~$\\[\\]-]{1,80}$" }), { maxItems: 100 })),
};
export const ServiceInput = {
  title: Words,
  /** Where the institution's system answers; absent: the first server the description names. */
  baseUrl: T.Optional(T.String({ maxLength: 500 })),
  ...described,
  timeoutSeconds: T.Optional(T.Integer({ minimum: 1, maximum: 120 })),
  /** The certificate of the institution's system is checked unless this says no. */
  verifyTls: T.Optional(T.Boolean()),
  /** PEM: the institution's own authority, instead of the usual ones. */
  ca: T.Optional(T.String({ maxLength: 20_000 })),
  /** The gateway shows its own certificate to the institution's system. */
  clientCertificate: T.Optional(T.Boolean()),
  /** Where a question or its answer names the person concerned. */
  subject: T.Optional(
    T.Object({
      query: T.Optional(T.String({ minLength: 1, maxLength: 80 })),
      segment: T.Optional(T.Integer({ minimum: 1, maximum: 9 })),
      answer: T.Optional(Pointer),
    }),
  ),
};
export const RightInput = {
  service: Identifier,
  /** A subsystem's identifier, or `group:<code>`. */
  subject: T.String({ minLength: 3, maxLength: 300 }),
  purposes: T.Array(T.String({ maxLength: 100 }), { minItems: 1, maxItems: 20 }),
  /** JSON pointers the client may receive; absent = the whole answer. */
  fields: T.Optional(T.Array(Pointer, { minItems: 1, maxItems: 200 })),
  methods: T.Array(Method, { minItems: 1, maxItems: 7 }),
  path: Glob,
  basis: Words,
  from: Day,
  until: T.Optional(Day),
  /** The law named in `basis` wants the person concerned to agree first: days her consent lasts. */
  consentDays: T.Optional(T.Integer({ minimum: 1, maximum: 3660 })),
};

export const ProposalKind = T.Enum(["subsystem", "service", "service-change", "right"]);
export type ProposalKind = Static<typeof ProposalKind>;
export const ProposalState = T.Enum(["reading", "waiting", "approved", "refused", "withdrawn", "failed"]);
export type ProposalState = Static<typeof ProposalState>;

const Endpoint = T.Object({ method: T.String(), path: T.String() });
/** What a refreshed or corrected description adds and takes away. */
export const Difference = T.Object({
  endpoints: T.Object({ added: T.Array(Endpoint), removed: T.Array(Endpoint) }),
  query: T.Object({ added: T.Array(T.String()), removed: T.Array(T.String()) }),
  fields: T.Object({ added: T.Array(T.String()), removed: T.Array(T.String()) }),
});
export type Difference = Static<typeof Difference>;

export const ProposalView = T.Object({
  id: T.String(),
  kind: ProposalKind,
  state: ProposalState,
  institution: T.Object({ id: T.String(), name: T.String() }),
  /** Identifier of the subsystem or service. */
  about: Identifier,
  title: T.String(),
  /** Who decides: a second person of the operator, or of the institution itself. */
  approver: T.Union([T.Literal("operator"), T.Literal("institution")]),
  mayDecide: T.Boolean(),
  mayWithdraw: T.Boolean(),
  proposedBy: T.String(),
  proposedAt: At,
  decidedBy: T.Optional(T.String()),
  decidedAt: T.Optional(At),
  /** Of a refusal, in the decider's words. */
  reason: T.Optional(T.String()),
  /** Of a failure to read the description. */
  fault: T.Optional(T.String()),
});
export type ProposalView = Static<typeof ProposalView>;

export const ProposalDetail = T.Object({
  ...ProposalView.properties,
  service: T.Optional(
    T.Object({
      baseUrl: T.Optional(T.String()),
      timeoutSeconds: T.Integer(),
      verifyTls: T.Boolean(),
      ownAuthority: T.Boolean(),
      clientCertificate: T.Boolean(),
      endpoints: T.Array(Endpoint),
      query: T.Array(T.String()),
      fields: T.Array(T.Object({ pointer: T.String(), label: T.String() })),
      left: T.Array(T.Object({ what: T.String(), where: T.String() })),
      openapiUrl: T.Optional(T.String()),
      subject: T.Optional(T.String()),
    }),
  ),
  right: T.Optional(
    T.Object({
      subject: T.String(),
      purposes: T.Array(T.Object({ code: T.String(), label: T.String() })),
      fields: T.Optional(T.Array(T.String())),
      methods: T.Array(T.String()),
      path: T.String(),
      basis: T.String(),
      from: T.String(),
      until: T.Optional(T.String()),
      consentDays: T.Optional(T.Integer()),
    }),
  ),
  difference: T.Optional(Difference),
});
export type ProposalDetail = Static<typeof ProposalDetail>;
