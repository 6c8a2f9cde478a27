import { type Der, generalTime, int, namedBits, octets, oid, seq, utf8 } from "../der/write.ts";
import { oids } from "../der/oids.ts";
import { buildSignedData, sha256, type SignerCertificate } from "../cms/sign.ts";
import type { Sign } from "../x509/build.ts";
import { failures, type StampFailure, type StampRequest } from "./request.ts";

export interface StampParts {
  request: StampRequest;
  policy: string;
  serial: Uint8Array;
  at: Date;
  /** seconds by which the clock may be wrong */
  accuracy: number;
  signer: SignerCertificate;
  certificates: readonly Uint8Array[];
  sign: Sign;
}

/** A TimeStampToken: TSTInfo inside a CMS signature. */
export const buildToken = (parts: StampParts): Promise<Der> => {
  const { request } = parts;
  const info = seq(
    int(1),
    oid(parts.policy),
    seq(seq(oid(request.hash)), octets(request.imprint)),
    int(parts.serial),
    generalTime(parts.at),
    seq(int(parts.accuracy)),
    ...(request.nonce ? [int(request.nonce)] : []),
  );
  return buildSignedData({
    signer: parts.signer,
    certificates: request.certificates ? parts.certificates : [],
    sign: parts.sign,
    content: { type: oids.tstInfo, digest: sha256(info), inside: info },
  });
};

export const granted = (token: Der): Der => seq(seq(int(0)), token);

export const refused = (failure: StampFailure, sentence: string): Der =>
  seq(seq(int(2), seq(utf8(sentence)), namedBits([failures[failure]])));
