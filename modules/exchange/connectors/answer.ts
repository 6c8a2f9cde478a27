/** A service that is a view or a file answers here, as a system would: a status, a JSON body of rows, or the way it failed. */
import type { JobContext } from "#kernel";
import { mysqlRows, postgresRows, type RowsTrouble } from "../ports.ts";
import type { Service } from "../directory/store.ts";
import type { Envelope } from "../gateway/message.ts";
import type { Result } from "../gateway/provider-call.ts";
import { largestWhole } from "../gateway/spool.ts";
import type { Header } from "../protocol/header.ts";
import { connectionOf } from "./connection.ts";
import { type FileDefinition, isFile, mostRows, type ViewDefinition } from "./definition.ts";
import { boundValue, isAsked, planOf, questionOf, rowOf } from "./rules.ts";
import { clearTrouble, connectorOf, type Known, putTrouble } from "./store.ts";
import { findRows, inForce } from "./store-drop.ts";

/** `own`: the gateway's own words about the data, which restricted fields do not remove. */
export type Answered = Result & { own?: Header[] };

/** Characters of one cell: a register's line, not a document. */
const longestCell = 4000;

/** How each trouble looks from outside; its cause is in the log and in the console. */
const failures: Record<RowsTrouble | "not-connected" | "no-data", Result> = {
  unreachable: { kind: "not-sent" },
  credentials: { kind: "not-sent" },
  insecure: { kind: "not-sent" },
  busy: { kind: "not-sent" },
  "not-connected": { kind: "not-sent" },
  "no-data": { kind: "not-sent" },
  timeout: { kind: "lost", why: "timeout" },
  cut: { kind: "lost", why: "cut" },
  "no-table": { kind: "lost", why: "malformed" },
  "no-column": { kind: "lost", why: "malformed" },
  forbidden: { kind: "lost", why: "malformed" },
  unfit: { kind: "lost", why: "malformed" },
  other: { kind: "lost", why: "malformed" },
  "too-large": { kind: "lost", why: "tooLarge" },
};

export async function answerRows(j: JobContext, service: Service, e: Pick<Envelope, "method" | "path" | "query">): Promise<Answered> {
  const connector = await j.transaction((ctx) => connectorOf(ctx.db, service.id), { institution: service.institution, readOnly: true });
  if (!connector) return ended(j, service, undefined, "not-connected", "no definition");
  if (e.method !== "GET" && e.method !== "HEAD") return said(405, { error: "method" });
  if (e.path !== "/") return said(404, { error: "path" });
  const { definition } = connector;
  const question = questionOf(definition, e.query ?? {});
  if ("wrong" in question) return said(400, { error: "parameter", name: question.wrong });
  const result = isFile(definition)
    ? await fromFile(j, service, { ...connector, definition }, question.asked)
    : await fromView(j, service, { ...connector, definition }, question.asked);
  return e.method === "HEAD" && result.kind === "response" ? { ...result, body: Buffer.alloc(0) } : result;
}

type Asked = Extract<ReturnType<typeof questionOf>, { asked: unknown }>["asked"];

async function fromView(j: JobContext, service: Service, c: Known & { definition: ViewDefinition }, asked: Asked): Promise<Answered> {
  const { definition } = c;
  const at = connectionOf(j.config, definition.connection, service.institution);
  if (!at || at.kind === "folder") return ended(j, service, c, "not-connected", definition.connection);
  const plan = planOf(definition, service.fields);
  const most = mostRows(definition);
  const found = await j
    .port(at.kind === "mysql" ? mysqlRows : postgresRows)
    .find(
      {
        url: at.url,
        ...(definition.schema === undefined ? {} : { schema: definition.schema }),
        table: definition.table,
        columns: plan.names,
        where: [...asked].map(([p, value]) => ({ column: p.column, ...boundValue(p, value) })),
        limit: most + 1,
        cellLimit: longestCell,
        byteLimit: largestWhole,
        deadlineMs: service.timeoutSeconds * 1000,
        needsTls: at.needsTls,
      },
      j.signal,
    )
    .catch((error: unknown) => ({ trouble: "other" as const, detail: error instanceof Error ? error.name : "" }));
  if ("trouble" in found) return ended(j, service, c, found.trouble, found.detail);
  if (found.rows.length > most) return tooWide(j, service, c);
  const rows: Record<string, unknown>[] = [];
  for (const cells of found.rows) {
    if (!isAsked(plan, asked, cells)) continue;
    const read = rowOf(plan, cells);
    // A line that is not what the service promises: half a truth is none.
    if ("faults" in read) return ended(j, service, c, "unfit", read.faults.map((f) => `${f.column}: ${f.fault}`).join(", "));
    rows.push(read.row);
  }
  return answered(j, service, c, rows);
}

async function fromFile(j: JobContext, service: Service, c: Known & { definition: FileDefinition }, asked: Asked): Promise<Answered> {
  const { definition } = c;
  const first = definition.parameters.find((p) => p.required)!;
  const most = mostRows(definition);
  const found = await j.transaction(
    async ({ db }) => {
      const generation = await inForce(db, service.id);
      if (!generation) return undefined;
      const values = Object.fromEntries([...asked].map(([p, value]) => [p.name, value]));
      const rows = await findRows(db, { generation: generation.id, key: asked.get(first)!, asked: values, limit: most + 1 });
      return { rows, asOf: generation.asOf };
    },
    { institution: service.institution, readOnly: true },
  );
  if (!found) return ended(j, service, c, "no-data", "no file was taken yet");
  if (found.rows.length > most) return tooWide(j, service, c);
  const age = Math.max(0, Math.floor((j.clock.now().getTime() - found.asOf.getTime()) / 1000));
  return answered(j, service, c, found.rows, [
    ["Last-Modified", found.asOf.toUTCString()],
    ["Exchange-Data-Age", String(age)],
  ]);
}

/** Truncated would read as complete: the question must be narrower. */
const tooWide = (j: JobContext, service: Service, c: Known): Promise<Answered> =>
  recovered(j, service, c).then(() => said(422, { error: "too-many-rows", most: mostRows(c.definition) }));

async function answered(j: JobContext, service: Service, c: Known, rows: Record<string, unknown>[], own: Header[] = []): Promise<Answered> {
  const answer = said(200, { rows });
  if (answer.kind === "response" && answer.body.length > largestWhole) return ended(j, service, c, "too-large", "answer");
  await recovered(j, service, c);
  return { ...answer, own };
}

const said = (status: number, body: object): Answered => ({
  kind: "response",
  status,
  reason: "",
  headers: [["Content-Type", "application/json"]],
  body: Buffer.from(JSON.stringify(body)),
});

const recovered = async (j: JobContext, service: Service, c: Known): Promise<void> => {
  if (c.trouble) await j.transaction((ctx) => clearTrouble(ctx.db, service.id), { institution: service.institution });
};

async function ended(
  j: JobContext,
  service: Service,
  c: Known | undefined,
  cause: RowsTrouble | "not-connected" | "no-data",
  detail: string,
): Promise<Answered> {
  j.log.warn({ service: service.id, cause, detail }, "a connector gave no answer");
  j.metric.count("exchange_connector_trouble_total", { cause });
  if (c) await j.transaction((ctx) => putTrouble(ctx.db, service.id, cause, ctx.clock.now()), { institution: service.institution });
  return failures[cause];
}
