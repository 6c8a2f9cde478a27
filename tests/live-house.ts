import { createServer } from "node:net";
import { prepareDemonstration } from "../apps/server/demo.ts";
import { apps, drivers, modules } from "../apps/server/house.ts";
import { guard } from "../apps/server/guard.ts";
import { startSandbox } from "../apps/sandbox/index.ts";
import { world, type World } from "#kernel/testing";

export interface LiveHouse {
  origin: string;
  world: World;
  sandbox: Awaited<ReturnType<typeof startSandbox>>;
  close(): Promise<void>;
}

/** The whole demonstration on a free port with a database of its own: what journeys walk through. */
export async function liveHouse(o: { country?: string; env?: Record<string, string> } = {}): Promise<LiveHouse> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const country = o.country ?? "bf";
  const sandbox = await startSandbox({ country, port: 0, pace: 300 });
  const env = { TOGUNA_ORIGIN: origin, TOGUNA_PORT: String(port), TOGUNA_SANDBOX_URL: sandbox.url, ...o.env };
  const w = await world({
    modules,
    apps,
    country,
    guard,
    env,
    live: true,
    drivers: (config) => drivers(config, sandbox),
    prepare: (kernel) => prepareDemonstration(kernel, sandbox),
  });
  await w.http.listen({ port, host: "127.0.0.1" });
  return {
    origin,
    world: w,
    sandbox,
    async close() {
      await w.close();
      await sandbox.stop();
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
