/** What several contracts are made of. */
import { T, type Static } from "#kernel";

export const At = T.String({ format: "date-time" });
export const Uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
export const Opaque = T.String({ pattern: "^[A-Za-z0-9_-]{16,128}$" });
export const Phone = T.String({ minLength: 4, maxLength: 32 });
export const Code = T.String({ minLength: 4, maxLength: 12 });
export const Password = T.String({ minLength: 1, maxLength: 256 });
export const Username = T.String({ minLength: 1, maxLength: 64 });
export const IdentityNumber = T.String({ minLength: 3, maxLength: 40 });
export const Credential = T.String({ minLength: 2, maxLength: 16_384 });
export const Day = T.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
export const Label = T.String({ minLength: 1, maxLength: 60 });
export const LevelName = T.Union([T.Literal("low"), T.Literal("substantial"), T.Literal("high")]);
export const Method = T.Union([T.Literal("phone-code"), T.Literal("password-totp"), T.Literal("passkey")]);
export const Nothing = T.Object({});

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
  /** Two digits, also in the SMS: tells the code of this page from others on the same handset. */
  reference: T.String(),
  expiresAt: At,
  /** Seconds until another code may be asked for. */
  resendAfter: T.Integer(),
  /** Seconds the code is held back because this number is asked for unusually often from elsewhere; 0 as a rule. */
  sendsIn: T.Integer(),
});

/** Where the question to the register stands. */
export const ProofState = T.Union([
  T.Literal("none"),
  T.Literal("waiting"), // the register is being asked; show a waiting page
  T.Literal("matched"), // proven: offer `refreshSession` ("Continue")
  T.Literal("no-match"), // the register does not hold this number for the person named
  T.Literal("sim-recent"), // the SIM changed lately: a counter is needed
  T.Literal("unavailable"), // the register did not answer; may be asked again
]);
