import { pino } from "pino";
import type { Config } from "./config.ts";
import type { Clock, Context, Host, Ids, JobContext, Log, Outside, TransactionOptions } from "./context.ts";
import type { Contract, InputOf, OutputOf } from "./contract.ts";
import { loadCountry, type Country } from "./country.ts";
import { openDatabase, type Database, type Tx } from "./db.ts";
import type { Fact, Port } from "./declare.ts";
import type { Module, Provided, Sweep } from "./define.ts";
import { createDispatch, isKept, type Dispatch } from "./dispatch.ts";
import { insertFacts, personalRead, prepareFact, type PendingFact } from "./facts.ts";
import { createMetrics } from "./metrics.ts";
import { internalError } from "./problem.ts";
import { listenersByFact, openQueue, type PendingJob, type Queue } from "./queue.ts";
import { derivedSecrets, secretsFrom } from "./secrets.ts";
import { every, leadership, turnOf } from "./sweeps.ts";
import { randomIds, systemClock } from "./time.ts";
import type { Caller } from "./who.ts";
import { say, type Lang } from "./words.ts";
import { operations, type Pulse } from "./operate.ts";
import { Compile } from "typebox/compile";

/** Who is behind these credentials? Composed by apps/server from identity and registry. */
export interface Guard {
  identify(ctx: Context, session: string): Promise<Caller>;
}

export interface KernelOptions {
  config: Config;
  modules: readonly Module[];
  drivers: readonly Provided[];
  runUrl: string;
  guard: Guard;
  clock?: Clock;
  log?: Log;
  /** Tests: derive secrets from this instead of the file. */
  master?: string;
  country?: Country;
}

