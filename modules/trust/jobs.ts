import { job, sweep, T, work } from "#kernel";
import { ensureAuthorities } from "./certificates/authorities.ts";
import { sealSweep, stampSweep } from "./ledger/seal.ts";

export const renew = job("trust.renew", T.Object({}));

export const jobs = [work(renew, (j) => ensureAuthorities(j))];

export const sweeps = [
  // Two rounds a second keep the lag under the one second promised.
  sweep("trust.seal-ledger", { seconds: 0.4 }, sealSweep),
  sweep("trust.stamp-heads", { seconds: 60 }, stampSweep),
  sweep("trust.renew", { seconds: 3600 }, ensureAuthorities),
];
