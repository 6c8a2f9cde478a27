/**
 * Test worlds: each test file owns a real PostgreSQL database, cloned from a template that was migrated once for its set
 * of modules, with a test clock and fakes only for the outside.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import { readConfig, type Config } from "../config.ts";
import type { Context, TransactionOptions } from "../context.ts";
import type { Contract, InputOf, OutputOf } from "../contract.ts";
import { loadCountry } from "../country.ts";
import type { Module, Provided } from "../define.ts";
import { createHttp } from "../http.ts";
import { createKernel, type Guard, type Kernel } from "../kernel.ts";
import { migrate } from "../migrate.ts";
import { openapi } from "../openapi.ts";
import type { App } from "../page.ts";
import { startPostgres } from "../postgres.ts";
import { prepareQueue } from "../queue.ts";
import { testClock, type TestClock } from "../time.ts";
import type { Caller, Level, OfficialCaller, PersonCaller } from "../who.ts";
import type { Lang } from "../words.ts";

export { startPostgres, testClock };
export { testCluster };

const runtimePassword = "run-time-password-of-tests";

export interface World {
  kernel: Kernel;
  clock: TestClock;
  http: FastifyInstance;
  ownerUrl: string;
  call<C extends Contract>(
    contract: C,
    input: InputOf<C>,
    o?: { as?: Caller; key?: string; lang?: Lang; ip?: string },
  ): Promise<OutputOf<C>>;
  fetch(
    path: string,
    init?: { method?: string; headers?: Record<string, string>; body?: string | Buffer },
  ): Promise<{ status: number; headers: Record<string, unknown>; text: string; bytes: Buffer }>;
  transaction<T>(fn: (ctx: Context) => Promise<T>, o?: TransactionOptions): Promise<T>;
  /** As the owner of the tables: to tamper, or to look past row-level security. */
  owner(text: string, values?: unknown[]): Promise<pg.QueryResult>;
  /** Runs every due job (retries included, at once) until none is left. */
  settle(): Promise<void>;
  sweep(name: string): Promise<void>;
  citizen(o?: Partial<PersonCaller>): PersonCaller;
  clerk(institution: string, permissions?: readonly string[], o?: Partial<OfficialCaller>): OfficialCaller;
  stranger: Caller;
  close(): Promise<void>;
}

export interface WorldOptions {
  modules: readonly Module[];
  drivers?: readonly Provided[] | ((config: Config) => readonly Provided[]);
  /** After the modules' starts, before HTTP is there. */
  prepare?: (kernel: Kernel) => Promise<void>;
  country?: string;
  apps?: readonly App[];
  guard?: Guard;
  start?: Date;
  env?: Record<string, string>;
  /** Run the modules' start functions (default yes). */
  startModules?: boolean;
  /** Worker running by itself instead of settle(). */
  live?: boolean;
}

