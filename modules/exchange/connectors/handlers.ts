import { type Context, type InputOf, notFound, type Outside, type OutputOf, relay, type Text } from "#kernel";
import { serviceOf, subsystemsOf } from "../directory/store.ts";
import { dropFolder, mysqlRows, postgresRows, type TableSeen } from "../ports.ts";
import { codeReserved, notYours } from "../publish/problems.ts";
import { reserved } from "../publish/rules.ts";
import { type Connection, connectionOf } from "./connection.ts";
import type * as api from "./contracts.ts";
import { type Definition, isFile } from "./definition.ts";
import { asOfName } from "./drop-rules.ts";
import { connectorSet } from "./facts.ts";
import { codeTaken, connectionUnknown, connectorUnknown, definitionUnfit } from "./problems.ts";
import { misfits } from "./rules.ts";
import { connectorOf, connectorsOf, type Known, putConnector, putService } from "./store.ts";
import { generationsOf, inForce } from "./store-drop.ts";

type View = OutputOf<typeof api.connectView>;

function own(ctx: Context): string {
  if (ctx.caller.kind !== "official") throw notFound();
  return ctx.caller.institution;
}

/** Seconds a look or a trial may take. */
const patience = 10_000;

// ---- seeing

async function viewOf(ctx: Context, c: Known): Promise<View> {
  const service = await serviceOf(ctx.db, c.service);
  if (!service || (service.kind !== "view" && service.kind !== "file")) throw connectorUnknown();
  const { definition } = c;
  const now = ctx.clock.now().getTime();
  const at = connectionOf(ctx.config, definition.connection, c.institution);
  const current = isFile(definition) ? await inForce(ctx.db, c.service) : undefined;
  const [newest] = isFile(definition) ? await generationsOf(ctx.db, c.service, 1) : [];
  const age = current ? Math.max(0, Math.floor((now - current.asOf.getTime()) / 1000)) : 0;
  return {
    service: c.service,
    title: ctx.say(service.title),
    kind: service.kind,
    enabled: service.enabled,
    definition,
    connected: at !== undefined && (at.kind === "folder") === isFile(definition),
    ...(c.trouble ? { trouble: { cause: c.trouble.cause, since: c.trouble.since.toISOString(), last: c.trouble.last.toISOString() } } : {}),
    ...(current
      ? {
          data: {
            file: current.name,
            asOf: current.asOf.toISOString(),
            takenAt: current.endedAt!.toISOString(),
            rows: current.rows ?? 0,
            ageSeconds: age,
            late: age > ((definition as { hours?: number }).hours ?? 36) * 3600,
          },
        }
      : {}),
    ...(newest?.state === "refused" && newest.cause !== "older"
      ? { refused: { file: newest.name, at: newest.endedAt!.toISOString(), cause: newest.cause!, faults: newest.faultCount } }
      : {}),
  };
}

export async function connectorsShown(ctx: Context): Promise<OutputOf<typeof api.listConnectors>> {
  const connectors: View[] = [];
  for (const c of await connectorsOf(ctx.db, own(ctx))) connectors.push(await viewOf(ctx, c));
  return { connectors };
}

export async function dropsShown(ctx: Context, { service }: InputOf<typeof api.listDrops>): Promise<OutputOf<typeof api.listDrops>> {
  const c = await connectorOf(ctx.db, service);
  if (!c || c.institution !== own(ctx) || !isFile(c.definition)) throw connectorUnknown();
  return {
    drops: (await generationsOf(ctx.db, service, 30)).map((g) => ({
      file: g.name,
      state: g.state,
      asOf: g.asOf.toISOString(),
      beganAt: g.beganAt.toISOString(),
      ...(g.endedAt ? { endedAt: g.endedAt.toISOString() } : {}),
      ...(g.rows === null ? {} : { rows: g.rows }),
      ...(g.cause === null ? {} : { cause: g.cause }),
      faultCount: g.faultCount,
      faults: g.faults,
    })),
  };
}

// ---- looking outside

const found = (ctx: Context, name: string): Connection => {
  const at = connectionOf(ctx.config, name, own(ctx));
  if (!at) throw connectionUnknown();
  return at;
};
const tablesOf = (out: Outside, at: Extract<Connection, { url: string }>) =>
  out
    .port(at.kind === "mysql" ? mysqlRows : postgresRows)
    .tables({ url: at.url, deadlineMs: patience, needsTls: at.needsTls }, out.signal)
    .catch(() => ({ trouble: "other" as const, detail: "" }));

export const look = relay<typeof api.lookConnection, Connection, OutputOf<typeof api.lookConnection>>({
  before: async (ctx, { connection }) => found(ctx, connection),
  async outside(out, at) {
    if (at.kind === "folder") {
      const files = await out
        .port(dropFolder)
        .files(at.folder)
        .catch(() => undefined);
      const shown = (files ?? []).map((f) => ({ name: f.name, size: f.size, modified: f.modified.toISOString() }));
      return { kind: "folder", ...(files ? {} : { trouble: "no-folder" }), tables: [], files: shown };
    }
    const answer = await tablesOf(out, at);
    return { kind: at.kind, files: [], ...("trouble" in answer ? { trouble: answer.trouble, tables: [] } : { tables: answer.tables }) };
  },
  after: async (_ctx, _at, seen) => seen,
});

