import { createHash } from "node:crypto";

/** What everybody may know in a demonstration, printed on the start page; production has no such accounts. */
export const demoPassword = "la parole sous le toguna";

/** A second factor anyone can compute: fixed for a log-in, so that the start page can show the code of the moment. */
export function demoTotpSecret(login: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return [...createHash("sha256").update(`toguna demonstration ${login}`).digest().subarray(0, 32)].map((b) => alphabet[b % 32]).join("");
}