export interface Kernel {
  readonly config: Config;
  readonly modules: readonly Module[];
  readonly country: Country;
  readonly dispatch: Dispatch;
  readonly queue: Queue;
  readonly database: Database;
  readonly host: Host;
  readonly log: Log;
  readonly metrics: ReturnType<typeof createMetrics>;
  transaction<T>(fn: (ctx: Context) => Promise<T>, o?: RunOptions): Promise<T>;
  call<C extends Contract>(
    contract: C,
    input: InputOf<C>,
    o: { caller: Caller; key?: string; lang?: Lang; ip?: string; requestId?: string },
  ): Promise<OutputOf<C>>;
  identify(session: string | undefined, ip?: string): Promise<Caller>;
  jobContext(name: string, attempt?: number, last?: boolean, signal?: AbortSignal): JobContext;
  runSweep(s: Sweep): Promise<void>;
  /** Module starts, then (role worker or all) the queue and the sweeps. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface RunOptions extends TransactionOptions {
  ip?: string;
  requestId?: string;
}

/** Neighbours share a bucket: the /24 of an IPv4 address, the /48 of an IPv6 one. */
export function sourceOf(ip: string | undefined): string {
  if (!ip || ip === "-") return "system";
  const v4 = /(\d+\.\d+\.\d+)\.\d+$/.exec(ip);
  return v4 ? `${v4[1]}.0/24` : `${ip.split(":").slice(0, 3).join(":")}::/48`;
}

const stranger: Caller = { kind: "stranger" };

export async function createKernel(o: KernelOptions): Promise<Kernel> {
  const { config } = o;
  const pulse: Pulse = { startedAt: o.clock?.now() ?? systemClock("UTC").now(), facts: new Map(), sweeps: new Map() };
  const modules = [operations(pulse), ...o.modules];
  const country =
    o.country ??
    loadCountry(
      config.country,
      modules.flatMap((m) => m.pack),
    );
  const clock = o.clock ?? systemClock(country.timeZone, config.clockOffset);
  const ids: Ids = randomIds(clock);
  const log: Log = o.log ?? pino({ level: config.logLevel });
  const secret = o.master ? secretsFrom(o.master, "test") : derivedSecrets(config.dataDir, config.passphrase ?? "");
  const metrics = createMetrics({ defaults: !o.master });
  const database = openDatabase(o.runUrl);
  const dispatch = createDispatch(modules.flatMap((m) => m.handlers));
  const listeners = listenersByFact(modules.flatMap((m) => m.listeners));
  for (const f of [personalRead as unknown as Fact, ...modules.flatMap((m) => m.facts)]) pulse.facts.set(f.type, f);
  const factTypes = new Map([...pulse.facts.values()].map((f) => [f.type, Compile(f.data)]));
  for (const s of modules.flatMap((m) => m.sweeps))
    pulse.sweeps.set(s.name, { name: s.name, everySeconds: s.seconds, lastRunAt: null, tookMs: 0, error: null });
  const common = { clock, ids, country, log, config, secret, metric: metrics };
  const shutdown = new AbortController();
  const stops: (() => Promise<void> | void)[] = [];
  const drivers = new Map<string, unknown>();

  const port = <D>(p: Port<D>): D => {
    if (!drivers.has(p.name)) throw new Error(`port ${p.name} has no driver in this program`);
    return drivers.get(p.name) as D;
  };
  const outside = (signal: AbortSignal = shutdown.signal): Outside => ({ ...common, signal, port });

  async function transaction<T>(fn: (ctx: Context) => Promise<T>, r: RunOptions = {}): Promise<T> {
    const caller: Caller = r.caller ?? { kind: "system", module: "kernel", ...(r.institution ? { institution: r.institution } : {}) };
    const facts: PendingFact[] = [];
    const jobs: PendingJob[] = [];
    let refused: unknown;
    const settings = {
      person: "person" in caller ? caller.person : null,
      account: "account" in caller ? caller.account : null,
      institution: caller.kind === "official" || caller.kind === "system" ? (caller.institution ?? null) : null,
      unscoped: caller.kind === "system" && !caller.institution,
    };
    const result = await database.transaction(
      { readOnly: r.readOnly ?? false, settings },
      async (tx) => {
        tx.onSavepoint(() => {
          const [f, j] = [facts.length, jobs.length];
          return () => {
            facts.length = f;
            jobs.length = j;
          };
        });
        const ctx = makeContext(tx, caller, facts, jobs, r);
        try {
          return await fn(ctx);
        } catch (error) {
          if (!isKept(error)) throw error;
          refused = error;
          return undefined as T;
        }
      },
      async (tx) => {
        if (facts.length) tx.send({ name: insertFacts.name, text: insertFacts.text, values: insertFacts.values(facts) });
        if (jobs.length) await queue.put(tx, jobs);
      },
    );
    for (const f of facts) metrics.count("facts_total", { type: f.type });
    if (jobs.length) queue.nudge(new Set(jobs.filter((j) => !j.afterSeconds).map((j) => j.name)));
    if (refused) throw refused;
    return result;
  }

  function makeContext(tx: Tx, caller: Caller, facts: PendingFact[], jobs: PendingJob[], r: RunOptions): Context {
    const lang = r.lang ?? "fr";
    const ctx: Context = {
      ...common,
      caller,
      db: tx,
      lang,
      purpose: r.purpose,
      requestId: r.requestId ?? ids.uuid(),
      source: sourceOf(r.ip),
      say: (text) => say(text, lang),
      async record(of, subject, data) {
        const check = factTypes.get(of.type);
        if (!check) throw new Error(`fact ${of.type} is not declared by any module of this program`);
        if (!check.Check(data))
          throw internalError({
            cause: new Error(`fact ${of.type}: ${check.Errors(data)[0]?.instancePath} ${check.Errors(data)[0]?.message}`),
          });
        const f = prepareFact(ctx, of as never, subject, data);
        facts.push(f);
        for (const job of listeners.get(of.type) ?? []) jobs.push({ name: job.name, data: { fact: f.id, subject } });
        return f.id;
      },
      async recordRead(person, purpose, what = "door") {
        const before = ctx.purpose;
        ctx.purpose = purpose;
        const own = "person" in caller && caller.person === person;
        await ctx.record(personalRead, `person:${person}`, {
          contract: what,
          purpose,
          own,
          ...(caller.kind === "official" ? { role: caller.role } : {}),
        });
        ctx.purpose = before;
      },
      async enqueue(job, data, e = {}) {
        jobs.push({ name: job.name, data, ...(e.afterSeconds ? { afterSeconds: e.afterSeconds } : {}) });
      },
      call: (contract, input) => dispatch.within(ctx, contract, input) as never,
    };
    return ctx;
  }

  const jobContext = (name: string, attempt = 1, last = false, signal: AbortSignal = shutdown.signal): JobContext => {
    const module = name.split(".")[0] as string;
    return {
      ...outside(signal),
      attempt,
      lastAttempt: last,
      transaction: (fn, t = {}) =>
        transaction(fn, {
          caller: { kind: "system", module, ...(t.institution ? { institution: t.institution } : {}) },
          requestId: ids.uuid(),
          ...t,
        }),
    };
  };

  const leaders = leadership(o.runUrl);
  const runSweep = (s: Sweep) =>
    leaders.lead(
      s.name,
      turnOf(s, clock, pulse, () => jobContext(s.name)),
    );

  const host: Host = { ...jobContext("kernel.start"), onStop: (fn) => void stops.push(fn) };
  for (const d of o.drivers) drivers.set(d.port, await d.make(host));
  const missing = modules.flatMap((m) => m.ports).filter((p) => !drivers.has(p.name));
  if (missing.length) log.debug({ ports: missing.map((p) => p.name) }, "ports without driver");
  const queue = await openQueue(
    o.runUrl,
    modules.flatMap((m) => m.jobs),
    jobContext,
    log,
  );

  return {
    config,
    modules,
    country,
    dispatch,
    queue,
    database,
    host,
    log,
    metrics,
    transaction,
    jobContext,
    runSweep,
    call: (contract, input, e) =>
      dispatch.alone(contract, input, {
        caller: e.caller,
        key: e.key,
        outside: () => outside(AbortSignal.any([shutdown.signal, AbortSignal.timeout(30_000)])),
        transaction: (t, fn) =>
          transaction(fn, {
            ...t,
            caller: e.caller,
            lang: e.lang ?? "fr",
            ip: e.ip ?? "-",
            ...(e.requestId ? { requestId: e.requestId } : {}),
          }),
      }) as never,
    async identify(session, ip = "-") {
      if (!session || session.length > 200) return stranger;
      return transaction((ctx) => o.guard.identify(ctx, session), { caller: { kind: "system", module: "guard" }, ip });
    },
    async start() {
      for (const m of modules) {
        const stop = await m.start?.({ ...jobContext(`${m.name}.start`), onStop: host.onStop });
        if (stop) stops.push(stop);
      }
      if (config.role !== "all" && config.role !== "worker" && (config.role !== "gateway" || o.master)) return;
      queue.run({ alone: config.databaseUrl === undefined && !o.master });
      // one after the other, so that a start is not a rush
      modules.flatMap((m) => m.sweeps).forEach((s, i) => stops.push(every(s, 200 + i * 60, runSweep, log)));
    },
    async close() {
      shutdown.abort();
      for (const stop of stops.reverse()) await stop();
      await queue.stop();
      await leaders.close();
      await database.close();
    },
  };
}
