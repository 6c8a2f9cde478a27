/** At a counter: an official with the document in hand. */
import { T, contract, official, type Static } from "#kernel";
import { provePersons } from "../permissions.ts";
import { At, Code, Day, IdentityNumber, LevelName, Nothing, Phone, Uuid } from "../shapes.ts";

const ProofingState = T.Union([
  T.Literal("waiting"), // the register is being asked
  T.Literal("found"),
  T.Literal("unknown"), // no such identity number
  T.Literal("unavailable"),
  T.Literal("proven"),
  T.Literal("refused"),
  T.Literal("expired"),
]);
export const ProofingView = T.Object({
  proofing: Uuid,
  state: ProofingState,
  phone: T.String(),
  startedAt: At,
  expiresAt: At,
  /** Pseudonym of the person shown; present with `entry`. */
  person: T.Optional(Uuid),
  /** What the register holds: the official compares it with the document and the face. */
  entry: T.Optional(
    T.Object({
      identityNumber: T.String(),
      familyName: T.String(),
      givenNames: T.String(),
      birthDate: T.String(),
      birthPlace: T.Optional(T.String()),
      sex: T.Optional(T.String()),
      /** Kinds of documents the register holds for this person, in its own words: the official says which one is presented. */
      documentKinds: T.Array(T.String()),
    }),
  ),
});
export type ProofingView = Static<typeof ProofingView>;

export const startProofing = contract({
  id: "identity.start-proofing",
  method: "POST",
  path: "/api/identity/proofings",
  summary: "Begin proofing a person at a counter: code to the phone in her hand, question to the register",
  who: official(provePersons),
  input: T.Object({ phone: Phone, identityNumber: IdentityNumber }),
  output: T.Object({ proofing: Uuid }),
});

export const readProofing = contract({
  id: "identity.read-proofing",
  method: "GET",
  path: "/api/identity/proofings/{proofing}",
  summary: "State of a proofing and, once found, the register entry to compare",
  who: official(provePersons),
  input: T.Object({ proofing: Uuid }),
  output: ProofingView,
  personal: {
    purpose: "identity.prove-at-counter",
    subjects: (out) => (out.person ? [out.person] : []),
  },
});

export const concludeProofing = contract({
  id: "identity.conclude-proofing",
  method: "POST",
  path: "/api/identity/proofings/{proofing}/conclude",
  summary: "Conclude: the document presented is compared with the register entry, the code proves the phone",
  who: official(provePersons),
  input: T.Object({
    proofing: Uuid,
    code: Code,
    document: T.Object({
      kind: T.String({ maxLength: 40 }),
      number: T.String({ minLength: 3, maxLength: 40 }),
      birthDate: Day,
    }),
    /** The official states that face and document are those of the entry. */
    samePerson: T.Boolean(),
  }),
  output: T.Object({ state: ProofingState, level: LevelName }),
});

export const reportSimChangeFor = contract({
  id: "identity.report-sim-change-for",
  method: "POST",
  path: "/api/identity/sim-changes",
  summary: "Report a changed or stolen SIM for a person who asks at a counter",
  who: official(provePersons),
  input: T.Object({ phone: Phone }),
  output: Nothing,
});
