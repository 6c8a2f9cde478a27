/** One message from another server: checked against the directory, answered by this program's provider side; large bodies pass through. */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { JobContext } from "#kernel";
import { directory, directoryNow, type Snapshot } from "../directory/snapshot.ts";
import { instanceOf } from "../federation/names.ts";
import { failures, type Refusal, refusals } from "../errors.ts";
import { type Arriving, type Body, type Delivered, type RequestMessage, whyUnsealed } from "../gateway/flow.ts";
import { readRequest } from "../gateway/message.ts";
import { moreFor } from "../gateway/patience.ts";
import { type Batches, batches, type Pieces, roomIn, sizeOf, writeAll } from "../gateway/pieces.ts";
import { receive } from "../gateway/provider.ts";
import { intake, noBody, patient, whySpoilt } from "../gateway/spool.ts";
import { type Maintenance, configurationOf, mayCarry, outdated, type Peer, serverFor } from "../servers/book.ts";
import { sayAway } from "./away.ts";
import { bodyFrames, type Frame, frame, isMalformed, jsonFrame, malformed, readFrames } from "./frames.ts";
import { learn } from "./know.ts";
import { readOpening, readSeal, type SealOf, sealFrame } from "./sealed.ts";

/** Milliseconds without anything heard or said: a provider may take two minutes. */
export const silence = 180_000;
/** The head of a message is small: whoever needs longer for it is not one of ours; milliseconds. */
const headWithin = 60_000;
/** Milliseconds the other side may take to make room for more of an answer: its own caller may have stopped for a minute. */
const slowReader = 120_000;
/** Gathered before anything leaves: below it a failure at the end is still told in words, above it the stream is reset. */
const gathered = 64 * 1024;
/** What is ready is not kept longer than that. */
const patience = 20;

export async function take(j: JobContext, req: IncomingMessage, res: ServerResponse, peer: Peer): Promise<void> {
  let body: Body = noBody;
  let arrived: Batches | undefined;
  const inTime = async <F>(next: Promise<F>): Promise<F> => {
    const slow = setTimeout(() => req.destroy(new Error("the head of a message comes too slowly")), headWithin);
    return next.finally(() => clearTimeout(slow));
  };
  try {
    arrived = batches(req);
    const frames = readFrames(arrived);
    const head = await inTime(frames.next());
    if (head.done || head.value.kind !== "H") throw malformed("no header part");
    const part = head.value.bytes.toString("utf8");
    const stop = await refusedAtOnce(j, part, peer);
    if (stop) {
      j.log.info({ server: peer.id, type: stop.type }, "exchange: a server's message is refused");
      return refuse(res, stop, true);
    }
    const first = await inTime(frames.next());
    if (first.done) throw malformed("cut short");
    const about = {
      person: undefined,
      // what is kept of an answer is this side's own to decide
      keep: false,
      verbatim: req.headers["exchange-verbatim"] === "1",
      ...knownBy(j, req),
    };
    if (first.value.kind === "O") {
      const { opening, length } = readOpening(first.value.bytes);
      await learn(j, opening.certificate, peer.foreign ? instanceOf(peer.id) : undefined);
      const { bodyHash: _, at: __, ...signed } = opening;
      // while the system thinks about it this connection is still
      const arriving = arrivingBy(frames, part, length, (size) => req.socket.setTimeout(silence + moreFor(size)));
      const d = await receive(j, { ...about, ...signed, part, body: noBody, arriving });
      if (arriving.over()) return await send(res, d);
      // decided before everything was said
      arrived.return();
      return d.kind === "refused" ? refuse(res, d.refusal, true) : leaveIt(res, d);
    }
    const read = await bodyOf(j, frames, first.value, readRequest(part)!.client);
    body = read.body;
    // while it goes on to the institution's system this connection is still
    req.socket.setTimeout(silence + moreFor(body.size));
    const { at: _, ...seal } = read.seal;
    const same = seal.bodyHash === undefined ? body.hash === undefined : body.hash?.equals(seal.bodyHash);
    if (!same) throw malformed("another body than the one signed");
    await learn(j, seal.certificate, peer.foreign ? instanceOf(peer.id) : undefined);
    const { bodyHash: __, ...signed } = seal;
    const logged = released(frames);
    logged.catch(() => undefined); // told to who waits for it
    await send(res, await receive(j, { ...about, ...signed, part, body, logged }));
  } catch (error) {
    if (isMalformed(error) && !res.headersSent) {
      j.log.warn({ server: peer.id, why: error.malformed }, "exchange: a server sent what is not a message");
      return refuse(res, refusals.unfitRequest, true);
    }
    if (whySpoilt(error) === "no-room" && !res.headersSent) return refuse(res, refusals.crowded, true);
    // whoever called is gone; or something of ours failed, and what it did before is not known
    if (req.destroyed && !req.complete) j.log.info({ server: peer.id, error: String(error) }, "exchange: a server's call broke");
    else j.log.error({ server: peer.id, error: String((error as Error)?.stack ?? error) }, "exchange: a server's call failed here");
    if (res.headersSent || res.destroyed) res.destroy();
    else alone(res, jsonFrame("F", { type: failures.inside, sent: true }));
  } finally {
    await body.release();
  }
}

