import { argon2, timingSafeEqual } from "node:crypto";

/** Argon2id with OWASP's first recommended setting: 19 MiB, two passes, one lane; about 30 ms. */
const memory = 19 * 1024;
const passes = 2;
const parallelism = 1;
const tagLength = 32;

/** RFC 8265 (OpaqueString): NFC, so that the same password typed on two keyboards is the same bytes. */
function derive(password: string, salt: Uint8Array, pepper: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    argon2(
      "argon2id",
      { message: Buffer.from(password.normalize("NFC")), nonce: salt, secret: pepper, memory, passes, parallelism, tagLength },
      (error, key) => (error ? reject(error) : resolve(key)),
    ),
  );
}

/** PHC string. The pepper comes from the installation's master secret: a stolen table alone cannot be attacked. */
export async function hashPassword(password: string, salt: Uint8Array, pepper: Uint8Array): Promise<string> {
  const tag = await derive(password, salt, pepper);
  const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${b64(salt)}$${b64(tag)}`;
}

export async function verifyPassword(stored: string, password: string, pepper: Uint8Array): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(stored);
  if (!match) throw new Error("stored password hash has another form than this program writes");
  const tag = await derive(password, Buffer.from(match[1] as string, "base64"), pepper);
  const right = Buffer.from(match[2] as string, "base64");
  return right.length === tag.length && timingSafeEqual(right, tag);
}

/** A well-formed hash of nothing anyone knows: an unknown user name costs what a known one costs. */
export const nobodysHash = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;

export type Weakness = "short" | "name-inside" | "monotonous";

/** NIST SP 800-63B: length counts, composition rules do not; what an attacker tries first is refused. */
export function weakness(password: string, username: string): Weakness | undefined {
  const text = password.normalize("NFC");
  if ([...text].length < 12) return "short";
  if (username.length >= 3 && text.toLowerCase().includes(username.toLowerCase())) return "name-inside";
  if (new Set(text.toLowerCase()).size < 6) return "monotonous";
  return undefined;
}
