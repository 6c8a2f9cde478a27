/** One HTTP call to an institution's system: sent once, bounded in time and memory, redirects passed back, never followed. */
import { Agent as PlainAgent, type ClientRequest, type IncomingMessage, request as plain } from "node:http";
import { Agent as SecureAgent, request as secure, type RequestOptions } from "node:https";
import type { Socket } from "node:net";
import { type Header, headersRead, onTheWire } from "../protocol/header.ts";
import type { Body } from "./flow.ts";
import { moreFor } from "./patience.ts";
import { batches, type Pieces, roomIn, sizeOf, writeAll } from "./pieces.ts";

export interface Call {
  url: string;
  method: string;
  headers: readonly Header[];
  body?: Body | undefined;
  /** A body that is still arriving. When it throws, the system hears a broken connection instead of the body's end. */
  feed?: { length: number | undefined; pieces: AsyncIterable<Pieces> } | undefined;
  /** What the system may take of our time: until its answer begins, and while it is read; large bodies get more, by their size. */
  deadlineMs: number;
  signal: AbortSignal;
  /** How the system is trusted and what it is shown, for https; whom a name may lead to. Connections are shared only among equals. */
  connect?: ConnectOptions;
  /** Changes nothing there: an idle connection that died is replaced and the call made again. */
  reading?: boolean;
}

export type ConnectOptions = Pick<RequestOptions, "rejectUnauthorized" | "ca" | "cert" | "key" | "lookup">;
type Loss = "timeout" | "cut" | "tooLarge" | "malformed";
export type Failure =
  /** Nothing left this machine. */
  | { kind: "not-sent" }
  /** It may have been received and done. */
  | { kind: "lost"; why: Loss };

export interface Answering {
  kind: "response";
  status: number;
  reason: string;
  headers: Header[];
  /** Bytes the system says its body has; 0 when it does not say. */
  announced: number;
  /** Throws a `Broken` when it does not come to its end. To be read to the end, or given up. */
  body: AsyncGenerator<Pieces, void>;
  giveUp(): void;
}
export type Whole = Omit<Answering, "announced" | "body" | "giveUp"> & { body: Buffer };

export type Result = Whole | Failure;

/** The answer broke off. */
export interface Broken {
  broken: Failure;
}
const broken = (failure: Failure): Error & Broken => Object.assign(new Error("the answer broke off"), { broken: failure });
export const whyBroken = (error: unknown): Failure | undefined => (error as Partial<Broken> | undefined)?.broken;

/** Shorter than any usual server keeps an idle connection: one that is used again is alive, or its server has just died. */
const idleMs = 4000;
const kept = { keepAlive: true, maxFreeSockets: 32, scheduling: "lifo" as const };
const pool = () => ({ plain: new PlainAgent(kept), secure: new SecureAgent(kept) });
/** A connection made where any address is allowed is not one for a call whose addresses are looked at. */
const pools = { free: pool(), guarded: pool() };
/** A connection that has died meanwhile is found out with the first bytes of a body, which cannot be said twice: each has its own. */
const once = {
  plain: new PlainAgent({ keepAlive: true, maxFreeSockets: 0 }),
  secure: new SecureAgent({ keepAlive: true, maxFreeSockets: 0 }),
};
for (const agent of Object.values(pools).flatMap((one) => Object.values(one))) {
  const own = agent as unknown as { keepSocketAlive(socket: Socket): boolean };
  const keep = own.keepSocketAlive.bind(agent);
  own.keepSocketAlive = (socket) => {
    // bytes behind an answer would be taken for the next one
    if (socket.readableLength > 0 || !keep(socket)) return false;
    socket.setTimeout(Math.min(socket.timeout || idleMs, idleMs));
    return true;
  };
}

/** Until the answer's head. */
export async function openCall(c: Call): Promise<Answering | Failure> {
  const first = await attempt(c, true);
  if (first.kind === "stale") {
    const again = await attempt(c, false);
    return again.kind === "stale" ? { kind: "lost", why: "cut" } : again;
  }
  return first;
}

/** The whole answer; `limit` in bytes. */
export async function callProvider(c: Call & { limit: number }): Promise<Result> {
  const opened = await openCall(c);
  return opened.kind === "response" ? whole(opened, c.limit) : opened;
}

export async function whole(r: Answering, limit: number): Promise<Result> {
  const pieces: Buffer[] = [];
  let size = 0;
  if (r.announced > limit) {
    r.giveUp();
    return { kind: "lost", why: "tooLarge" };
  }
  try {
    for await (const batch of r.body) {
      size += sizeOf(batch);
      if (size > limit) return { kind: "lost", why: "tooLarge" };
      pieces.push(...batch);
    }
  } catch (error) {
    const why = whyBroken(error);
    if (!why) throw error;
    return why;
  }
  const { kind, status, reason, headers } = r;
  return { kind, status, reason, headers, body: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces) };
}

