import type { Static, TObject, TSchema } from "typebox";
import type { Contract, InputOf, OutputOf } from "./contract.ts";
import type { Country } from "./country.ts";
import type { Fact, Job, PackSection, Port } from "./declare.ts";
import type { Sql } from "./sql.ts";
import type { Caller } from "./who.ts";
import type { Lang, Text } from "./words.ts";

export interface Clock {
  now(): Date;
  /** YYYY-MM-DD in the country's time zone (or the one named). */
  today(zone?: string): string;
}

/** The one source of randomness. */
export interface Ids {
  /** UUID version 7 (RFC 9562, 5.7). */
  uuid(): string;
  /** base64url of `bytes` random bytes (32 unless said). */
  token(bytes?: number): string;
  /** n decimal digits, uniform. */
  digits(n: number): string;
  bytes(n: number): Uint8Array;
}

export interface Db {
  rows<R>(q: Sql): Promise<R[]>;
  /** Exactly one row, else an error. */
  one<R>(q: Sql): Promise<R>;
  maybe<R>(q: Sql): Promise<R | undefined>;
  /** Rows touched. */
  run(q: Sql): Promise<number>;
  /** The only place where an SQL error may be caught: everything inside is undone, the transaction lives on. */
  savepoint<T>(fn: () => Promise<T>): Promise<T>;
}

export interface Log {
  debug(data: object, message?: string): void;
  info(data: object, message?: string): void;
  warn(data: object, message?: string): void;
  error(data: object, message?: string): void;
}

/** What modules may know of the configuration. */
export interface PublicConfig {
  /** `TOGUNA_ORIGIN`, without a slash at its end. */
  origin: string;
  demo: boolean;
  production: boolean;
  dataDir: string;
  role: string;
  /** Settings of a module or driver from `TOGUNA_<NAME>`: the only door to the environment. */
  setting(name: string): string | undefined;
}

interface Common {
  clock: Clock;
  ids: Ids;
  country: Country;
  log: Log;
  config: PublicConfig;
  /** 32 bytes derived (HKDF-SHA-256) from the installation's master secret for this name. */
  secret(name: string): Uint8Array;
  metric: Metrics;
}

export interface Metrics {
  count(name: string, labels?: Record<string, string>, by?: number): void;
  gauge(name: string, value: number, labels?: Record<string, string>): void;
  observe(name: string, seconds: number, labels?: Record<string, string>): void;
}

/** What a handler may touch: one transaction, one caller, and nothing outside. */
export interface Context extends Common {
  caller: Caller;
  db: Db;
  lang: Lang;
  requestId: string;
  /** Why the current work reads personal data; goes into facts. */
  purpose: string | undefined;
  record<D extends TObject>(of: Fact<D>, subject: string, data: Static<D>): Promise<string>;
  /** One personal read: written for each person whose data leaves through a module's door. `what` names the door. */
  recordRead(person: string, purpose: string, what?: string): Promise<void>;
  enqueue<D extends TObject>(of: Job<D>, data: Static<D>, o?: { afterSeconds?: number }): Promise<void>;
  call<C extends Contract>(contract: C, input: InputOf<C>): Promise<OutputOf<C>>;
  say(text: Text): string;
  /** Caller's address prefix (/24 or /48) for rate limits; `system` in jobs. */
  source: string;
}

export interface TransactionOptions {
  /** Act for this institution (row-level security narrows to it); without it a job is unscoped. */
  institution?: string;
  caller?: Caller;
  readOnly?: boolean;
  lang?: Lang;
  purpose?: string;
}

/** What lives outside a transaction: jobs, relays, drivers' makers. */
export interface Outside extends Common {
  signal: AbortSignal;
  port<D>(p: Port<D>): D;
}

export interface JobContext extends Outside {
  /** 1 on the first run. */
  attempt: number;
  lastAttempt: boolean;
  transaction<T>(fn: (ctx: Context) => Promise<T>, o?: TransactionOptions): Promise<T>;
}

export interface GateContext extends JobContext {
  caller: Caller;
  lang: Lang;
}

/** What a module's start and a driver's maker get. */
export interface Host extends JobContext {
  onStop(fn: () => Promise<void> | void): void;
}

export type PackOf<P> = P extends PackSection<infer S extends TSchema> ? Static<S> : never;
