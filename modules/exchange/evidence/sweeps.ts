import { sweep } from "#kernel";
import { sealSweep } from "./seal.ts";
import { stampSweep } from "./stamp.ts";

export const evidenceSweeps = [
  // with the round itself, a head a second while there is something new
  sweep("exchange.seal-log", { seconds: 0.8 }, sealSweep),
  sweep("exchange.stamp-log", { seconds: 60 }, stampSweep),
];
