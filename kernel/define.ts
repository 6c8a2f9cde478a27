import type { Static, TObject } from "typebox";
import type { Contract, InputOf, OutputOf } from "./contract.ts";
import type { Fact, Job, PackSection, Port } from "./declare.ts";
import type { Context, GateContext, Host, JobContext, Outside } from "./context.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Text } from "./words.ts";
import type { Permission, Who } from "./who.ts";

// ---- work: what runs a job, at least once
export interface Work {
  readonly kind: "work";
  readonly job: Job;
  run(j: JobContext, data: never): Promise<void>;
  /** How many run at once in one process. */
  readonly concurrency: number;
}
export function work<D extends TObject>(
  of: Job<D>,
  run: (j: JobContext, data: Static<D>) => Promise<void>,
  o: { concurrency?: number } = {},
): Work {
  return { kind: "work", job: of as unknown as Job, run: run as Work["run"], concurrency: o.concurrency ?? 2 };
}
/** Periodic work with one leader at a time; statutory dates are columns compared with `ctx.clock`. */
export interface Sweep {
  readonly kind: "sweep";
  readonly name: string;
  readonly seconds: number;
  run(j: JobContext): Promise<void>;
}
export function sweep(name: string, o: { seconds: number }, run: (j: JobContext) => Promise<void>): Sweep {
  return { kind: "sweep", name, seconds: o.seconds, run };
}
/** Upstairs hears of downstairs by facts: recording `fact` enqueues `job` with {fact: id, subject} in the same transaction. */
export interface Listener {
  readonly kind: "listener";
  readonly fact: Fact;
  readonly job: Job;
}
export function listen<D extends TObject>(
  of: Fact<D>,
  to: Job<TObject<{ fact: import("typebox").TString; subject: import("typebox").TString }>>,
): Listener {
  return { kind: "listener", fact: of as unknown as Fact, job: to as unknown as Job };
}

// ---- drivers: what fills a port
export interface Provided {
  readonly kind: "provided";
  readonly port: string;
  make(host: Host): unknown;
}
export function provide<D>(of: Port<D>, make: (host: Host) => D | Promise<D>): Provided {
  return { kind: "provided", port: of.name, make };
}

// ---- handlers and relays
export interface Relay<C extends Contract = Contract, S = unknown, R = unknown> {
  readonly kind: "relay";
  before(ctx: Context, input: InputOf<C>): Promise<S>;
  /** No transaction here: deadline and abort signal instead. */
  outside(out: Outside, state: S): Promise<R>;
  after(ctx: Context, state: S, result: R): Promise<OutputOf<C>>;
}
export function relay<C extends Contract, S, R>(r: Omit<Relay<C, S, R>, "kind">): Relay<C, S, R> {
  return { kind: "relay", ...r };
}
export type Handler<C extends Contract> = ((ctx: Context, input: InputOf<C>) => Promise<OutputOf<C>>) | Relay<C>;
type Api = Record<string, unknown>;
type Handlers<A extends Api> = { [K in keyof A as A[K] extends Contract ? K : never]: A[K] extends Contract ? Handler<A[K]> : never };
export interface Implemented {
  readonly contract: Contract;
  readonly handler: ((ctx: Context, input: never) => Promise<unknown>) | Relay;
}
/** Pairs each contract of `api.ts` with its handler; a missing or superfluous one does not compile. */
export function implement<A extends Api>(api: A, handlers: Handlers<A>): Implemented[] {
  return Object.entries(handlers).map(([name, handler]) => ({
    contract: api[name] as Contract,
    handler: handler as Implemented["handler"],
  }));
}

// ---- gates: the front of somebody else's protocol
export interface GateRequest {
  method: string;
  path: string;
  params: Record<string, string>;
  query: Record<string, string | string[]>;
  headers: Record<string, string | string[] | undefined>;
  body: Uint8Array;
  ip: string;
}
export interface GateReply {
  status: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}
interface GateBase {
  readonly kind: "gate";
  readonly id: string;
  /** Fastify path; `*` at the end takes a whole subtree; `ALL` takes every method. */
  readonly method: Method | "ALL";
  readonly path: string;
  readonly who: Who;
  readonly limit: number;
}
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export interface Gate extends GateBase {
  handle?(g: GateContext, req: GateRequest): Promise<GateReply>;
  /** For libraries that speak Node's own request and response (an OpenID provider). */
  node?(g: GateContext, req: IncomingMessage, res: ServerResponse): Promise<void>;
}
export function gate(g: Omit<Gate, "kind" | "limit"> & { limit?: number }): Gate {
  return { kind: "gate", limit: 64 * 1024, ...g };
}

// ---- modules
export interface Module {
  readonly kind: "module";
  readonly name: string;
  readonly floor: 0 | 1 | 2;
  readonly needs: readonly string[];
  readonly handlers: readonly Implemented[];
  readonly facts: readonly Fact[];
  readonly jobs: readonly Work[];
  readonly sweeps: readonly Sweep[];
  readonly listeners: readonly Listener[];
  readonly gates: readonly Gate[];
  readonly ports: readonly Port<unknown>[];
  readonly permissions: readonly Permission[];
  readonly pack: readonly PackSection[];
  /** Texts of the purposes its personal reads name: what the person reads in "who looked at my data". */
  readonly purposes: Readonly<Record<string, Text>>;
  readonly migrations?: URL;
  /** Once at start, after migrations: load the pack, make keys. Idempotent; returns what stops it. */
  start?(host: Host): Promise<void | (() => Promise<void>)>;
}
type ModuleSpec = Pick<Module, "name" | "floor"> & { [K in keyof Omit<Module, "kind" | "name" | "floor">]?: Loose<K> };
type Loose<K extends keyof Module> = K extends "facts" ? readonly Fact<never>[] | readonly Fact[] : Module[K];

const purposeTexts = new Map<string, Text>();

/** What a purpose code means, whichever module named it: "who looked at my data" shows the words. */
export function purposeText(code: string): Text | undefined {
  return purposeTexts.get(code);
}

export function defineModule(m: ModuleSpec): Module {
  for (const [code, text] of Object.entries(m.purposes ?? {})) purposeTexts.set(code, text);
  return {
    kind: "module",
    needs: [],
    handlers: [],
    jobs: [],
    sweeps: [],
    listeners: [],
    gates: [],
    ports: [],
    permissions: [],
    pack: [],
    purposes: {},
    ...m,
    facts: (m.facts ?? []) as readonly Fact[],
  } as Module;
}