/** In maintenance: nothing of it is read, so it may go to another server, or be asked again. */
export function turnAway(req: IncomingMessage, res: ServerResponse, away: Maintenance): void {
  const bytes = jsonFrame("R", sayAway(away));
  res.writeHead(200, { ...type, "content-length": bytes.length, connection: "close" }).end(bytes);
  runOut(req);
}

/** What the directory forbids is refused before the body is read. */
async function refusedAtOnce(j: JobContext, part: string, peer: Peer): Promise<Refusal | undefined> {
  const e = readRequest(part);
  if (!e) return refusals.unfitRequest;
  const find = (known: Snapshot) => ({ service: known.services.get(e.service), client: known.clients.get(e.client) });
  let { service, client } = find(await directory(j));
  if (!service || !client) ({ service, client } = find(await directoryNow(j)));
  if (!client) return refusals.unknownClient;
  // a server speaks for its own institutions, whatever it could sign
  if (!mayCarry(peer, client.institution)) return refusals.foreignClient;
  if (!service || serverFor(j, service.institution, service.kind) !== undefined) return refusals.unknownService;
  return outdated(j, service.id, client.id) ? refusals.configurationOutdated : undefined;
}

/** A large body as its frames come; the seal behind it fits what passed, or there is none. */
function arrivingBy(
  frames: AsyncGenerator<Frame>,
  part: string,
  length: number | undefined,
  taken: (size: number) => void,
): Arriving & { over(): boolean } {
  let size = 0;
  let seal: SealOf | undefined;
  const hash = createHash("sha512");
  async function* pieces(): AsyncGenerator<Pieces, void> {
    for (;;) {
      const step = await frames.next();
      if (step.done) throw malformed("cut short");
      if (step.value.kind === "S") {
        const last = readSeal(step.value.bytes);
        await released(frames);
        seal = last;
        return;
      }
      if (step.value.kind !== "B") throw malformed("a frame out of place");
      const batch = step.value.pieces;
      for (const piece of batch) hash.update(piece);
      size += sizeOf(batch);
      if (length !== undefined && size > length) throw malformed("another length than announced");
      yield batch;
    }
  }
  return {
    length,
    pieces: patient(pieces()),
    over: () => seal !== undefined,
    async sealed() {
      if (!seal || (length !== undefined && size !== length)) throw malformed("another length than announced");
      const bodyHash = hash.digest();
      if (!seal.bodyHash?.equals(bodyHash)) throw malformed("another body than the one signed");
      taken(size);
      const { at: _, ...signed } = seal;
      return { ...signed, part, bodyHash, size };
    },
  };
}

async function bodyOf(j: JobContext, frames: AsyncGenerator<Frame>, first: Frame, owner: string): Promise<{ body: Body; seal: SealOf }> {
  if (first.kind === "S") return { body: noBody, seal: readSeal(first.bytes) };
  let seal: SealOf | undefined;
  let why: unknown;
  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      for (let at = first; ;) {
        if (at.kind === "S") {
          seal = readSeal(at.bytes);
          return;
        }
        if (at.kind !== "B") throw malformed("a frame out of place");
        yield* at.pieces;
        const step = await frames.next();
        if (step.done) throw malformed("cut short");
        at = step.value;
      }
    } catch (error) {
      why = error;
      throw error;
    }
  }
  try {
    const body = await intake(j, Readable.from(pieces(), { objectMode: false, highWaterMark: gathered }), { owner });
    if (!seal) throw malformed("no seal");
    return { body, seal };
  } catch (error) {
    throw isMalformed(why) ? why : error;
  }
}

