/** One's own account, sessions, SIM. */
import { T, contract, signedIn, type Static } from "#kernel";
import { At, Day, IdentityNumber, LevelName, Method, Nothing, ProofState, Session, Uuid } from "../shapes.ts";

export const AccountView = T.Object({
  account: Uuid,
  person: T.Union([Uuid, T.Null()]),
  kind: T.Union([T.Literal("person"), T.Literal("official")]),
  /** Of this session. */
  level: LevelName,
  /** What this session could rise to by `refreshSession`, without further proof. */
  reachable: LevelName,
  /** Present when the account is proven and this session is at least substantial; for officials their working name. */
  name: T.Optional(T.String()),
  username: T.Optional(T.String()),
  phones: T.Array(T.Object({ id: Uuid, shown: T.String(), verifiedAt: At, simChangedAt: T.Optional(At) })),
  proof: T.Object({
    state: ProofState,
    kind: T.Optional(T.Union([T.Literal("register"), T.Literal("counter")])),
    since: T.Optional(At),
  }),
  passkeys: T.Array(
    T.Object({
      id: Uuid,
      label: T.String(),
      addedAt: At,
      usedAt: T.Optional(At),
      level: LevelName,
    }),
  ),
  totp: T.Boolean(),
  sessions: T.Array(
    T.Object({
      id: Uuid,
      method: Method,
      level: LevelName,
      startedAt: At,
      seenAt: At,
      expiresAt: At,
      current: T.Boolean(),
    }),
  ),
});
export type AccountView = Static<typeof AccountView>;

export const readMyAccount = contract({
  id: "identity.read-my-account",
  method: "GET",
  path: "/api/identity/me",
  summary: "The signed-in account: level, phones, passkeys, sessions",
  who: signedIn(),
  input: Nothing,
  output: AccountView,
});

export const signOut = contract({
  id: "identity.sign-out",
  method: "POST",
  path: "/api/identity/sign-out",
  summary: "End this session",
  who: signedIn(),
  input: Nothing,
  output: Nothing,
  once: false, // ends the very session an idempotent answer would be kept for
});

export const refreshSession = contract({
  id: "identity.refresh-session",
  method: "POST",
  path: "/api/identity/session/refresh",
  summary: "Replace this session by a new one at the level the account has reached",
  who: signedIn(),
  input: Nothing,
  output: Session,
  once: false,
});

export const endSession = contract({
  id: "identity.end-session",
  method: "POST",
  path: "/api/identity/me/sessions/{session}/end",
  summary: "End another of one’s own sessions",
  who: signedIn(),
  input: T.Object({ session: Uuid }),
  output: Nothing,
});

export const endOtherSessions = contract({
  id: "identity.end-other-sessions",
  method: "POST",
  path: "/api/identity/me/sessions/end-others",
  summary: "End every session of the account but this one",
  who: signedIn(),
  input: Nothing,
  output: T.Object({ ended: T.Integer() }),
});

export const requestRegisterProof = contract({
  id: "identity.request-register-proof",
  method: "POST",
  path: "/api/identity/me/register-proof",
  summary: "Ask the identity register whether it holds my verified number for the person I say I am",
  who: signedIn(),
  input: T.Object({ identityNumber: IdentityNumber, birthDate: Day }),
  output: T.Object({ state: ProofState }),
});

export const reportSimChange = contract({
  id: "identity.report-sim-change",
  method: "POST",
  path: "/api/identity/me/sim-change",
  summary: "My SIM was changed or stolen: what rests on the number alone drops to low",
  who: signedIn(),
  input: Nothing,
  output: T.Object({ level: LevelName }),
});
