import { type Der, enumerated, generalTime, octets, oid, seq, tagged, taggedValue } from "../der/write.ts";
import { oids } from "../der/oids.ts";
import { extensionsDer, type Sign, signed } from "../x509/build.ts";
import { type Revoked, revokedInfo } from "../x509/revocations.ts";
import type { CertId } from "./request.ts";

export type Status = { kind: "good" } | { kind: "unknown" } | ({ kind: "revoked" } & Omit<Revoked, "serial">);

export interface OcspParts {
  /** DER name in the responder's certificate */
  responder: Uint8Array;
  responderCertificate: Uint8Array;
  producedAt: Date;
  thisUpdate: Date;
  nextUpdate: Date;
  answers: readonly { id: CertId; status: Status }[];
  nonce?: Uint8Array;
  sign: Sign;
}

const none = new Uint8Array();

const statusDer = (id: CertId, status: Status): Der =>
  status.kind === "good"
    ? taggedValue(0, none)
    : status.kind === "unknown"
      ? taggedValue(2, none)
      : revokedInfo({ serial: id.serial, ...status });

export const buildOcspResponse = async (parts: OcspParts): Promise<Der> => {
  const tbs = seq(
    tagged(1, parts.responder),
    generalTime(parts.producedAt),
    seq(
      ...parts.answers.map(({ id, status }) =>
        seq(id.bytes, statusDer(id, status), generalTime(parts.thisUpdate), tagged(0, generalTime(parts.nextUpdate))),
      ),
    ),
    ...(parts.nonce ? [tagged(1, extensionsDer([{ id: oids.ocspNonce, value: octets(parts.nonce) }]))] : []),
  );
  const basic = await signed(tbs, parts.sign, tagged(0, seq(parts.responderCertificate)));
  return seq(enumerated(0), tagged(0, seq(oid(oids.ocspBasic), octets(basic))));
};

/** RFC 6960, 4.2.1: answers which need no signature. */
export const ocspRefusals = { malformedRequest: 1, internalError: 2, tryLater: 3, unauthorized: 6 } as const;

export const refuseOcsp = (reason: keyof typeof ocspRefusals): Der => seq(enumerated(ocspRefusals[reason]));