function attempt(c: Call, pooled: boolean): Promise<Answering | Failure | { kind: "stale" }> {
  const url = new URL(c.url);
  const tls = url.protocol === "https:";
  const agents = c.feed ? once : c.connect?.lookup ? pools.guarded : pools.free;
  let began = performance.now();
  const more = moreFor(c.body?.size ?? 0);
  const state: State = { error: undefined, waited: 0 };
  return new Promise((resolve) => {
    let connected = false;
    let settled = false;
    let answered = false;
    const end = (result: Answering | Failure | { kind: "stale" }): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      c.signal.removeEventListener("abort", aborted);
      resolve(result);
      if (result.kind !== "response") req.destroy();
    };
    const lost = (why: Loss) => end(connected ? { kind: "lost", why } : { kind: "not-sent" });
    const aborted = () => lost("cut");

    const req = (tls ? secure : plain)({
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? undefined : url.port,
      // Character by character as signed: a URL object would escape some again.
      path: rawTarget(c.url),
      method: c.method,
      agent: pooled ? (tls ? agents.secure : agents.plain) : false,
      headers: [...c.headers.map(onTheWire), ["host", url.host], ...length(c)].flat() as unknown as Record<string, string>,
      // Node's parser stays strict: what two parsers would read differently is an error here.
      insecureHTTPParser: false,
      maxHeaderSize: 32 * 1024,
      ...c.connect,
    });
    // behind a body that is still arriving its time begins with the end of that
    let timer = c.feed ? undefined : setTimeout(() => lost("timeout"), c.deadlineMs + more);
    c.signal.addEventListener("abort", aborted, { once: true });
    if (c.signal.aborted) aborted();

    req.once("socket", (socket) => {
      // what is on a used connection may have been received, whatever becomes of it
      if (!socket.connecting) connected = true;
      else socket.once(tls ? "secureConnect" : "connect", () => (connected = true));
    });
    req.on("error", (error: NodeJS.ErrnoException) => {
      // a system that has answered may leave the rest of the question unread
      if (c.feed && answered && /^E(PIPE|CONNRESET)$/.test(error.code ?? "")) return;
      state.error = error;
      if (c.reading && !c.feed && req.reusedSocket && error.code === "ECONNRESET" && !settled) return end({ kind: "stale" });
      lost(error.code?.startsWith("HPE_") ? "malformed" : "cut");
    });
    req.once("response", (res) => {
      res.on("error", () => undefined); // told to who reads it
      if (res.statusCode === undefined || res.statusCode < 200) return lost("malformed");
      state.waited = Math.max(0, performance.now() - began - more);
      answered = true;
      end({
        kind: "response",
        status: res.statusCode,
        reason: res.statusMessage ?? "",
        headers: headersRead(res.rawHeaders),
        // the length of an answer to HEAD is that of a body nobody sends
        announced: c.method === "HEAD" ? 0 : Number(res.headers["content-length"] ?? 0),
        body: pieces(c, req, res, state),
        giveUp: () => req.destroy(),
      });
    });
    if (c.feed) {
      void feed(req, c.feed.pieces, { patience: c.deadlineMs, lost: () => settled && !answered }).then((said) => {
        began = performance.now();
        if (said === "slow") return lost("timeout");
        if (said === "broken") return lost("cut");
        if (!settled) timer = setTimeout(() => lost("timeout"), c.deadlineMs + moreFor(said));
      });
    } else if (!c.body || c.body.size === 0) req.end();
    else
      c.body
        .stream()
        .once("error", () => lost("cut"))
        .pipe(req);
  });
}

/**
 * Bytes written, the whole body; or why it was not: it broke off itself, or the system took nothing for `patience` milliseconds.
 * What a system that has answered already leaves unread is still read from the feed: it belongs to the proof.
 */
async function feed(
  req: ClientRequest,
  pieces: AsyncIterable<Pieces>,
  o: { patience: number; lost: () => boolean },
): Promise<number | "broken" | "slow"> {
  let size = 0;
  try {
    for await (const batch of pieces) {
      if (o.lost()) return "broken";
      size += sizeOf(batch);
      if (req.destroyed || writeAll(req, batch)) continue;
      if (!(await roomIn(req, o.patience))) return "slow";
    }
    if (!req.destroyed) req.end();
    return size;
  } catch {
    req.destroy();
    return "broken";
  }
}

interface State {
  /** What the parser or the socket said, during the answer or right behind it. */
  error: NodeJS.ErrnoException | undefined;
  /** Milliseconds the system has taken of its time. */
  waited: number;
}

/** Time counts only while we wait for the system, not while our own reader is slow. */
async function* pieces(c: Call, req: ClientRequest, res: IncomingMessage, state: State): AsyncGenerator<Pieces, void> {
  let size = 0;
  let why: Loss = "cut";
  let done = false;
  const stop = (reason: Loss) => {
    why = reason;
    res.destroy(new Error(reason));
  };
  const aborted = () => stop("cut");
  c.signal.addEventListener("abort", aborted, { once: true });
  const chunks = batches(res);
  try {
    if (c.signal.aborted) aborted();
    for (;;) {
      const since = performance.now();
      const left = c.deadlineMs + moreFor(size) - state.waited;
      const timer = setTimeout(() => stop("timeout"), Math.max(left, 0));
      const step = await chunks.next().finally(() => clearTimeout(timer));
      state.waited += performance.now() - since;
      if (step.done) break;
      size += sizeOf(step.value);
      yield step.value;
    }
    // A body shorter than announced ends without being complete: half an answer is no answer.
    if (!res.complete || state.error) throw state.error ?? new Error("incomplete");
    done = true;
    // what the system has not read of the question by now it will not read
    if (c.feed && !req.writableFinished) req.destroy();
  } catch (error) {
    const { code } = (state.error ?? error) as NodeJS.ErrnoException;
    throw broken({ kind: "lost", why: why === "cut" && code?.startsWith("HPE_") ? "malformed" : why });
  } finally {
    c.signal.removeEventListener("abort", aborted);
    if (!done) req.destroy();
  }
}

function rawTarget(url: string): string {
  const slash = url.indexOf("/", url.indexOf("//") + 2);
  return slash < 0 ? "/" : url.slice(slash);
}

function length(c: Call): Header[] {
  const size = c.feed ? c.feed.length : c.body?.size;
  if (size) return [["content-length", String(size)]];
  // said by us: for some methods Node would send a body without any end
  return c.feed ? [["transfer-encoding", "chunked"]] : [];
}
