/**
 * Signing in, one's account, proofing at a counter, and the applications that sign in with us.
 *
 * Pages: a contract that answers a `Session` hands over a token; the page puts it in the cookie (`a.signIn`). The
 * token is shown once and stored nowhere (hence `once: false` on all of them: an answer kept for repeats would be
 * a token at rest; a code, a challenge and a TOTP step work once by themselves).
 * WebAuthn options and responses travel as JSON text, so that a plain form with one hidden field can carry them.
 */
import { T, type Static, anyone, contract, official, permission, signedIn } from "#kernel";

// ---- permissions
export const provePersons = permission(
  "identity.prove-person",
  {
    fr: "Vérifier l’identité d’une personne au guichet",
    en: "Verify a person’s identity at a counter",
  },
  { sensitive: true },
);
export const manageClients = permission(
  "identity.manage-clients",
  {
    fr: "Inscrire les applications qui utilisent la connexion",
    en: "Register the applications that use the sign-in",
  },
  { sensitive: true },
);

export const findOfficials = permission("identity.find-official", {
  fr: "Retrouver le compte d’un agent par son nom d’utilisateur",
  en: "Find an official’s account by user name",
});

// ---- shapes
const At = T.String({ format: "date-time" });
const Uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const Opaque = T.String({ pattern: "^[A-Za-z0-9_-]{16,128}$" });
const Phone = T.String({ minLength: 4, maxLength: 32 });
const Code = T.String({ minLength: 4, maxLength: 12 });
const Password = T.String({ minLength: 1, maxLength: 256 });
const Username = T.String({ minLength: 1, maxLength: 64 });
const IdentityNumber = T.String({ minLength: 3, maxLength: 40 });
const Credential = T.String({ minLength: 2, maxLength: 16_384 });
const Day = T.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const Label = T.String({ minLength: 1, maxLength: 60 });
const LevelName = T.Union([T.Literal("low"), T.Literal("substantial"), T.Literal("high")]);
const Method = T.Union([T.Literal("phone-code"), T.Literal("password-totp"), T.Literal("passkey")]);
const Nothing = T.Object({});

/** `token` goes into the session cookie, `device` (when present) into the device cookie, 400 days. */
export const Session = T.Object({
  token: T.String(),
  expiresAt: At,
  level: LevelName,
  kind: T.Union([T.Literal("person"), T.Literal("official")]),
  device: T.Optional(T.String()),
  /** The account was opened by this very sign-in. */
  first: T.Boolean(),
});
export type Session = Static<typeof Session>;

export const CodeSent = T.Object({
  challenge: Opaque,
  /** The number as we understood it, for the page: the caller typed it, nothing is revealed. */
  phone: T.String(),
  expiresAt: At,
  /** Seconds until another code may be asked for. */
  resendAfter: T.Integer(),
  /** Seconds the code is held back because this number is asked for unusually often from elsewhere; 0 as a rule. */
  sendsIn: T.Integer(),
});

// ---- citizens: phone and one-time code
export const startPhoneSignIn = contract({
  id: "identity.start-phone-sign-in",
  method: "POST",
  path: "/api/identity/sign-in/phone",
  summary: "Send a one-time code by SMS; the same answer whether or not the number has an account",
  who: anyone(),
  input: T.Object({ phone: Phone, device: T.Optional(Opaque) }),
  output: CodeSent,
  limit: 4096,
  once: false, // a challenge belongs to the browser that asked; a repeat is another challenge, limited by the buckets
});

export const verifyPhoneCode = contract({
  id: "identity.verify-phone-code",
  method: "POST",
  path: "/api/identity/sign-in/phone/verify",
  summary: "Exchange the code for a session",
  who: anyone(),
  input: T.Object({ challenge: Opaque, code: Code, device: T.Optional(Opaque) }),
  output: Session,
  limit: 4096,
  once: false,
});

// ---- officials: password and TOTP
export const signInOfficial = contract({
  id: "identity.sign-in-official",
  method: "POST",
  path: "/api/identity/sign-in/official",
  summary: "Sign in with user name, password and TOTP code, all three judged at once",
  who: anyone(),
  input: T.Object({
    username: Username,
    password: Password,
    code: Code,
    device: T.Optional(Opaque),
  }),
  output: Session,
  limit: 4096,
  once: false,
});

// ---- anyone with a passkey
export const PasskeyChallenge = T.Object({
  challenge: Opaque,
  /** JSON for navigator.credentials (the page's data-options). */
  options: T.String(),
});