export async function world(o: WorldOptions): Promise<World> {
  const cluster = await testCluster();
  const template = await templateFor(cluster, o.modules);
  const name = `world_${randomBytes(6).toString("hex")}`;
  await sql(cluster, `create database ${name} template ${template} strategy file_copy`);
  const ownerUrl = withDatabase(cluster, name);
  const runUrl = withDatabase(cluster.replace(/\/\/[^@]*@/, `//toguna_run:${runtimePassword}@`), name);
  const dataDir = mkdtempSync(join(tmpdir(), "toguna-world-"));
  const config = readConfig({
    TOGUNA_DEMO: "1",
    TOGUNA_LOG: process.env.TOGUNA_TEST_LOG ?? "silent",
    TOGUNA_DATA: dataDir,
    TOGUNA_COUNTRY: o.country ?? "bf",
    TOGUNA_ROLE: o.live ? "all" : "web",
    ...o.env,
  });
  const country = loadCountry(
    config.country,
    o.modules.flatMap((m) => m.pack),
  );
  const clock = testClock(country.timeZone, o.start ?? new Date("2026-11-23T09:00:00Z"));
  const guard: Guard = o.guard ?? { identify: async () => ({ kind: "stranger" }) };
  const kernel = await createKernel({
    config,
    modules: o.modules,
    drivers: typeof o.drivers === "function" ? o.drivers(config) : (o.drivers ?? []),
    runUrl,
    guard,
    country,
    ...(o.live ? {} : { clock }),
    master: "test",
  });
  if (o.startModules ?? true) await kernel.start();
  await o.prepare?.(kernel);
  const http = await createHttp(kernel, o.apps ?? [], { openapi: () => openapi(kernel.modules, config.origin) });
  await http.ready();
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  let count = 0;
  return {
    kernel,
    clock,
    http,
    ownerUrl,
    stranger: { kind: "stranger" },
    call: (contract, input, c = {}) =>
      kernel.call(contract, input, {
        caller: c.as ?? { kind: "stranger" },
        key: c.key ?? `test-${count++}-${randomBytes(8).toString("hex")}`,
        lang: c.lang ?? "fr",
        ip: c.ip ?? "127.0.0.1",
      }),
    async fetch(path, init = {}) {
      const r = await http.inject({
        method: (init.method ?? "GET") as "GET",
        url: path,
        headers: init.headers ?? {},
        ...(init.body === undefined ? {} : { payload: init.body }),
      });
      return { status: r.statusCode, headers: r.headers, text: r.body, bytes: r.rawPayload };
    },
    transaction: (fn, t = {}) => kernel.transaction(fn, { caller: { kind: "system", module: "test" }, ...t }),
    owner: (text, values) => owner.query(text, values),
    async settle() {
      for (let i = 0; i < 50; i++) {
        await owner.query("update pgboss.job set start_after = now() where state in ('created','retry') and start_after > now()");
        if ((await kernel.queue.drain()) === 0) return;
      }
      throw new Error("jobs do not settle: something enqueues for ever");
    },
    async sweep(wanted) {
      const s = kernel.modules.flatMap((m) => m.sweeps).find((one) => one.name === wanted);
      if (!s) throw new Error(`no sweep ${wanted}`);
      await kernel.runSweep(s);
    },
    citizen: (c = {}) => ({
      kind: "person",
      account: randomUuid(),
      person: randomUuid(),
      level: "substantial" as Level,
      session: "test-session",
      ...c,
    }),
    clerk: (institution, permissions = [], c = {}) => ({
      kind: "official",
      account: randomUuid(),
      person: null,
      level: "substantial" as Level,
      session: "test-session",
      institution,
      role: "test",
      permissions: new Set(permissions),
      ...c,
    }),
    async close() {
      await http.close();
      await kernel.close();
      await owner.end();
      await sql(cluster, `drop database if exists ${name} with (force)`);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function randomUuid(): string {
  const h = randomBytes(16).toString("hex");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20)}`;
}

function withDatabase(url: string, name: string): string {
  return url.replace(/\/[^/]*$/, `/${name}`);
}

async function sql(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

let own: Promise<string> | undefined;

/** The cluster `npm test` started (TOGUNA_TEST_CLUSTER), else one of this process's own, stopped at its end. */
function testCluster(): Promise<string> {
  const given = process.env.TOGUNA_TEST_CLUSTER;
  if (given) return Promise.resolve(given);
  own ??= (async () => {
    const dir = mkdtempSync(join(tmpdir(), "toguna-pg-"));
    const server = await startPostgres(join(dir, "data"), { fast: true });
    process.once("exit", () => {
      try {
        process.kill(server.pid, "SIGQUIT");
        rmSync(dir, { recursive: true, force: true, maxRetries: 40, retryDelay: 50 });
      } catch {
        // gone already
      }
    });
    return server.url;
  })();
  return own;
}

/** One template a set of modules and a text of migrations; built once a cluster under an advisory lock. */
async function templateFor(cluster: string, modules: readonly Module[]): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of [new URL("../migrations/", import.meta.url), ...modules.flatMap((m) => (m.migrations ? [m.migrations] : []))])
    for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(new URL(file, folder)));
  for (const w of modules.flatMap((m) => m.jobs))
    hash.update(JSON.stringify([w.job.name, w.job.retryLimit, w.job.retryDelay, w.job.expire]));
  const name = `template_${hash.digest("hex").slice(0, 16)}`;
  const client = new pg.Client({ connectionString: cluster });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(7460899)");
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (!rowCount) {
      const building = `${name}_building`;
      await client.query(`drop database if exists ${building} with (force)`);
      await client.query(`create database ${building}`);
      const url = withDatabase(cluster, building);
      await migrate(url, modules, runtimePassword);
      await prepareQueue(
        url,
        modules.flatMap((m) => m.jobs),
      );
      for (let i = 0; ; i++) {
        try {
          await client.query(`alter database ${building} rename to ${name}`);
          break;
        } catch (error) {
          if (i > 40) throw error;
          await new Promise((r) => setTimeout(r, 50));
        }
      }
    }
    return name;
  } finally {
    await client.end();
  }
}
