/** A signed message to the server that answers for its provider, and the answer while it arrives. Never said twice by itself. */
import type { ClientRequest, IncomingMessage } from "node:http";
import { type JobContext, T } from "#kernel";
import { readAs } from "../configuration/head.ts";
import { directory } from "../directory/snapshot.ts";
import { failures, refusalOf, refusals } from "../errors.ts";
import { instanceOf } from "../federation/names.ts";
import { type Arriving, type Deliver, type Delivered, type RequestMessage, type Sealed, unsealed } from "../gateway/flow.ts";
import { moreFor } from "../gateway/patience.ts";
import { whySpoilt } from "../gateway/spool.ts";
import { batches, type Pieces, roomIn, writeAll } from "../gateway/pieces.ts";
import { firstBack } from "../servers/away.ts";
import { awayOf, bookOf, hearAway, outdated, serversFor } from "../servers/book.ts";
import { readAway } from "./away.ts";
import { heardFrom, inOrder } from "./choose.ts";
import { dial, tooSlow, whyUndialled } from "./dial.ts";
import { bodyFrames, type Frame, frame, isMalformed, malformed, readFrames } from "./frames.ts";
import { learn } from "./know.ts";
import { openingFrame, readSeal, sealFrame } from "./sealed.ts";

/** Seconds the servers need around the provider's own time; nothing heard for that long, the call is given up. */
const margin = 15;
/** The same while a body is still arriving here, whose sender may pause. */
const pauses = 75;
const small = 64 * 1024;
/** Milliseconds the other side may take to make room. */
const unheard = 120_000;
export const messagePath = "/message";

const Says = {
  A: T.Object({ by: T.Enum(["system", "person"]) }),
  P: T.Object({ request: T.String({ maxLength: 100 }), expectedBy: T.String({ maxLength: 40 }) }),
  R: T.Object({ type: T.String({ maxLength: 200, pattern: "^[a-z_.]+$" }) }),
  F: T.Object({ type: T.String({ maxLength: 200, pattern: "^[a-z_.]+$" }), sent: T.Boolean() }),
};

export const deliverRemotely: Deliver = async (j, m, to) => {
  const service = (await directory(j)).services.get(to.service);
  if (outdated(j, to.service)) return { kind: "refused", refusal: refusals.configurationOutdated };
  const all = to.server === undefined ? serversFor(j, to.institution, service?.kind) : [to.server];
  const there = all.filter((server) => awayOf(j, server) === undefined);
  let last: Delivered = { kind: "failed", type: failures.notReached, sent: false };
  // a large body first goes on to the institution's system, while nothing is heard here
  const patience = ((service?.timeoutSeconds ?? 30) + (m.arriving ? pauses : margin)) * 1000 + moreFor(m.body.size);
  for (const server of await inOrder(j, there)) {
    last = await call(j, m, server, { patience, hurry: there.length > 1 });
    const arrived = last.kind !== "failed" || last.sent || !elsewhere.has(last.type);
    heardFrom(j, there, server, last.kind !== "failed" || !silent.has(last.type));
    // Only what certainly did not arrive may go to the institution's next server.
    if (arrived) return last;
    // a body that is read only once was begun: whoever sends it sends it again
    if (m.arriving && last.kind === "failed" && last.away) return last;
  }
  // told as maintenance where that is why nobody is left
  const away = firstBack(j, all);
  return away && all.every((server) => awayOf(j, server)) ? { kind: "failed", type: failures.maintenance, sent: false, away } : last;
};
const elsewhere: ReadonlySet<string> = new Set([failures.notReached, failures.peerNotProved, failures.maintenance]);
const silent: ReadonlySet<string> = new Set([...elsewhere, failures.cut, failures.timeout]);
/** Where there is another server, a connection that takes longer than this is not waited for; milliseconds. */
const hurried = 2500;