/** The client's side has it in its log. */
async function released(frames: AsyncGenerator<Frame>): Promise<void> {
  const step = await frames.next();
  if (step.done || step.value.kind !== "G") throw malformed("not released");
  if (!(await frames.next()).done) throw malformed("something after the end");
}

/** Each side logs what it knew itself; the house, which is the directory, logs what the client's side says it knew. */
function knownBy(j: JobContext, req: IncomingMessage): Pick<RequestMessage, "configuration"> {
  const own = configurationOf(j);
  if (own) return { configuration: own };
  const [, version, age] = /^(\d{1,15});(\d{1,12})$/.exec(String(req.headers["exchange-configuration"] ?? "")) ?? [];
  return version === undefined ? {} : { configuration: { version: Number(version), age: Number(age) } };
}

const type = { "content-type": "application/octet-stream" };

/** `close`: what is still on its way is not waited for. */
function refuse(res: ServerResponse, refusal: Refusal, close = false): void {
  const bytes = jsonFrame("R", { type: refusal.type });
  res.writeHead(200, { ...type, "content-length": bytes.length, ...(close ? { connection: "close" } : {}) });
  if (!close) return void res.end(bytes);
  // an answer before the end of what is said would be lost in a reset: the rest is let run out for a moment
  res.end(bytes);
  runOut(res.req);
}

function runOut(req: IncomingMessage): void {
  req.resume();
  const timer = setTimeout(() => req.destroy(), 2000);
  req.once("close", () => clearTimeout(timer));
}

/** What came of it is said, and the rest of it is not waited for. */
function leaveIt(res: ServerResponse, d: Delivered): void {
  if (res.destroyed || d.kind !== "failed") return void res.destroy();
  const bytes = jsonFrame("F", { type: d.type, sent: d.sent });
  res.writeHead(200, { ...type, "content-length": bytes.length, connection: "close" }).end(bytes);
  runOut(res.req);
}

async function send(res: ServerResponse, d: Delivered): Promise<void> {
  if (d.kind === "refused") return refuse(res, d.refusal);
  if (d.kind === "failed") return alone(res, jsonFrame("F", { type: d.type, sent: d.sent }));
  if (d.kind === "pending") return alone(res, jsonFrame("P", { request: d.request, expectedBy: d.expectedBy.toISOString() }));
  d.sealed.catch(() => undefined);
  let pile: Buffer[] = [jsonFrame("A", { by: d.by }), frame("H", Buffer.from(d.part))];
  let weight = pile[0]!.length + pile[1]!.length;
  const flush = async (): Promise<void> => {
    const leaving = pile;
    pile = [];
    weight = 0;
    if (!res.headersSent) res.writeHead(200, type);
    if (!writeAll(res, leaving) && !(await roomIn(res, slowReader))) res.destroy();
  };
  const batch = d.body[Symbol.asyncIterator]();
  try {
    let next = batch.next();
    for (;;) {
      const step = weight >= gathered || pile.length === 0 ? await next : await soon(next);
      if (step === undefined) {
        await flush();
        continue;
      }
      if (step.done) break;
      if (res.destroyed) return void (await batch.return?.());
      pile.push(...bodyFrames(step.value));
      weight += sizeOf(step.value);
      if (weight >= gathered) await flush();
      next = batch.next();
    }
    const sealed = await d.sealed;
    const bytes = Buffer.concat([...pile, sealFrame(sealed)]);
    if (res.headersSent) return void res.end(bytes);
    return alone(res, bytes);
  } catch (error) {
    const why = whyUnsealed(error);
    if (res.headersSent && !why) return void res.destroy();
    const told =
      why?.kind === "refused"
        ? jsonFrame("R", { type: why.refusal.type })
        : jsonFrame("F", { type: why?.type ?? failures.interrupted, sent: true });
    if (!res.headersSent) return alone(res, why ? told : jsonFrame("F", { type: failures.interrupted, sent: true }));
    // said in its place inside the answer: what was received of it counts for nothing
    res.end(told);
  }
}

function alone(res: ServerResponse, bytes: Buffer): void {
  res.writeHead(200, { ...type, "content-length": bytes.length }).end(bytes);
}

/** The next piece if it is there at once; undefined: what is gathered should leave first. */
async function soon<T>(next: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((go) => (timer = setTimeout(() => go(undefined), patience)));
  try {
    return await Promise.race([next, late]);
  } finally {
    clearTimeout(timer);
  }
}
