import { createServer } from "node:net";
import { world, type World } from "#kernel/testing";
import { portal } from "../../apps/portal/index.ts";
import { fakes, sessions } from "./fakes.ts";

/** The portal over sample modules, on a port of its own. */
export async function samplePortal(): Promise<{ origin: string; world: World; close(): Promise<void> }> {
  const port = await new Promise<number>((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address() as { port: number };
      probe.close(() => done(free));
    });
  });
  const origin = `http://localhost:${port}`;
  const w = await world({
    modules: fakes,
    apps: [portal],
    env: { TOGUNA_ORIGIN: origin, TOGUNA_PORT: String(port) },
    guard: { identify: async (_ctx, token) => sessions[token] ?? { kind: "stranger" } },
  });
  await w.http.listen({ port, host: "127.0.0.1" });
  return { origin, world: w, close: () => w.close() };
}
