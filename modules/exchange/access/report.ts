/**
 * A gateway has nobody's page: the reads it answered that concern people go to the house, each once it is there. They wait in a
 * table while the house is not reached; the answer itself does not wait.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type JobContext, sweep, T, type Static } from "#kernel";
import { readAs } from "../configuration/head.ts";
import { directoryNow } from "../directory/snapshot.ts";
import { bookOf, type Peer } from "../servers/book.ts";
import { requestOn } from "../transport/dial.ts";
import { obligationOf } from "../consent/rules.ts";
import { reportRefused } from "./facts.ts";
import { digestOf, type Fault, proven, Reported, reportOf } from "./proven.ts";
import { dropDue, dueCount, dueRows } from "./store-due.ts";
import { dropReports, personsReported, takeRow } from "./store-report.ts";
import { type Named, pageKeeper, tellNow } from "./tell.ts";

export const concernedPath = "/concerned";
const Report = T.Object({ reads: T.Array(Reported, { maxItems: 50 }) }, { additionalProperties: false });
const largest = 4 * 1024 * 1024;

export const reportConcerned = sweep("exchange.report-concerned", { seconds: 5 }, async (j) => {
  const house = j.config.role === "gateway" ? bookOf(j)?.house : undefined;
  if (house === undefined) return;
  for (;;) {
    const due = await j.transaction(({ db }) => dueRows<Named>(db), { readOnly: true });
    if (due.length === 0) return;
    const reads = await Promise.all(due.map((one) => reportOf(j, one.named)));
    const body = Buffer.from(JSON.stringify({ reads } satisfies Static<typeof Report>));
    const taken = await post(j, house, body);
    if (!taken) {
      const waiting = await j.transaction(({ db }) => dueCount(db), { readOnly: true });
      j.metric.gauge("exchange_reads_unreported", waiting);
      return j.log.warn({ waiting }, "exchange: reads wait to be shown to whom they concern");
    }
    await j.transaction(({ db }) =>
      dropDue(
        db,
        due.map((one) => one.exchange),
      ),
    );
    j.metric.gauge("exchange_reads_unreported", 0);
  }
});

const post = (j: JobContext, server: string, body: Buffer): Promise<boolean> =>
  requestOn(j, server, {
    method: "POST",
    path: concernedPath,
    body,
    signal: AbortSignal.any([j.signal, AbortSignal.timeout(20_000)]),
  }).then(
    (res) => {
      res.resume();
      return res.statusCode === 204;
    },
    () => false,
  );

/** People one server may name within an hour: above that it is told to come back, and loses nothing by it. */
const mostAnHour = 5000;
const hour = 3_600_000;

/**
 * At the house: what a gateway answered about people. A read counts when its client's signature proves that it was asked; one that
 * is not proved is refused, and that is a fact. May come twice.
 */
export async function takeReport(j: JobContext, req: IncomingMessage, res: ServerResponse, peer: Peer): Promise<void> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of req as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > largest) return void res.writeHead(413, { connection: "close", "content-length": 0 }).end();
    pieces.push(piece);
  }
  const said = readAs(Report, Buffer.concat(pieces).toString("utf8"));
  const register = pageKeeper(j);
  if (!said || !register) return void res.writeHead(said ? 501 : 422, { "content-length": 0 }).end();
  const now = j.clock.now();
  const before = await j.transaction(({ db }) => personsReported(db, peer.id, new Date(now.getTime() - hour)), { readOnly: true });
  if (before >= mostAnHour) {
    j.log.error({ server: peer.id, persons: before }, "exchange: a server reports reads of very many people");
    return void res.writeHead(429, { "content-length": 0, "retry-after": "600" }).end();
  }
  const known = await directoryNow(j);
  const refused: { why: Fault | "replayed"; exchange: string }[] = [];
  for (const one of said.reads) {
    const { exchange } = one.read;
    const judged = await proven(j, known, peer, one);
    if (!judged.ok) {
      refused.push({ why: judged.why, exchange });
      continue;
    }
    const { service, read } = judged;
    const persons = read.given.length + (read.asked === undefined ? 0 : 1);
    const row = { exchange, service: service.id, server: peer.id, at: now, digest: digestOf(read), persons };
    const today = j.clock.today();
    const asked = {
      client: read.client,
      groups: known.clients.get(read.client)?.groups ?? [],
      service: service.id,
      purpose: read.purpose,
      today,
    };
    if (read.consent === undefined && obligationOf(known.rights.get(service.id) ?? [], asked)) {
      // it happened, so she sees it; and somebody has to ask that register why
      j.metric.count("exchange_reads_without_consent_total");
      j.log.error({ server: peer.id, exchange, service: service.id }, "exchange: a register answered without the consent the law wants");
    }
    if (await j.transaction(({ db }) => takeRow(db, row))) await tellNow(j, register, service.institution, read);
    else refused.push({ why: "replayed", exchange });
  }
  if (refused.length > 0) await tellRefused(j, peer, refused);
  res.writeHead(204).end();
}

async function tellRefused(j: JobContext, peer: Peer, refused: readonly { why: string; exchange: string }[]): Promise<void> {
  const why = [...new Set(refused.map((one) => one.why))].sort();
  j.metric.count("exchange_reports_refused_total", {}, refused.length);
  j.log.error({ server: peer.id, reads: refused.length, why }, "exchange: a server reports reads it cannot prove");
  const exchanges = refused.slice(0, 5).map((one) => one.exchange);
  await j.transaction((ctx) =>
    ctx.record(reportRefused, `exchange-server:${peer.id}`, { server: peer.id, reads: refused.length, why, exchanges }),
  );
}

/** A question is too old to be reported again long before what was taken of it is forgotten. */
export const forgetReports = sweep("exchange.forget-reports", { seconds: 86_400 }, async (j) => {
  await j.transaction(({ db }) => dropReports(db, new Date(j.clock.now().getTime() - 60 * 86_400_000)));
});