export const beginPasskeySignIn = contract({
  id: "identity.begin-passkey-sign-in",
  method: "POST",
  path: "/api/identity/sign-in/passkey",
  summary: "WebAuthn request options for a discoverable passkey",
  who: anyone(),
  input: Nothing,
  output: PasskeyChallenge,
  limit: 1024,
  once: false,
});

export const finishPasskeySignIn = contract({
  id: "identity.finish-passkey-sign-in",
  method: "POST",
  path: "/api/identity/sign-in/passkey/finish",
  summary: "Exchange a WebAuthn assertion for a session",
  who: anyone(),
  input: T.Object({ challenge: Opaque, response: Credential }),
  output: Session,
  limit: 32 * 1024,
  once: false,
});

export const beginPasskey = contract({
  id: "identity.begin-passkey",
  method: "POST",
  path: "/api/identity/me/passkeys/begin",
  summary: "WebAuthn creation options for a new passkey of the signed-in account",
  who: signedIn(),
  input: Nothing,
  output: PasskeyChallenge,
  limit: 1024,
  once: false,
});

export const finishPasskey = contract({
  id: "identity.finish-passkey",
  method: "POST",
  path: "/api/identity/me/passkeys",
  summary: "Store the new passkey; it is worth the level of the session that enrols it",
  who: signedIn(),
  input: T.Object({ challenge: Opaque, response: Credential, label: Label }),
  output: T.Object({ passkey: Uuid }),
  limit: 32 * 1024,
});

export const removePasskey = contract({
  id: "identity.remove-passkey",
  method: "POST",
  path: "/api/identity/me/passkeys/{passkey}/remove",
  summary: "Remove one of one’s own passkeys",
  who: signedIn(),
  input: T.Object({ passkey: Uuid }),
  output: Nothing,
});

// ---- one's own account
const ProofState = T.Union([
  T.Literal("none"),
  T.Literal("waiting"), // the register is being asked; show a waiting page
  T.Literal("matched"), // proven: offer `refreshSession` ("Continue")
  T.Literal("no-match"), // the register does not hold this number for the person named
  T.Literal("sim-recent"), // the SIM changed lately: a counter is needed
  T.Literal("unavailable"), // the register did not answer; may be asked again
]);

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

export const enrolTotp = contract({
  id: "identity.enrol-totp",
  method: "POST",
  path: "/api/identity/me/totp/begin",
  summary: "A new TOTP secret, in force once a code made with it is confirmed",
  who: signedIn({ level: "substantial" }),
  input: Nothing,
  output: T.Object({ secret: T.String(), uri: T.String() }),
  once: false, // the answer is a secret
});

export const confirmTotp = contract({
  id: "identity.confirm-totp",
  method: "POST",
  path: "/api/identity/me/totp",
  summary: "Put the new TOTP secret in force",
  who: signedIn({ level: "substantial" }),
  input: T.Object({ code: Code }),
  output: Nothing,
});

export const changePassword = contract({
  id: "identity.change-password",
  method: "POST",
  path: "/api/identity/me/password",
  summary: "Change one’s own password; every other session ends",
  who: official(),
  input: T.Object({ current: Password, next: T.String({ minLength: 12, maxLength: 256 }) }),
  output: Nothing,
  once: false, // the request itself carries passwords
});

export const findOfficial = contract({
  id: "identity.find-official",
  method: "GET",
  path: "/api/identity/officials/{username}",
  summary: "The account behind an exact user name, to give it a role",
  who: official(findOfficials),
  input: T.Object({ username: Username }),
  output: T.Object({ account: Uuid, name: T.String() }),
});

// ---- who the person is
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

export const startPhoneChange = contract({
  id: "identity.start-phone-change",
  method: "POST",
  path: "/api/identity/me/phone/begin",
  summary: "Send a code to the number that is to replace mine",
  who: signedIn(),
  input: T.Object({ phone: Phone }),
  output: CodeSent,
  once: false,
});

export const confirmPhoneChange = contract({
  id: "identity.confirm-phone-change",
  method: "POST",
  path: "/api/identity/me/phone",
  summary: "Put the new number in the place of the old one",
  who: signedIn(),
  input: T.Object({ challenge: Opaque, code: Code }),
  output: T.Object({ level: LevelName }),
});

// ---- at a counter: an official with the document in hand
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

