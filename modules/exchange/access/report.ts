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
import { dropDue, dueCount, dueRows } from "./store-due.ts";
import { Named, pageKeeper, tellNow } from "./tell.ts";

export const concernedPath = "/concerned";
const Report = T.Object({ reads: T.Array(Named, { maxItems: 50 }) }, { additionalProperties: false });
const largest = 4 * 1024 * 1024;

export const reportConcerned = sweep("exchange.report-concerned", { seconds: 5 }, async (j) => {
  const house = j.config.role === "gateway" ? bookOf(j)?.house : undefined;
  if (house === undefined) return;
  for (;;) {
    const due = await j.transaction(({ db }) => dueRows<Static<typeof Named>>(db), { readOnly: true });
    if (due.length === 0) return;
    const body = Buffer.from(JSON.stringify({ reads: due.map((one) => one.named) } satisfies Static<typeof Report>));
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

/** At the house: what a gateway answered about people, believed for the services of its own institutions only. May come twice. */
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
  const { services } = await directoryNow(j);
  for (const read of said.reads) {
    const service = services.get(read.service);
    if (!service || !peer.members.has(service.institution)) {
      j.log.warn({ server: peer.id, service: read.service }, "exchange: a server reports reads of a service that is not its own");
      continue;
    }
    await tellNow(j, register, service.institution, read);
  }
  res.writeHead(204).end();
}
