import { createHmac, timingSafeEqual } from "node:crypto";

/** One-time codes: six digits, five minutes, five tries, each bound to the challenge of one browser. */
export const codeDigits = 6;
export const codeLifeSeconds = 5 * 60;
export const codeTries = 5;

/** What was typed, without the spaces an SMS application or a hand may add; undefined if it is no code at all. */
export function readCode(typed: string): string | undefined {
  const digits = typed.normalize("NFKC").replace(/[\s-]/g, "");
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

/**
 * Only this is stored. Keyed, because a million codes are tried in a second against a plain hash;
 * bound to the challenge, so that a code never serves another browser's challenge.
 */
export function codeHash(key: Uint8Array, challenge: string, code: string): Buffer {
  return createHmac("sha256", key).update(`${challenge}:${code}`).digest();
}

export interface CodeState {
  createdAt: Date;
  /** Null until the SMS is on its way. */
  codeHash: Uint8Array | null;
  expiresAt: Date;
  tries: number;
  usedAt: Date | null;
}
export type CodeVerdict = "right" | "wrong" | "dead";

/**
 * `dead`: expired, used, tried too often, or from the future (the clock was set back since: nothing can then be
 * said about the age of the code). The hash is compared in every case, so that the work is the same.
 */
export function judgeCode(state: CodeState, presented: Uint8Array, now: Date): CodeVerdict {
  const stored = state.codeHash ?? new Uint8Array(presented.length);
  const same = stored.length === presented.length && timingSafeEqual(stored, presented) && state.codeHash !== null;
  const dead = state.usedAt !== null || state.tries >= codeTries || now >= state.expiresAt || now < state.createdAt;
  if (dead) return "dead";
  return same ? "right" : "wrong";
}

/** Two digits on the page and in the SMS, so that a handset with several codes shows which one is meant. */
export function codeReference(ref: Uint8Array): string {
  return String((((ref[0] ?? 0) << 8) | (ref[1] ?? 0)) % 100).padStart(2, "0");
}
