import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";

/**
 * Two ways to keep a phone or identity number (decision 0071): a keyed token for equality (leakproof, useless without
 * the installation's secret; a plain hash of eight digits is undone in a second) and AES-256-GCM to read it again.
 */
export function token(key: Uint8Array, kind: string, value: string): Buffer {
  return createHmac("sha256", key).update(`${kind}\0${value}`).digest();
}

/** nonce (12) || ciphertext || tag (16); `about` is authenticated, so a value cannot be moved to another row. */
export function seal(key: Uint8Array, nonce: Uint8Array, text: string, about: string): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

export function unseal(key: Uint8Array, sealed: Uint8Array, about: string): string {
  const bytes = Buffer.from(sealed);
  const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12)).setAAD(Buffer.from(about));
  cipher.setAuthTag(bytes.subarray(bytes.length - 16));
  return cipher.update(bytes.subarray(12, bytes.length - 16), undefined, "utf8") + cipher.final("utf8");
}
