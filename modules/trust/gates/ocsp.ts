import { anyone, gate, type GateContext, type GateReply, type JobContext, Problem } from "#kernel";
import { serviceOf } from "../certificates/authorities.ts";
import { byId, statuses } from "../certificates/store.ts";
import { hex } from "../der/read.ts";
import { type CertId, largestOcspRequest, namesIssuer, type OcspRequest, readOcspRequest } from "../ocsp/request.ts";
import { buildOcspResponse, refuseOcsp, type Status } from "../ocsp/response.ts";
import { readCertificate } from "../x509/read.ts";
import type { Certificate } from "../x509/read.ts";
import { asModule, bytes } from "./system.ts";

const type = "application/ocsp-response";
const hour = 3_600_000;

/** A database out of reach or a responder without certificate is, in the protocol's words, a time to try later. */
const answer = (g: GateContext, body: Uint8Array): Promise<GateReply> =>
  respond(g, body).catch((error: unknown) => {
    if (error instanceof Problem) return bytes(type, refuseOcsp("tryLater"));
    throw error;
  });

const respond = async (g: GateContext, body: Uint8Array): Promise<GateReply> => {
  const request = readOcspRequest(body);
  if (!request) return bytes(type, refuseOcsp("malformedRequest"));
  const response = await statusAnswer(asModule(g), request);
  // We speak for one authority: about others, and about the root's own, the answer is not ours to sign.
  return bytes(type, response ?? refuseOcsp("unauthorized"));
};

/** The signed answer to a request; undefined when it asks about certificates the built-in authority did not issue. */
export const statusAnswer = async (j: JobContext, request: OcspRequest): Promise<Uint8Array | undefined> => {
  const responder = await serviceOf(j, "ocsp");
  const known = await j.transaction(
    async (ctx) => {
      const issuer = responder.row.issuer === null ? undefined : await byId(ctx, responder.row.issuer);
      if (!issuer) return undefined;
      const serials = request.ids.map((id) => hex(id.serial));
      return {
        issuer: readCertificate(issuer.der),
        rows: new Map((await statuses(ctx, issuer.id, serials)).map((row) => [row.serial, row])),
      };
    },
    { readOnly: true },
  );
  if (!known || !request.ids.every((id) => namesIssuer(id, known.issuer))) return undefined;
  const statusOf = (id: CertId): Status => {
    const row = known.rows.get(hex(id.serial));
    if (!row) return { kind: "unknown" };
    return row.revokedAt && row.reason ? { kind: "revoked", at: row.revokedAt, reason: row.reason } : { kind: "good" };
  };
  const now = new Date(Math.floor(j.clock.now().getTime() / 1000) * 1000);
  return buildOcspResponse({
    responder: (responder.certificate satisfies Certificate).subject,
    responderCertificate: responder.certificate.der,
    producedAt: now,
    thisUpdate: now,
    nextUpdate: new Date(now.getTime() + hour),
    answers: request.ids.map((id) => ({ id, status: statusOf(id) })),
    nonce: request.nonce,
    sign: responder.sign,
  });
};

export const ocspPost = gate({
  id: "trust.ocsp",
  method: "POST",
  path: "/ocsp",
  who: anyone(),
  limit: largestOcspRequest,
  handle: (g, request) => answer(g, request.body),
});

/** RFC 6960, A.1: small requests in the address, base64 then percent-encoded. */
export const ocspGet = gate({
  id: "trust.ocsp-get",
  method: "GET",
  path: "/ocsp/*",
  who: anyone(),
  handle: (g, request) => answer(g, Buffer.from(request.params["*"] ?? "", "base64")),
});
