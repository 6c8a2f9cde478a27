/**
 * A bundle's file: a header anybody may read (who to whom, when, which certificate), parcels encrypted to the destination's
 * certificate, a signature by the sender's. ECDH-ES on P-256 with Concat KDF and A256GCM (RFC 7518, 4.6 and 5.3); frames of their
 * own nonce, the last one marked, so that nothing can be left out, moved or added. Pure but for node:crypto.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";

export interface Header {
  format: "exchange-bundle/1";
  id: string;
  from: string;
  to: string;
  at: string;
  /** SHA-256 of the sender's certificate, and of the destination's, hexadecimal. */
  signer: string;
  recipient: string;
  /** Ephemeral public key, SPKI in base64. */
  key: string;
  /** Bundles of the destination that have arrived here. */
  arrived: string[];
}

export const mark = Buffer.from("EXB1");
export const largestHeader = 64 * 1024;

const bytesOf = (n: number): Buffer => {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n);
  return b;
};
const sized = (bytes: Buffer): Buffer => Buffer.concat([bytesOf(bytes.length), bytes]);

/** Concat KDF (NIST SP 800-56A, 5.8.1) for one 256-bit key: `apu` the sender, `apv` the destination. */
function contentKey(secret: Buffer, h: Pick<Header, "from" | "to">): Buffer {
  const info = [sized(Buffer.from("A256GCM")), sized(Buffer.from(h.from)), sized(Buffer.from(h.to)), bytesOf(256)];
  return createHash("sha256")
    .update(Buffer.concat([bytesOf(1), secret, ...info]))
    .digest();
}

const nonce = (n: number): Buffer => Buffer.concat([Buffer.alloc(8), bytesOf(n)]);
const bound = (header: Buffer, n: number, last: boolean): Buffer =>
  Buffer.concat([createHash("sha256").update(header).digest(), bytesOf(n), Buffer.of(last ? 1 : 0)]);

export interface Sealing {
  /** Header with its length, as it opens the file. */
  head: Buffer;
  frame(bytes: Buffer, n: number, last: boolean): Buffer;
}

export function sealing(h: Omit<Header, "format" | "key">, recipient: KeyObject): Sealing {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const header = Buffer.from(
    JSON.stringify({ format: "exchange-bundle/1", ...h, key: own.publicKey.export({ format: "der", type: "spki" }).toString("base64") }),
  );
  const key = contentKey(diffieHellman({ privateKey: own.privateKey, publicKey: recipient }), h);
  return {
    head: Buffer.concat([mark, sized(header)]),
    frame(bytes, n, last) {
      const cipher = createCipheriv("aes-256-gcm", key, nonce(n)).setAAD(bound(header, n, last));
      const sealed = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
      return Buffer.concat([Buffer.of(last ? 1 : 0), sized(sealed)]);
    },
  };
}

/** Throws when the frame is not the one that was sealed at that place. */
export function opening(header: Buffer, h: Header, own: KeyObject): (sealed: Buffer, n: number, last: boolean) => Buffer {
  const theirs = createPublicKey({ key: Buffer.from(h.key, "base64"), format: "der", type: "spki" });
  if (theirs.asymmetricKeyDetails?.namedCurve !== "prime256v1") throw new Error("the bundle's key is of another kind");
  const key = contentKey(diffieHellman({ privateKey: own, publicKey: theirs }), h);
  return (sealed, n, last) => {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce(n)).setAAD(bound(header, n, last));
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  };
}

const text = (value: unknown, pattern: RegExp): value is string => typeof value === "string" && pattern.test(value);
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const digest = /^[0-9a-f]{64}$/;

export function readHeader(bytes: Buffer): Header | undefined {
  try {
    const h = JSON.parse(bytes.toString("utf8")) as Partial<Record<keyof Header, unknown>>;
    const good =
      h.format === "exchange-bundle/1" &&
      text(h.id, uuid) &&
      text(h.from, /^[!-~]{3,255}$/) &&
      text(h.to, /^[!-~]{3,255}$/) &&
      text(h.at, /^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) &&
      text(h.signer, digest) &&
      text(h.recipient, digest) &&
      text(h.key, /^[A-Za-z0-9+/=]{100,200}$/) &&
      Array.isArray(h.arrived) &&
      h.arrived.length <= 1000 &&
      h.arrived.every((one) => text(one, uuid));
    return good ? (h as Header) : undefined;
  } catch {
    return undefined;
  }
}
