import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 6238 over RFC 4226. SHA-1 and six digits are what every authenticator application makes. */
export interface TotpOptions {
  algorithm?: "sha1" | "sha256" | "sha512";
  digits?: number;
  seconds?: number;
}

export function totpStep(now: Date, seconds = 30): number {
  return Math.floor(now.getTime() / 1000 / seconds);
}

export function totpAt(secret: Uint8Array, step: number, o: TotpOptions = {}): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(o.algorithm ?? "sha1", secret)
    .update(counter)
    .digest();
  const offset = (mac[mac.length - 1] as number) & 0xf; // RFC 4226, 5.3: dynamic truncation
  const digits = o.digits ?? 6;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, "0");
}

/**
 * The step the code belongs to, or undefined. One step either side for slow clocks (RFC 6238, 5.2). A step at or
 * before `lastStep` is refused: each code works once, and a clock set back does not revive old ones.
 */
export function matchTotp(secret: Uint8Array, code: string, now: Date, lastStep: number): number | undefined {
  const current = totpStep(now);
  let found: number | undefined;
  for (const step of [current - 1, current, current + 1]) {
    const right = Buffer.from(totpAt(secret, step));
    const given = Buffer.from(code);
    const same = given.length === right.length && timingSafeEqual(given, right);
    if (same && step > lastStep) found = step; // no early return: the same work for every code
  }
  return found;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648, section 6, without padding: what authenticator applications read. */
export function base32(bytes: Uint8Array): string {
  let out = "";
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) out += alphabet[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? out + alphabet[(value << (5 - bits)) & 31] : out;
}

export function fromBase32(text: string): Uint8Array {
  const out: number[] = [];
  let value = 0;
  let bits = 0;
  for (const letter of text.toUpperCase().replace(/[\s=]/g, "")) {
    const five = alphabet.indexOf(letter);
    if (five < 0) throw new Error("not base32");
    value = (value << 5) | five;
    bits += 5;
    if (bits >= 8) {
      out.push((value >>> (bits - 8)) & 255);
      bits -= 8;
    }
    value &= (1 << bits) - 1;
  }
  return Uint8Array.from(out);
}

/** The key URI authenticator applications scan. */
export function totpUri(issuer: string, account: string, secret: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`;
}
