/** One message from another server: read whole, checked against the directory, answered by this program's provider side. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { JobContext } from "#kernel";
import { directory, directoryNow, type Snapshot } from "../directory/snapshot.ts";
import { failures, type Refusal, refusals } from "../errors.ts";
import { type Body, type Delivered, type RequestMessage, whyUnsealed } from "../gateway/flow.ts";
import { readRequest } from "../gateway/message.ts";
import { moreFor } from "../gateway/patience.ts";
import { receive } from "../gateway/provider.ts";
import { intake, noBody } from "../gateway/spool.ts";
import { configurationOf, mayCarry, outdated, type Peer, serverFor } from "../servers/book.ts";
import { drained } from "./drain.ts";
import { bodyFrames, type Frame, frame, isMalformed, jsonFrame, malformed, readFrames } from "./frames.ts";
import { learn } from "./know.ts";
import { readSeal, type SealOf, sealFrame } from "./sealed.ts";

/** Milliseconds without anything heard or said: a provider may take two minutes. */
export const silence = 180_000;
/** Gathered before anything leaves: below it a failure at the end is still told in words, above it the stream is reset. */
const gathered = 64 * 1024;
/** What is ready is not kept longer than that. */
const patience = 20;

export async function take(j: JobContext, req: IncomingMessage, res: ServerResponse, peer: Peer): Promise<void> {
  let body: Body = noBody;
  try {
    const frames = readFrames(req as AsyncIterable<Buffer>);
    const head = await frames.next();
    if (head.done || head.value.kind !== "H") throw malformed("no header part");
    const part = head.value.bytes.toString("utf8");
    const stop = await refusedAtOnce(j, part, peer);
    if (stop) {
      j.log.info({ server: peer.id, type: stop.type }, "exchange: a server's message is refused");
      return refuse(res, stop, true);
    }
    const read = await bodyOf(j, frames);
    body = read.body;
    // while it goes on to the institution's system this connection is still
    req.socket.setTimeout(silence + moreFor(body.size));
    const { seal } = read;
    const same = seal.bodyHash === undefined ? body.hash === undefined : body.hash?.equals(seal.bodyHash);
    if (!same) throw malformed("another body than the one signed");
    await learn(j, seal.certificate);
    const message: RequestMessage = {
      part,
      body,
      signature: seal.signature,
      certificate: seal.certificate,
      serial: seal.serial,
      signedAt: seal.signedAt,
      person: undefined,
      keep: req.headers["exchange-keep"] === "1",
      verbatim: req.headers["exchange-verbatim"] === "1",
      ...knownBy(j, req),
    };
    await send(res, await receive(j, message));
  } catch (error) {
    if (isMalformed(error) && !res.headersSent) {
      j.log.warn({ server: peer.id, why: error.malformed }, "exchange: a server sent what is not a message");
      return refuse(res, refusals.unfitRequest, true);
    }
    // whoever called is gone; or something of ours failed, and what it did before is not known
    if (req.destroyed && !req.complete) j.log.info({ server: peer.id, error: String(error) }, "exchange: a server's call broke");
    else j.log.error({ server: peer.id, error: String((error as Error)?.stack ?? error) }, "exchange: a server's call failed here");
    if (res.headersSent || res.destroyed) res.destroy();
    else alone(res, jsonFrame("F", { type: failures.inside, sent: true }));
  } finally {
    await body.release();
  }
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
  return outdated(j, service.id) ? refusals.configurationOutdated : undefined;
}

async function bodyOf(j: JobContext, frames: AsyncGenerator<Frame>): Promise<{ body: Body; seal: SealOf }> {
  const first = await frames.next();
  if (first.done) throw malformed("cut short");
  if (first.value.kind === "S") return { body: noBody, seal: await last(frames, first.value) };
  let seal: SealOf | undefined;
  let why: unknown;
  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      for (let at: Frame = first.value!; ;) {
        if (at.kind === "S") {
          seal = await last(frames, at);
          return;
        }
        if (at.kind !== "B") throw malformed("a frame out of place");
        yield at.bytes;
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
    const body = await intake(j, Readable.from(pieces(), { objectMode: false, highWaterMark: gathered }));
    if (!seal) throw malformed("no seal");
    return { body, seal };
  } catch (error) {
    throw isMalformed(why) ? why : error;
  }
}

async function last(frames: AsyncGenerator<Frame>, at: Frame): Promise<SealOf> {
  const seal = readSeal(at.bytes);
  if (!(await frames.next()).done) throw malformed("something after the seal");
  return seal;
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
  const { req } = res;
  req.resume();
  const timer = setTimeout(() => req.destroy(), 2000);
  req.once("close", () => clearTimeout(timer));
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
    let room = true;
    for (const bytes of leaving) room = res.write(bytes);
    if (!room) await drained(res);
  };
  const pieces = bodyFrames(d.body);
  try {
    let next = pieces.next();
    for (;;) {
      const step = weight >= gathered || pile.length === 0 ? await next : await soon(next);
      if (step === undefined) {
        await flush();
        continue;
      }
      if (step.done) break;
      if (res.destroyed) {
        await pieces.return(undefined);
        return;
      }
      pile.push(...step.value);
      weight += step.value[1].length;
      if (weight >= gathered) await flush();
      next = pieces.next();
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
