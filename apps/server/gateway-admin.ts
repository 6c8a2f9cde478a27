import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { enterMaintenance, gatewayHealth, leaveMaintenance, maintenanceState, type OwnMaintenance } from "#exchange";
import { Problem } from "#kernel";
import type { Config } from "#kernel/config";
import type { Kernel } from "#kernel/kernel";

export interface AdminPort {
  url: string;
  stop(): Promise<void>;
}

/** Where the running gateway answers its own machine, and what shows that a command may read its folder. */
interface Door {
  url: string;
  token: string;
}
const doorFile = (config: Pick<Config, "dataDir">): string => join(config.dataDir, "admin.json");
const largest = 4096;
const longestDrain = 600;

/**
 * Health in JSON and figures for Prometheus, for this machine only: no page, no session, nothing of any message. Maintenance is
 * entered and left with the token that lies in the gateway's folder, so that no page of a browser on this machine does it.
 */
export async function openAdmin(kernel: Kernel, port: number): Promise<AdminPort> {
  const token = randomBytes(24).toString("base64url");
  const j = () => kernel.jobContext("exchange.admin");
  const server = createServer((req, res) => {
    const send = (status: number, type: string, body: string): void =>
      void res.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
    const json = (status: number, value: unknown): void => send(status, "application/json", `${JSON.stringify(value, null, 1)}\n`);
    const path = (req.url ?? "").split("?", 1)[0];
    const answer = async (): Promise<void> => {
      if (path === "/maintenance") {
        if (!shows(req, token)) return json(401, { error: "the token of the gateway's folder is needed" });
        if (req.method === "GET") return json(200, await maintenanceState(j()));
        if (req.method === "DELETE") return json(200, await leaveMaintenance(j()));
        if (req.method !== "POST") return json(405, { error: "GET, POST or DELETE" });
        const asked = wished(await bodyOf(req));
        return asked ? json(200, await enterMaintenance(j(), asked)) : json(422, { error: "until, notice and drainSeconds are expected" });
      }
      if (req.method !== "GET") return send(405, "text/plain", "GET only\n");
      if (path === "/metrics") return send(200, kernel.metrics.registry.contentType, await kernel.metrics.registry.metrics());
      if (path !== "/healthz") return send(404, "text/plain", "/healthz and /metrics\n");
      const health = await gatewayHealth(kernel.jobContext("exchange.health"));
      return json(health.state === "well" ? 200 : 503, health);
    };
    answer().catch((error: unknown) =>
      error instanceof Problem
        ? json(error.status, { error: error.kind.title.en, code: error.code })
        : json(503, { state: "unwell", why: String(error).slice(0, 200) }),
    );
  });
  await new Promise<void>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      // beside another gateway of a demonstration any port will do: it is printed
      if (error.code === "EADDRINUSE" && kernel.config.demo) server.listen(0, "127.0.0.1", () => done());
      else fail(error);
    });
    server.listen(port, "127.0.0.1", () => done());
  });
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const file = doorFile(kernel.config);
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify({ url, token } satisfies Door), { mode: 0o600 });
  return {
    url,
    stop: () =>
      new Promise((done) => {
        rmSync(file, { force: true });
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const shows = (req: IncomingMessage, token: string): boolean =>
  timingSafeEqual(digest(req.headers.authorization ?? ""), digest(`Bearer ${token}`));

async function bodyOf(req: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of req as AsyncIterable<Buffer>) if ((size += piece.length) <= largest) pieces.push(piece);
  return size > largest ? "" : Buffer.concat(pieces).toString("utf8");
}

function wished(text: string): Parameters<typeof enterMaintenance>[1] | undefined {
  try {
    const { until, notice, drainSeconds } = JSON.parse(text) as { until?: unknown; notice?: unknown; drainSeconds?: unknown };
    const end = new Date(typeof until === "string" ? until : "");
    const drain = Number(drainSeconds ?? 0);
    if (Number.isNaN(end.getTime()) || !(drain >= 0 && drain <= longestDrain)) return undefined;
    return { until: end, notice: typeof notice === "string" ? notice : undefined, drainSeconds: drain };
  } catch {
    return undefined;
  }
}

/** For the local command: the running gateway of this folder. */
export async function callAdmin(
  config: Pick<Config, "dataDir">,
  method: "GET" | "POST" | "DELETE",
  body?: object,
): Promise<OwnMaintenance> {
  const file = doorFile(config);
  if (!existsSync(file)) throw new Error(`no gateway runs on ${config.dataDir}: while it is stopped its centre announces for it`);
  const { url, token } = JSON.parse(readFileSync(file, "utf8")) as Door;
  const answer = await fetch(`${url}/maintenance`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch(() => {
    throw new Error(`the gateway of ${config.dataDir} does not answer at ${url}: is it running?`);
  });
  const said = (await answer.json()) as OwnMaintenance & { error?: string };
  if (!answer.ok) throw new Error(said.error ?? `the gateway answered ${answer.status}`);
  return said;
}
