/** A server's request to the centre's gates, signed with the key of its TLS certificate; the body is covered, and the moment. Pure. */
import { createHash, createPublicKey, sign, verify, X509Certificate } from "node:crypto";

export interface Proof {
  server: string;
  at: Date;
  /** ES256, r || s, base64 */
  signature: string;
}

const text = (p: { method: string; path: string; server: string; at: Date; body: Uint8Array }): Buffer =>
  Buffer.from(
    `toguna exchange request\n${p.method} ${p.path}\n${p.server}\n${p.at.toISOString()}\n${createHash("sha256").update(p.body).digest("base64")}`,
  );

export const proofHeaders = (
  p: { method: string; path: string; server: string; at: Date; body: Uint8Array },
  key: string,
): Record<string, string> => ({
  "exchange-server": p.server,
  "exchange-at": p.at.toISOString(),
  "exchange-signature": sign("sha256", text(p), { key, dsaEncoding: "ieee-p1363" }).toString("base64"),
});

export function readProof(headers: Record<string, string | string[] | undefined>): Proof | undefined {
  const one = (name: string): string => {
    const value = headers[name];
    return typeof value === "string" && value.length <= 300 ? value : "";
  };
  const at = new Date(one("exchange-at"));
  const [server, signature] = [one("exchange-server"), one("exchange-signature")];
  return server && signature && !Number.isNaN(at.getTime()) && at.toISOString() === one("exchange-at")
    ? { server, at, signature }
    : undefined;
}

/** `certificate`: PEM, leaf first. */
export function proofHolds(p: Proof & { method: string; path: string; body: Uint8Array }, certificate: string): boolean {
  const key = createPublicKey(new X509Certificate(certificate).publicKey.export({ format: "pem", type: "spki" }));
  return verify("sha256", text(p), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(p.signature, "base64"));
}
