import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { runningPostgres } from "#kernel/postgres";
import { freePort } from "../live-house.ts";
import { root } from "../tree.ts";

/** The program as a newcomer starts it, in a process of its own that a test may kill. */
export interface Program {
  origin: string;
  /** The simulated outside world, in the same process. */
  sandbox: string;
  dataDir: string;
  /** A folder of the test's own, gone at the end. */
  room: string;
  pid(): number;
  ownerUrl(): string;
  /** One number, asked as the owner of the tables. */
  count(query: string): Promise<number>;
  start(more?: Record<string, string>): Promise<void>;
  /** SIGKILL: nothing is cleaned up, PostgreSQL stays behind. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  postgresPid(): number;
  command(name: string, ...args: string[]): Promise<{ code: number; text: string }>;
  close(): Promise<void>;
  output(): string;
}

export async function program(o: { dataDir?: string; env?: Record<string, string> } = {}): Promise<Program> {
  const [port, sandboxPort, exchangePort] = [await freePort(), await freePort(), await freePort()];
  const room = mkdtempSync(join(tmpdir(), "toguna-program-"));
  chmodSync(room, 0o711); // started by root, PostgreSQL runs as another user and must be able to enter
  const dataDir = o.dataDir ?? join(room, "data");
  const origin = `http://localhost:${port}`;
  const env = {
    ...process.env,
    TOGUNA_DATA: dataDir,
    TOGUNA_PORT: String(port),
    TOGUNA_SANDBOX_PORT: String(sandboxPort),
    TOGUNA_EXCHANGE_PORT: String(exchangePort),
    TOGUNA_DEMO: "1",
    TOGUNA_LOG: "warn",
    NODE_OPTIONS: "",
    ...o.env,
  };
  let child: ChildProcess | undefined;
  let text = "";
  const run = (args: string[], more: Record<string, string> = {}) =>
    spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, "apps/server/main.ts"), ...args], {
      cwd: root,
      env: { ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const gone = (c: ChildProcess) =>
    c.exitCode !== null || c.signalCode !== null ? Promise.resolve() : new Promise<void>((r) => c.once("exit", () => r()));
  const postgresPid = () => Number(readFileSync(join(dataDir, "postgres/postmaster.pid"), "utf8").split("\n")[0]);
  const ownerUrl = () => (runningPostgres(join(dataDir, "postgres")) ?? "").replace(/\/postgres$/, "/toguna");
  const kill = async () => {
    if (!child) return;
    child.kill("SIGKILL");
    await gone(child);
  };
  return {
    origin,
    sandbox: `http://127.0.0.1:${sandboxPort}`,
    dataDir,
    room,
    postgresPid,
    ownerUrl,
    pid: () => child?.pid ?? 0,
    async count(query) {
      const c = new pg.Client({ connectionString: ownerUrl() });
      await c.connect();
      try {
        return (await c.query<{ n: number }>(query)).rows[0]?.n ?? Number.NaN;
      } finally {
        await c.end();
      }
    },
    output: () => text,
    async start(more) {
      const c = (child = run(["start"], more));
      for (const stream of [c.stdout, c.stderr]) stream?.on("data", (chunk) => (text = (text + String(chunk)).slice(-20_000)));
      for (let i = 0; i < 600; i++) {
        if (c.exitCode !== null) throw new Error(`the program ended (${c.exitCode}):\n${text.slice(-3000)}`);
        if (
          await fetch(`${origin}/readyz`).then(
            (r) => r.ok,
            () => false,
          )
        )
          return;
        await new Promise((r) => setTimeout(r, 100));
      }
      throw new Error(`not ready after 60 s:\n${text.slice(-3000)}`);
    },
    kill,
    async stop() {
      if (!child) return;
      child.kill("SIGTERM");
      await gone(child);
      child = undefined;
    },
    command(name, ...args) {
      const c = run([name, ...args]);
      let said = "";
      for (const stream of [c.stdout, c.stderr]) stream?.on("data", (chunk) => (said += String(chunk)));
      return new Promise((done) => c.on("exit", (code) => done({ code: code ?? 1, text: said })));
    },
    async close() {
      await kill();
      try {
        process.kill(postgresPid(), "SIGQUIT");
        await new Promise((r) => setTimeout(r, 300));
      } catch {
        // stopped already
      }
      rmSync(room, { recursive: true, force: true });
    },
  };
}
