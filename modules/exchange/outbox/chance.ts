import type { JobContext } from "#kernel";

/** In [0, 1), from the house's one source of randomness. */
export const chance = (j: JobContext): number => Buffer.from(j.ids.bytes(4)).readUInt32BE() / 2 ** 32;
