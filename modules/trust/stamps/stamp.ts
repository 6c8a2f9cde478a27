import type { JobContext } from "#kernel";
import { serviceOf } from "../certificates/authorities.ts";
import type { Held } from "../certificates/issue.ts";
import { trusted } from "../certificates/trusted.ts";
import { timeStampPort } from "../ports.ts";
import { stampRefused } from "../problems.ts";
import { checkStampDigest, readStampResponse, readToken } from "../tsp/read.ts";
import { buildStampRequest, hashOfDigest, type StampRequest } from "../tsp/request.ts";
import { buildToken } from "../tsp/token.ts";
import { serialFrom } from "../x509/build.ts";
import { policies } from "../x509/profiles.ts";
import { same } from "../x509/read.ts";
import { accuracySeconds, stampTime } from "./clock.ts";

export interface StampedToken {
  token: Uint8Array;
  at: Date;
}

export const external = (j: Pick<JobContext, "config">): boolean => j.config.setting("tsa_url") !== undefined;

/** The built-in authority's token for a request already checked. */
export const stampBuiltIn = async (j: JobContext, request: StampRequest, authority?: Held): Promise<StampedToken> => {
  const tsa = authority ?? (await serviceOf(j, "tsa"));
  const at = await stampTime(j, "tsa", tsa.row.id);
  const token = await buildToken({
    request,
    policy: policies.timeStamps,
    serial: serialFrom(j.ids.bytes(16)),
    at,
    accuracy: accuracySeconds,
    signer: tsa.certificate,
    certificates: tsa.chain,
    sign: tsa.sign,
  });
  return { token, at };
};

/** A time stamp over a SHA-256 or SHA-512 digest, from the outside authority when one is configured, else from our own. */
export const stamp = (j: JobContext, digest: Uint8Array, authority?: Held): Promise<StampedToken> => {
  const hash = hashOfDigest(digest);
  return external(j) ? stampOutside(j, digest) : stampBuiltIn(j, { hash, imprint: digest, certificates: true }, authority);
};

/** An answer counts only if it is for this digest and nonce, by an authority that leads to an anchor we admitted. */
const stampOutside = async (j: JobContext, digest: Uint8Array): Promise<StampedToken> => {
  const nonce = j.ids.bytes(8);
  nonce[0]! |= 0x80;
  const answer = readStampResponse(await j.port(timeStampPort).stamp(buildStampRequest(digest, nonce), j.signal));
  if (!answer || "refused" in answer) {
    j.log.warn({ answer: answer?.refused ?? "malformed" }, "time-stamp authority");
    throw stampRefused();
  }
  const read = readToken(answer.token);
  if (!read?.nonce || !same(read.nonce, nonce)) throw stampRefused({ cause: new Error("another nonce") });
  const trust = await j.transaction(trusted, { readOnly: true });
  const checked = checkStampDigest(read, digest, trust);
  if (!checked.ok) throw stampRefused({ cause: new Error(checked.fault) });
  return { token: answer.token, at: read.at };
};
