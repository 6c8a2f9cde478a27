import { createHash } from "node:crypto";
import type * as Library from "pkcs11js";
import type { KeyAlgorithm, KeyStore } from "#trust/ports";
import { rsaSpki } from "./spki.ts";

export interface TokenOptions {
  library: typeof Library;
  /** path of the PKCS#11 module */
  module: string;
  /** label of the token */
  token: string;
  pin: string;
  random: (bytes: number) => Uint8Array;
}

/** The named curve P-256 as CKA_EC_PARAMS wants it, and the start of every P-256 SubjectPublicKeyInfo (RFC 5480). */
const p256 = Buffer.from("06082a8648ce3d030107", "hex");
const spkiStart = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");
/** DigestInfo of SHA-256 up to the digest itself (RFC 8017, 9.2, note 1). */
const sha256Info = Buffer.from("3031300d060960864801650304020105000420", "hex");
const name = /^[0-9a-f]{32}$/;

/** Errors after which a new session and log-in may help: the token was pulled, the session lost, the module restarted. */
const lost = new Set([0x30, 0x32, 0xb0, 0xb3, 0xe0, 0x101, 0x190]);

/** One session, one synchronous call after the other: PKCS#11 sessions are not for sharing between threads. */
export function openToken(o: TokenOptions): KeyStore & { close(): void } {
  const p11 = new o.library.PKCS11();
  const k = o.library;
  p11.load(o.module);
  let session: Library.Handle | undefined;

  const start = (): Library.Handle => {
    if (session) return session;
    initialize(p11, k);
    const slot = p11.C_GetSlotList(true).find((s) => p11.C_GetTokenInfo(s).label.replace(/[\0 ]+$/, "") === o.token);
    if (!slot) throw new Error(`no PKCS#11 token is called "${o.token}"`);
    const opened = p11.C_OpenSession(slot, k.CKF_SERIAL_SESSION | k.CKF_RW_SESSION);
    try {
      p11.C_Login(opened, k.CKU_USER, o.pin);
    } catch (error) {
      if (codeOf(error) !== k.CKR_USER_ALREADY_LOGGED_IN) {
        p11.C_CloseSession(opened);
        // Never tried twice by itself: a module locks after a few wrong PINs.
        throw new Error("the PKCS#11 token refused the PIN", { cause: error });
      }
    }
    session = opened;
    return opened;
  };

  const within = <R>(work: (s: Library.Handle) => R): R => {
    try {
      return work(start());
    } catch (error) {
      if (!session || !lost.has(codeOf(error) ?? -1)) throw error;
      close();
      return work(start());
    }
  };

  const close = (): void => {
    if (!session) return;
    session = undefined;
    try {
      p11.C_Finalize();
    } catch {
      // the module is gone already
    }
  };

  const find = (s: Library.Handle, kind: number, id: string): Library.Handle | undefined => {
    if (!name.test(id)) return undefined;
    p11.C_FindObjectsInit(s, [
      { type: k.CKA_CLASS, value: kind },
      { type: k.CKA_ID, value: Buffer.from(id, "hex") },
    ]);
    try {
      return p11.C_FindObjects(s, 1)[0];
    } finally {
      p11.C_FindObjectsFinal(s);
    }
  };

  const isRsa = (s: Library.Handle, key: Library.Handle): boolean => {
    const type = p11.C_GetAttributeValue(s, key, [{ type: k.CKA_KEY_TYPE }])[0]?.value as Buffer;
    // an unsigned long of the machine's own width and order
    return type.readUInt32LE(0) === k.CKK_RSA;
  };

  const spkiOf = (s: Library.Handle, key: Library.Handle): Uint8Array => {
    if (isRsa(s, key)) {
      const [modulus, exponent] = p11.C_GetAttributeValue(s, key, [{ type: k.CKA_MODULUS }, { type: k.CKA_PUBLIC_EXPONENT }]);
      return rsaSpki(modulus!.value as Buffer, exponent!.value as Buffer);
    }
    const point = p11.C_GetAttributeValue(s, key, [{ type: k.CKA_EC_POINT }])[0]?.value as Buffer;
    // An OCTET STRING around the uncompressed point; a few modules leave the wrapping out.
    const raw = point.length === 67 ? point.subarray(2) : point;
    if (raw.length !== 65 || raw[0] !== 4) throw new Error("the PKCS#11 module shows no P-256 public key");
    return new Uint8Array(Buffer.concat([spkiStart, raw]));
  };

  start();
  return {
    kind: "pkcs11",
    generate: async (label, algorithm: KeyAlgorithm = "p256") =>
      within((s) => {
        const id = Buffer.from(o.random(16));
        const pair = p11.C_GenerateKeyPair(
          s,
          { mechanism: algorithm === "p256" ? k.CKM_EC_KEY_PAIR_GEN : k.CKM_RSA_PKCS_KEY_PAIR_GEN },
          [
            { type: k.CKA_TOKEN, value: true },
            { type: k.CKA_ID, value: id },
            { type: k.CKA_LABEL, value: label.slice(0, 60) },
            { type: k.CKA_VERIFY, value: true },
            ...(algorithm === "p256"
              ? [{ type: k.CKA_EC_PARAMS, value: p256 }]
              : [
                  { type: k.CKA_MODULUS_BITS, value: 3072 },
                  { type: k.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
                ]),
          ],
          [
            { type: k.CKA_TOKEN, value: true },
            { type: k.CKA_ID, value: id },
            { type: k.CKA_LABEL, value: label.slice(0, 60) },
            { type: k.CKA_PRIVATE, value: true },
            { type: k.CKA_SENSITIVE, value: true },
            { type: k.CKA_EXTRACTABLE, value: false },
            { type: k.CKA_SIGN, value: true },
            // a module would let an RSA key open messages too, unless told
            ...(algorithm === "p256"
              ? []
              : [
                  { type: k.CKA_DECRYPT, value: false },
                  { type: k.CKA_UNWRAP, value: false },
                ]),
          ],
        );
        return { id: id.toString("hex"), spki: spkiOf(s, pair.publicKey) };
      }),
    publicKey: async (id) =>
      within((s) => {
        const key = find(s, k.CKO_PUBLIC_KEY, id);
        return key && find(s, k.CKO_PRIVATE_KEY, id) ? spkiOf(s, key) : undefined;
      }),
    sign: async (id, message) =>
      within((s) => {
        const key = find(s, k.CKO_PRIVATE_KEY, id);
        if (!key) throw new Error("no such key on the PKCS#11 token");
        const digest = createHash("sha256").update(message).digest();
        if (isRsa(s, key)) {
          // the module pads, the DigestInfo is ours (RFC 8017, 9.2): every module has this mechanism
          p11.C_SignInit(s, { mechanism: k.CKM_RSA_PKCS }, key);
          return new Uint8Array(p11.C_Sign(s, Buffer.concat([sha256Info, digest]), Buffer.alloc(512)));
        }
        p11.C_SignInit(s, { mechanism: k.CKM_ECDSA }, key);
        return new Uint8Array(p11.C_Sign(s, digest, Buffer.alloc(64)));
      }),
    destroy: async (id) =>
      within((s) => {
        for (const kind of [k.CKO_PRIVATE_KEY, k.CKO_PUBLIC_KEY]) {
          const key = find(s, kind, id);
          if (key) p11.C_DestroyObject(s, key);
        }
      }),
    close,
  };
}

function initialize(p11: Library.PKCS11, k: typeof Library): void {
  try {
    p11.C_Initialize();
  } catch (error) {
    if (codeOf(error) !== k.CKR_CRYPTOKI_ALREADY_INITIALIZED) throw error;
  }
}

const codeOf = (error: unknown): number | undefined => (error as { code?: number }).code;
