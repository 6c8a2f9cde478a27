import { port } from "#kernel";

/** `p256`: ECDSA on P-256 (FIPS 186-5). `rsa3072`: RSA of 3072 bits, as strong (SP 800-57, part 1, table 2), for institutions that have to. */
export type KeyAlgorithm = "p256" | "rsa3072";

/** A signing key: its name in the store and its public half (SubjectPublicKeyInfo). */
export interface Key {
  id: string;
  spki: Uint8Array;
}

/**
 * Where private keys live. A key is made inside, signs inside and never comes out. Signatures are over the
 * message (SHA-256 inside the store): of P-256 keys ES256, handed out as r || s in 64 bytes; of RSA keys RSASSA-PKCS1-v1_5
 * (RFC 8017, 8.2), 384 bytes.
 */
export interface KeyStore {
  /** What an operator reads: "file", "pkcs11", "memory". */
  readonly kind: string;
  /** P-256 unless said. Rejects when the store does not make such keys. */
  generate(label: string, algorithm?: KeyAlgorithm): Promise<Key>;
  /** undefined: no such key. */
  publicKey(id: string): Promise<Uint8Array | undefined>;
  /** Rejects when there is no such key. */
  sign(id: string, message: Uint8Array): Promise<Uint8Array>;
  /** For keys whose certificate never came to be; no such key is no error. */
  destroy(id: string): Promise<void>;
}

export const keysPort = port<KeyStore>("trust.keys");

/** An outside time-stamp authority: takes a DER TimeStampReq, hands back the DER TimeStampResp (RFC 3161, 3.4). */
export interface TimeStampAuthority {
  stamp(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
}

/** Without a driver the built-in authority stamps. */
export const timeStampPort = port<TimeStampAuthority>("trust.time-stamp");
