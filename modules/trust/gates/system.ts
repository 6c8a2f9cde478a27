import type { GateContext, GateReply, JobContext } from "#kernel";

/** These gates answer everyone alike: they look as the module itself, never through the caller's institution. */
export const asModule = (g: GateContext): JobContext => ({
  ...g,
  transaction: (fn, o = {}) => g.transaction(fn, { ...o, caller: { kind: "system", module: "trust" } }),
});

export const bytes = (type: string, body: Uint8Array | string, cache = "no-store"): GateReply => ({
  status: 200,
  headers: { "content-type": type, "cache-control": cache },
  body,
});
