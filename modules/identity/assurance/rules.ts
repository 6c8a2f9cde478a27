import { atLeast, type Level } from "#kernel";

export type SignInMethod = "phone-code" | "password-totp" | "passkey";
export type ProofKind = "register" | "counter";

/** What is known of an account when its level is asked. */
export interface Standing {
  kind: "person" | "official";
  /** Who the person is, proven by the register holding the number for her, or by an official at a counter. */
  proof: { kind: ProofKind; at: Date } | null;
  /** Since when the account has its present number; null without one. */
  numberSince: Date | null;
  /** Last known change of the SIM behind that number. */
  simChangedAt: Date | null;
}
export interface PasskeyStanding {
  /** Level of the session that enrolled it. */
  enrolledLevel: Level;
  /** The authenticator checked its holder (PIN, finger) at this sign-in. */
  userVerified: boolean;
}

/** Does the proof still speak for whoever holds the number today? */
export function proofHolds(s: Standing): boolean {
  if (s.proof === null || s.numberSince === null || s.numberSince > s.proof.at) return false;
  return s.simChangedAt === null || s.simChangedAt < s.proof.at;
}

/**
 * The level of a session.
 * - A phone code proves a phone: low; substantial while a proof ties that number to the person and no SIM changed since.
 * - A passkey is worth what the session that enrolled it was worth, whatever happens to the SIM afterwards: it is the
 *   way back after a theft. Enrolled in a low session it stays low, even when the account is proven later, because
 *   nobody knows who enrolled it. With the holder verified, on an account proven at a counter, it is high.
 * - Officials are identified by the institution that opened the account: two factors give substantial, a passkey that
 *   verifies its holder gives high.
 */
export function sessionLevel(s: Standing, method: SignInMethod, passkey?: PasskeyStanding): Level {
  if (s.kind === "official")
    return method === "passkey" && passkey?.userVerified ? "high" : method === "phone-code" ? "low" : "substantial";
  if (method === "phone-code") return proofHolds(s) ? "substantial" : "low";
  if (method !== "passkey" || !passkey || s.proof === null) return "low";
  if (!atLeast(passkey.enrolledLevel, "substantial")) return "low";
  return passkey.userVerified && s.proof.kind === "counter" ? "high" : "substantial";
}

/** Days after a change of SIM during which the register's word on the number is worth nothing: the thief holds it. */
export const simQuietDays = 30;

export type RegisterVerdict = "matched" | "no-match" | "sim-recent";

export interface RegisterClaim {
  identityNumber: string;
  birthDate: string;
}

/** Identity numbers are compared as people write them: case and separators do not matter. */
export function plainIdentityNumber(typed: string): string {
  return typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s.\-/]/g, "");
}

/**
 * The register was asked who holds *this account's verified number*; never who has the identity number that was
 * typed. A stranger's number typed here is compared with the holder's and learned nothing about.
 */
export function judgeRegister(
  claim: RegisterClaim,
  holder: { identityNumber: string; birthDate: string } | undefined,
  simChangedAt: Date | null,
  now: Date,
): RegisterVerdict {
  const same =
    holder !== undefined &&
    plainIdentityNumber(holder.identityNumber) === plainIdentityNumber(claim.identityNumber) &&
    holder.birthDate === claim.birthDate;
  if (!same) return "no-match";
  const quiet = simChangedAt !== null && now.getTime() - simChangedAt.getTime() < simQuietDays * 86_400_000;
  return quiet ? "sim-recent" : "matched";
}

/** Does the document in the official's hand belong to the register's entry? */
export function documentMatches(
  presented: { kind: string; number: string; birthDate: string },
  entry: { identityNumber: string; birthDate: string; documents: readonly { kind: string; number: string; expires?: string }[] },
  today: string,
): boolean {
  const number = plainIdentityNumber(presented.number);
  return (
    presented.birthDate === entry.birthDate &&
    entry.documents.some(
      (d) => d.kind === presented.kind && plainIdentityNumber(d.number) === number && (d.expires === undefined || d.expires >= today),
    )
  );
}
