import { port } from "#kernel";

/** A signing key: its name in the store and its public half (SubjectPublicKeyInfo, P-256). */
export interface Key {
  id: string;
  spki: Uint8Array;
}

/**
 * Where private keys live. A key is made inside, signs inside and never comes out. Signatures are ES256 over the
 * message (SHA-256 inside the store), handed out as r || s in 64 bytes.
 */
export interface KeyStore {
  /** What an operator reads: "file", "pkcs11", "memory". */
  readonly kind: string;
  generate(label: string): Promise<Key>;
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