type Fault = OutputOf<typeof api.tryConnector>["faults"][number];

export const trial = relay<
  typeof api.tryConnector,
  { at: Connection | undefined; definition: Definition },
  OutputOf<typeof api.tryConnector>
>({
  async before(ctx, { service }) {
    const c = await connectorOf(ctx.db, service);
    if (!c || c.institution !== own(ctx)) throw connectorUnknown();
    return { at: connectionOf(ctx.config, c.definition.connection, c.institution), definition: c.definition };
  },
  async outside(out, { at, definition }) {
    const began = out.clock.now().getTime();
    const faults = await faultsOf(out, at, definition);
    return { works: faults.length === 0, milliseconds: out.clock.now().getTime() - began, faults };
  },
  after: async (_ctx, _state, result) => result,
});

export async function faultsOf(out: Outside, at: Connection | undefined, d: Definition): Promise<Fault[]> {
  if (!at || (at.kind === "folder") !== isFile(d)) return [{ fault: "not-connected", name: d.connection }];
  if (at.kind === "folder") {
    const files = await out
      .port(dropFolder)
      .files(at.folder)
      .catch(() => undefined);
    if (!files) return [{ fault: "no-folder" }];
    return isFile(d) && files.some((f) => asOfName(d.file, f)) ? [] : [{ fault: "no-file" }];
  }
  const answer = await tablesOf(out, at);
  if ("trouble" in answer) return [{ fault: answer.trouble }];
  return isFile(d) ? [] : missing(answer.tables, d, at.kind);
}

function missing(tables: readonly TableSeen[], d: Exclude<Definition, { file: string }>, kind: "postgres" | "mysql"): Fault[] {
  const schema = d.schema ?? (kind === "postgres" ? "public" : undefined);
  const table = tables.find((t) => t.name === d.table && (schema === undefined || t.schema === schema));
  if (!table) return [{ fault: "no-table", name: d.table }];
  const names = new Set(table.columns.map((c) => c.name));
  return [...new Set([...d.columns, ...d.parameters].map((c) => c.column))]
    .filter((name) => !names.has(name))
    .map((name) => ({ fault: "no-column", name }));
}

// ---- connecting

export type Typed = InputOf<typeof api.connectView> | InputOf<typeof api.connectFile>;

export async function connect(ctx: Context, typed: Typed): Promise<View> {
  const id = await publish(ctx, own(ctx), typed);
  return viewOf(ctx, (await connectorOf(ctx.db, id))!);
}

/** A service of the institution's own subsystem. One person publishes it; who may ask is another decision, by two. */
export async function publish(ctx: Context, institution: string, typed: Typed): Promise<string> {
  const subsystem = (await subsystemsOf(ctx.db, institution)).find((s) => s.id === typed.subsystem);
  if (!subsystem) throw notYours();
  if (reserved.has(typed.code)) throw codeReserved();
  const { definition } = typed;
  const at = connectionOf(ctx.config, definition.connection, institution);
  if (!at || (at.kind === "folder") !== isFile(definition)) throw connectionUnknown();
  const wrong = misfits(definition, typed);
  if (typed.person !== undefined && !typed.query.some((q) => q.name === typed.person)) wrong.push(`person: no parameter ${typed.person}`);
  if (wrong.length > 0) throw definitionUnfit({ detail: both(wrong.slice(0, 10).join("; ")) });
  const id = `${subsystem.id}/${encodeURIComponent(typed.code)}`;
  const kind = isFile(definition) ? ("file" as const) : ("view" as const);
  const made = await putService(ctx, {
    id,
    subsystem: subsystem.id,
    code: typed.code,
    institution,
    kind,
    title: typed.title,
    timeoutSeconds: typed.timeoutSeconds ?? 15,
    query: typed.query,
    fields: typed.fields,
    keepDays: typed.keepDays ?? 30,
    source: typed.source ?? null,
    subject: typed.person === undefined ? null : { query: typed.person },
  });
  if (!made) throw codeTaken();
  await bind(ctx, { id, institution, kind }, definition);
  return id;
}

export async function bind(
  ctx: Context,
  s: { id: string; institution: string; kind: "view" | "file" },
  definition: Definition,
): Promise<void> {
  const { id, institution, kind } = s;
  await putConnector(ctx.db, { service: id, institution, definition, origin: "registered", changedAt: ctx.clock.now() });
  await ctx.record(connectorSet, `institution:${institution}`, { service: id, kind, connection: definition.connection });
}
/** Names of fields and columns are the institution's own words: the same in both languages. */
const both = (text: string): Text => ({ fr: text, en: text });
