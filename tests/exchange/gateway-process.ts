/** A gateway as an institution starts it: a process of its own that a test may kill, its database in the tests' cluster. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { testCluster } from "#kernel/testing";
import { siblingFolder } from "../../apps/server/gateway-config.ts";
import { freePort } from "../live-house.ts";
import { root } from "../tree.ts";

export interface GatewayProcess {
  clients: string;
  admin: string;
  /** Rows, asked as the owner of the tables. */
  owner(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Until its page of addresses is printed. */
  start(...args: string[]): Promise<void>;
  kill(): Promise<void>;
  output(): string;
  close(): Promise<void>;
  /** Its address in the tests' cluster, and its folder. */
  database: string;
  dataDir: string;
  /** A local command in its folder. */
  command(...args: string[]): Promise<{ code: number | null; text: string }>;
}

/**
 * `beside`: a second server on the same database, its folder made from the first one's; `folder`: the gateway's own, with the
 * database embedded there, as on an institution's machine.
 */
export async function gatewayProcess(o: { beside?: GatewayProcess; folder?: string } = {}): Promise<GatewayProcess> {
  const { beside, folder } = o;
  const [clients, admin, servers] = [await freePort(), await freePort(), await freePort()];
  const cluster = await testCluster();
  const name = `gateway_${process.pid}_${servers}`;
  const on = async (url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  if (!beside && !folder) await on(cluster, `create database ${name}`);
  const url = beside?.database ?? cluster.replace(/\/[^/]*$/, `/${name}`);
  const dataDir = folder ?? mkdtempSync(join(tmpdir(), "toguna-gateway-"));
  if (folder) mkdirSync(folder, { mode: 0o711 });
  else if (beside) siblingFolder(beside.dataDir, dataDir);
  // the run-time log-in is one for the whole cluster: its password stays the one the other tests use
  else writeFileSync(join(dataDir, "runtime.password"), "run-time-password-of-tests", { mode: 0o600 });
  let child: ChildProcess | undefined;
  let text = "";
  const kill = async (): Promise<void> => {
    const c = child;
    if (!c || c.exitCode !== null || c.signalCode !== null) return;
    c.kill("SIGKILL");
    await new Promise<void>((done) => c.once("exit", () => done()));
  };
  const environment = () => ({
    ...process.env,
    DATABASE_URL: folder ? undefined : url,
    TOGUNA_DATA: self.dataDir,
    TOGUNA_DEMO: "1",
    TOGUNA_LOG: "warn",
    NODE_OPTIONS: "",
  });
  const self: GatewayProcess = {
    clients: `http://127.0.0.1:${clients}`,
    admin: `http://127.0.0.1:${admin}`,
    owner: (query, values) => on(url, query, values),
    output: () => text,
    database: url,
    dataDir,
    command: (...args) =>
      new Promise((done) => {
        const c = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, "apps/server/main.ts"), ...args], {
          cwd: root,
          env: environment(),
        });
        let told = "";
        for (const stream of [c.stdout, c.stderr]) stream.on("data", (chunk) => (told += String(chunk)));
        c.once("exit", (code) => done({ code, text: told }));
      }),
    kill,
    async start(...args) {
      text = "";
      const ports = ["--port", String(clients), "--admin-port", String(admin), "--server-port", String(servers)];
      const c = (child = spawn(
        process.execPath,
        ["--disable-warning=ExperimentalWarning", join(root, "apps/server/main.ts"), "gateway", ...ports, ...args],
        {
          cwd: root,
          env: environment(),
          stdio: ["ignore", "pipe", "pipe"],
        },
      ));
      for (const stream of [c.stdout!, c.stderr!]) stream.on("data", (chunk) => (text = (text + String(chunk)).slice(-20_000)));
      for (let i = 0; i < 600; i++) {
        if (text.includes("ready in")) return;
        if (c.exitCode !== null) throw new Error(`the gateway ended (${c.exitCode}):\n${text}`);
        await new Promise((go) => setTimeout(go, 50));
      }
      throw new Error(`the gateway is not ready after 30 s:\n${text}`);
    },
    async close() {
      await kill();
      if (!beside && !folder) await on(cluster, `drop database if exists ${name} with (force)`);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return self;
}