// ---- applications that sign in with us (OpenID Connect; the protocol itself is the gate at /oidc)
const Scope = T.Union([T.Literal("openid"), T.Literal("profile"), T.Literal("offline_access")]);
export const ClientView = T.Object({
  client: T.String(),
  name: T.Object({ fr: T.String(), en: T.String() }),
  institution: T.String(),
  redirectUris: T.Array(T.String()),
  scopes: T.Array(Scope),
  /** Why it asks for personal data: shown on the consent page and in "who looked at my data". */
  purpose: T.Object({ fr: T.String(), en: T.String() }),
  level: LevelName,
  createdAt: At,
  retiredAt: T.Optional(At),
});
export type ClientView = Static<typeof ClientView>;

export const listClients = contract({
  id: "identity.list-clients",
  method: "GET",
  path: "/api/identity/oidc/clients",
  summary: "Applications of the official’s institution that sign in with us",
  who: official(manageClients),
  input: Nothing,
  output: T.Object({ clients: T.Array(ClientView) }),
});

const Words = T.Object({
  fr: T.String({ minLength: 1, maxLength: 200 }),
  en: T.String({ minLength: 1, maxLength: 200 }),
});
export const registerClient = contract({
  id: "identity.register-client",
  method: "POST",
  path: "/api/identity/oidc/clients",
  summary: "Register an application of one’s institution; a confidential one gets its secret once, here",
  who: official(manageClients),
  input: T.Object({
    name: Words,
    purpose: Words,
    redirectUris: T.Array(T.String({ minLength: 8, maxLength: 500 }), {
      minItems: 1,
      maxItems: 10,
    }),
    scopes: T.Array(Scope, { minItems: 1, maxItems: 3 }),
    level: LevelName,
    confidential: T.Boolean(),
  }),
  output: T.Object({ client: T.String(), secret: T.Optional(T.String()) }),
  once: false, // the answer may hold a secret
});

export const retireClient = contract({
  id: "identity.retire-client",
  method: "POST",
  path: "/api/identity/oidc/clients/{client}/retire",
  summary: "Stop an application from signing people in",
  who: official(manageClients),
  input: T.Object({ client: T.String({ maxLength: 64 }) }),
  output: Nothing,
});

/**
 * The application sent a browser to /oidc/auth; we sent it to `/connexion?interaction={uid}` (or, signed in already,
 * to `/connexion/partage?interaction={uid}`). After sign-in, refresh or answer the page redirects to `next`.
 */
export const InteractionView = T.Object({
  interaction: Opaque,
  application: T.String(),
  institution: T.String(),
  purpose: T.String(),
  /** What the page must do: sign the person in, raise the level, or ask for consent; `done`: go to `next`. */
  step: T.Union([T.Literal("sign-in"), T.Literal("raise-level"), T.Literal("consent"), T.Literal("done")]),
  level: LevelName,
  /** What would be shared, one sentence each, in the caller's language. */
  shares: T.Array(T.String()),
  next: T.String(),
  /** Where the browser ends up: pages put it into `formAction`, else the browser's own policy stops the redirect. */
  redirectOrigin: T.String(),
});
export type InteractionView = Static<typeof InteractionView>;

export const readInteraction = contract({
  id: "identity.read-interaction",
  method: "GET",
  path: "/api/identity/oidc/interactions/{interaction}",
  summary: "What an application asks of the person who is signing in to it",
  who: anyone(),
  input: T.Object({ interaction: Opaque }),
  output: InteractionView,
});

export const answerInteraction = contract({
  id: "identity.answer-interaction",
  method: "POST",
  path: "/api/identity/oidc/interactions/{interaction}/answer",
  summary: "Consent to, or refuse, what the application asks; binds this session only",
  who: signedIn(),
  input: T.Object({
    interaction: Opaque,
    decision: T.Union([T.Literal("allow"), T.Literal("refuse")]),
  }),
  output: T.Object({ next: T.String() }),
});

// ---- the demonstration only
export const readDemoCodes = contract({
  id: "identity.read-demo-codes",
  method: "GET",
  path: "/api/identity/demo/codes",
  summary: "Demonstration only (404 elsewhere): user names and current TOTP codes of the demonstration’s officials",
  who: anyone(),
  input: Nothing,
  output: T.Object({
    officials: T.Array(
      T.Object({
        username: T.String(),
        name: T.String(),
        code: T.String(),
        secondsLeft: T.Integer(),
      }),
    ),
  }),
});