async function call(j: JobContext, m: RequestMessage, server: string, o: { patience: number; hurry: boolean }): Promise<Delivered> {
  const { patience } = o;
  let req: ClientRequest;
  try {
    req = await dial(j, server, {
      method: "POST",
      path: messagePath,
      headers: {
        "content-type": "application/octet-stream",
        ...(m.configuration ? { "exchange-configuration": `${m.configuration.version};${m.configuration.age}` } : {}),
        ...(m.keep ? { "exchange-keep": "1" } : {}),
        ...(m.verbatim ? { "exchange-verbatim": "1" } : {}),
      },
    });
  } catch (error) {
    const why = whyUndialled(error);
    if (!why) throw error;
    return notReached(j, server, why);
  }
  const state = { connected: false, begun: false, ended: false, late: false };
  const hurry = o.hurry ? setTimeout(() => req.destroy(tooSlow()), hurried) : undefined;
  req.once("socket", () => {
    state.connected = true;
    clearTimeout(hurry);
  });
  req.once("close", () => clearTimeout(hurry));
  req.setTimeout(patience, () => {
    state.late = true;
    req.destroy(new Error("nothing heard"));
  });
  const stop = (): void => void req.destroy(new Error("the program ends"));
  j.signal.addEventListener("abort", stop, { once: true });
  const answered = new Promise<IncomingMessage>((done, fail) => {
    req.once("response", done);
    req.on("error", fail);
  });
  answered.catch(() => undefined);
  const leave = (): void => j.signal.removeEventListener("abort", stop);
  try {
    const written = write(req, m, state, patience);
    written.catch(() => undefined);
    await Promise.race([written, answered]);
    const res = await answered;
    res.once("close", leave);
    const delivered = await read(j, res, server);
    // answered before everything was said: the rest is of no use
    if (!state.ended) req.destroy();
    return delivered;
  } catch (error) {
    leave();
    req.destroy();
    const why = whyUndialled(error);
    if (why) return notReached(j, server, why);
    const sent = state.connected && state.ended;
    j.log.info({ server, sent, error: String((error as Error).message) }, "exchange: a call between servers broke");
    // what was read once, or may be in a log, goes to no second server
    const begun = sent || (state.connected && state.begun);
    if (whySpoilt(error)) return { kind: "failed", type: failures.interrupted, sent };
    if (isMalformed(error)) return { kind: "failed", type: failures.malformed, sent };
    return { kind: "failed", type: state.late ? failures.timeout : begun ? failures.cut : failures.notReached, sent };
  }
}

function notReached(j: JobContext, server: string, why: string): Delivered {
  j.log.warn({ server, why }, "exchange: the other server is not reached");
  j.metric.count("exchange_server_unreached_total", { why });
  const type = why === "not-registered" || why === "wrong-host" || why === "no-certificate" ? failures.peerNotProved : failures.notReached;
  return { kind: "failed", type, sent: false };
}

/** How far it came: to what the other side may have logged, or what is read only once; to the frame without which it does nothing. */
interface Way {
  begun: boolean;
  ended: boolean;
}
async function write(req: ClientRequest, m: RequestMessage, way: Way, patience: number): Promise<void> {
  if (m.arriving) return writeArriving(req, m, m.arriving, way, patience);
  const head = frame("H", Buffer.from(m.part));
  const seal = sealFrame({ ...m, bodyHash: m.body.hash });
  if (m.body.size <= small) {
    const body = m.body.size > 0 ? [frame("B", await m.body.whole())] : [];
    req.write(Buffer.concat([head, ...body, seal]));
  } else {
    req.write(head);
    if (!(await writeBody(req, batches(m.body.stream())))) return;
    req.write(seal);
  }
  // the other side verifies and logs while this one does
  way.begun = true;
  await m.logged;
  way.ended = true;
  req.end(release);
}
const release = frame("G", Buffer.alloc(0));

/** False: nobody hears it any more. */
async function writeBody(req: ClientRequest, body: AsyncIterable<Pieces>): Promise<boolean> {
  for await (const batch of body) {
    if (req.destroyed) return false;
    if (!writeAll(req, bodyFrames(batch)) && !(await roomIn(req, unheard))) req.destroy(new Error("nothing is taken"));
  }
  return !req.destroyed;
}

/** Nothing of the body is read before there is a connection: until then another server may still be tried. */
async function writeArriving(req: ClientRequest, m: RequestMessage, arriving: Arriving, way: Way, patience: number): Promise<void> {
  if (!req.socket) await new Promise((go, fail) => req.once("socket", go).once("error", fail));
  way.begun = true;
  const { part: _, ...opening } = m;
  req.write(frame("H", Buffer.from(m.part)));
  req.write(openingFrame({ ...opening, bodyHash: undefined }, arriving.length));
  if (!(await writeBody(req, arriving.pieces))) return;
  const { size, ...sealed } = await arriving.sealed();
  // the system has most of it by now, and may think about it as long as it took
  req.setTimeout(patience + moreFor(size));
  way.ended = true;
  req.end(Buffer.concat([sealFrame(sealed), release]));
}

