import { attempt, expect, first, malformed, readOid, readSmall, readBits, sequence } from "../der/read.ts";
import { verified } from "./read.ts";

export interface CertificateRequest {
  /** DER name the requester wishes for; who certifies decides the name itself. */
  subject: Uint8Array;
  spki: Uint8Array;
}

/** A PKCS#10 request (RFC 2986, 4) whose signature shows that the requester holds the key; `undefined` for anything else. */
export const readRequest = (text: string): CertificateRequest | undefined =>
  attempt(() => {
    const [, block] = /-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----/.exec(text) ?? [];
    if (block === undefined) throw malformed("no request");
    const [tbs, algorithm, signature] = sequence(first(Buffer.from(block, "base64")), "request");
    const [version, subject, key] = sequence(tbs, "request");
    if (readSmall(version, "version") !== 0) throw malformed("version");
    const spki = expect(key, 0x30, "public key").bytes;
    if (!verified(spki, readOid(sequence(algorithm, "algorithm")[0]), tbs!.bytes, readBits(signature))) throw malformed("signature");
    return { subject: expect(subject, 0x30, "subject").bytes, spki };
  });
