/** What identity asks of the outside: who holds a number, who a person is, and whether a SIM was changed lately. */
import { packSection, port, T } from "#kernel";

/** An entry of the national identity register, as far as sign-in and proofing need it. */
export interface RegisterPerson {
  /** National identity number, as the register writes it. */
  identityNumber: string;
  familyName: string;
  givenNames: string;
  /** YYYY-MM-DD. */
  birthDate: string;
  birthPlace?: string;
  sex?: "F" | "M";
  /** Numbers (E.164) the register holds for this person. */
  phones: readonly string[];
  /** Documents in force: what an official compares at a counter. */
  documents: readonly { kind: string; number: string; expires?: string }[];
}

/**
 * `unavailable` is for an answer that did not come: refused connection, time-out, 5xx. It is never "unknown":
 * the register not answering must not look like the register saying no. A driver throws only on its own bugs.
 */
export type RegisterAnswer = { kind: "found"; person: RegisterPerson } | { kind: "unknown" } | { kind: "unavailable"; retryAfter?: number };

export interface IdentityRegisterDriver {
  /** Who holds this phone number (E.164)? `unknown` when nobody does, or more than one person. */
  holderOf(phone: string, signal: AbortSignal): Promise<RegisterAnswer>;
  /** Who has this identity number? */
  person(identityNumber: string, signal: AbortSignal): Promise<RegisterAnswer>;
}
export const identityRegister = port<IdentityRegisterDriver>("identity.register");

/**
 * When the operators last put this number on another SIM. `never`: not since the operators keep that record.
 * `unsupported`: no operator of the country tells (the rules then rely on the register and on passkeys alone).
 */
export type SimAnswer = { kind: "changed"; at: Date } | { kind: "never" } | { kind: "unsupported" } | { kind: "unavailable" };

export interface SimSignalDriver {
  lastChange(phone: string, signal: AbortSignal): Promise<SimAnswer>;
}
export const simSignal = port<SimSignalDriver>("identity.sim-signal");

/** Where the operators' record of SIM changes answers, below the address of whoever serves it; absent: nobody does. */
export const simSource = packSection(
  "identity.sim-signal",
  T.Array(T.Object({ path: T.String({ pattern: "^/[A-Za-z0-9/_.-]+$" }) }, { additionalProperties: false }), { maxItems: 1 }),
  { optional: true },
);