async function read(j: JobContext, res: IncomingMessage, server: string): Promise<Delivered> {
  const frames = readFrames(batches(res));
  const first = await frames.next();
  if (first.done) throw cut();
  const { kind } = first.value;
  const text = first.value.kind === "B" ? "" : first.value.bytes.toString("utf8");
  if (kind === "R") {
    const away = readAway(text);
    if (away) {
      hearAway(j, server, away);
      const told = { server, until: away.until, notice: away.notice };
      return ended(frames, { kind: "failed", type: failures.maintenance, sent: false, away: told });
    }
    const said = readAs(Says.R, text);
    if (said) return ended(frames, { kind: "refused", refusal: refusalOf(said.type) });
  }
  if (kind === "F") {
    const said = readAs(Says.F, text);
    if (said) return ended(frames, { kind: "failed", type: said.type, sent: said.sent });
  }
  if (kind === "P") {
    const said = readAs(Says.P, text);
    const expectedBy = new Date(said?.expectedBy ?? "");
    if (said && !Number.isNaN(expectedBy.getTime())) return ended(frames, { kind: "pending", request: said.request, expectedBy });
  }
  if (kind === "A") {
    const said = readAs(Says.A, text);
    const head = said && (await frames.next());
    if (said && head && !head.done && head.value.kind === "H")
      return answering(j, res, frames, head.value.bytes.toString("utf8"), said.by, server);
  }
  await frames.return(undefined);
  return { kind: "failed", type: failures.malformed, sent: true };
}

/** The connection serves again once its answer is read to the end; what comes after the end is not a message. */
async function ended<T>(frames: AsyncGenerator<Frame>, value: T): Promise<T> {
  if (!(await frames.next()).done) throw malformed("something after the end");
  return value;
}
const cut = (): Error => unsealed({ kind: "failed", type: failures.cut });

/** The instance behind a server that is not of ours. */
const foreignAt = (j: JobContext, server: string): string | undefined =>
  bookOf(j)?.servers.get(server)?.foreign ? instanceOf(server) : undefined;

function answering(
  j: JobContext,
  res: IncomingMessage,
  frames: AsyncGenerator<Frame>,
  part: string,
  by: "system" | "person",
  server: string,
): Extract<Delivered, { kind: "answering" }> {
  let settle: (s: Sealed) => void = () => undefined;
  let fail: (e: Error) => void = () => undefined;
  const sealed = new Promise<Sealed>((ok, no) => {
    settle = ok;
    fail = no;
  });
  sealed.catch(() => undefined);
  async function* body(): AsyncGenerator<Pieces> {
    let whole = false;
    try {
      for (;;) {
        const step = await frames.next();
        if (step.done) throw cut();
        if (step.value.kind === "B") {
          yield step.value.pieces;
          continue;
        }
        const { kind, bytes } = step.value;
        if (kind === "F" || kind === "R") throw endedInstead(kind, bytes);
        if (kind !== "S") throw unsealed({ kind: "failed", type: failures.malformed });
        const seal = readSeal(bytes);
        if (!seal.at) throw unsealed({ kind: "failed", type: failures.malformed });
        await learn(j, seal.certificate, foreignAt(j, server));
        await ended(frames, undefined);
        whole = true;
        settle({ ...seal, part, at: seal.at });
        return;
      }
    } catch (error) {
      const why = isMalformed(error)
        ? unsealed({ kind: "failed", type: failures.malformed })
        : "unsealed" in (error as object)
          ? (error as Error)
          : cut();
      fail(why);
      throw why;
    } finally {
      if (!whole) {
        fail(cut());
        res.destroy();
      }
    }
  }
  return { kind: "answering", part, by, body: body(), sealed };
}

/** The other side could not bring its answer to an end, and says why. */
function endedInstead(kind: "F" | "R", bytes: Buffer): Error {
  const text = bytes.toString("utf8");
  const type = (kind === "R" ? readAs(Says.R, text) : readAs(Says.F, text))?.type ?? failures.malformed;
  return unsealed(kind === "R" ? { kind: "refused", refusal: refusalOf(type) } : { kind: "failed", type });
}
