import { type Der, enumerated, generalTime, int, seq, tagged, taggedValue, time } from "../der/write.ts";
import { oids } from "../der/oids.ts";
import { ecdsaWithSha256, type Extension, extensionsDer, type Sign, signed } from "./build.ts";
import { keyId } from "./profiles.ts";

/** CRLReason codes of RFC 5280 that a person may choose here. */
export const reasons = { unspecified: 0, keyCompromise: 1, affiliationChanged: 3, superseded: 4, cessationOfOperation: 5 } as const;
export type Reason = keyof typeof reasons;

export interface Revoked {
  serial: Uint8Array;
  at: Date;
  reason: Reason;
}

export interface CrlParts {
  /** DER name of the issuing authority and its public key */
  issuer: Uint8Array;
  issuerSpki: Uint8Array;
  number: number;
  thisUpdate: Date;
  nextUpdate: Date;
  revoked: readonly Revoked[];
}

const entry = (revoked: Revoked): Der => {
  // RFC 5280, 5.3.1: "unspecified" is said by saying nothing.
  const reason: Extension[] = revoked.reason === "unspecified" ? [] : [{ id: oids.crlReason, value: enumerated(reasons[revoked.reason]) }];
  return seq(int(revoked.serial), time(revoked.at), ...(reason.length > 0 ? [extensionsDer(reason)] : []));
};

export const buildCrl = (parts: CrlParts, sign: Sign): Promise<Der> =>
  signed(
    seq(
      int(1),
      ecdsaWithSha256,
      parts.issuer,
      time(parts.thisUpdate),
      time(parts.nextUpdate),
      ...(parts.revoked.length > 0 ? [seq(...parts.revoked.map(entry))] : []),
      tagged(
        0,
        extensionsDer([
          { id: oids.authorityKeyId, value: seq(taggedValue(0, keyId(parts.issuerSpki))) },
          { id: oids.crlNumber, value: int(parts.number) },
        ]),
      ),
    ),
    sign,
  );

export const revokedInfo = (revoked: Revoked): Der =>
  tagged(1, generalTime(revoked.at), ...(revoked.reason === "unspecified" ? [] : [tagged(0, enumerated(reasons[revoked.reason]))]));
