/** Turns with one other server: our parcel there, its parcel back, resumed after every cut where they stopped. */
import type { IncomingMessage } from "node:http";
import type { JobContext } from "#kernel";
import { failures } from "../errors.ts";
import { perProgram } from "../memory/program.ts";
import { awayOf, hearAway, kinOf, ownMaintenance } from "../servers/book.ts";
import { during } from "../servers/running.ts";
import { readAway } from "../transport/away.ts";
import { requestOn, whyUndialled } from "../transport/dial.ts";
import { apply } from "./apply.ts";
import { chance } from "./chance.ts";
import { gather, settle } from "./gather.ts";
import { linkFailed, linkHeard } from "./known.ts";
import { isEmpty, largestParcel, readParcel, writeParcel } from "./parcel.ts";
import { backOff } from "./rules.ts";
import { providersWaiting, wayFailed, wayGood, wayOf } from "./store.ts";
import {
  dropParcel,
  dropPieces,
  markApplied,
  noHolds,
  openParcel,
  parcelOf,
  type ParcelRow,
  piecesOf,
  putParcel,
  putPiece,
  reached,
  replyOf,
  unacknowledged,
} from "./store-parcels.ts";

const longestWait = 15;
/** Seconds between two looks for answers, growing while there are none. */
const looks = { first: 1, most: 15 };
const piece = 16 * 1024;
const silence = 20_000;
/** Milliseconds a link that was heard counts as standing. */
const fresh = 5000;
const lastHeard = perProgram(() => new Map<string, number>());
const nextLook = perProgram(() => new Map<string, { at: number; fruitless: number; failed: boolean }>());

/** Undefined when nothing is to be done with that server now. What is newly queued does not wait for the next look for answers. */
export function linkTurns(j: JobContext, server: string, providers: readonly string[], queued: boolean): Promise<void> | undefined {
  const look = nextLook(j).get(server);
  const early = look !== undefined && look.at > j.clock.now().getTime() && (look.failed || !queued);
  return early ? undefined : run(j, server, providers);
}

async function run(j: JobContext, server: string, providers: readonly string[]): Promise<void> {
  const name = `server:${server}`;
  let queuedBefore = Number.POSITIVE_INFINITY;
  while (!j.signal.aborted && !ownMaintenance(j) && !awayOf(j, server)) {
    const way = await j.transaction(({ db }) => wayOf(db, name), { readOnly: true });
    const now = j.clock.now();
    if (way?.nextTry && way.nextTry > now) return later(j, server, way.nextTry.getTime());
    try {
      const heard = await during(j, () => turn(j, server, providers));
      linkHeard(j, server);
      await j.transaction(({ db, clock }) => wayGood(db, name, clock.now()));
      const waiting = await j.transaction(({ db }) => providersWaiting(db), { readOnly: true });
      const queued = waiting.reduce((sum, one) => sum + (providers.includes(one.provider) ? one.queued : 0), 0);
      // no faster than it gets less
      const progress = heard || (queued > 0 && queued < queuedBefore);
      queuedBefore = queued;
      if (progress) continue;
      const fruitless = (nextLook(j).get(server)?.fruitless ?? 0) + 1;
      return later(j, server, now.getTime() + 1000 * backOff(fruitless, chance(j), looks), fruitless);
    } catch (error) {
      linkFailed(j, server);
      if (awayOf(j, server)) return;
      const failuresNow = (way?.failures ?? 0) + 1;
      const nextTry = new Date(j.clock.now().getTime() + 1000 * backOff(failuresNow, chance(j), { most: longestWait }));
      j.log.info({ server, error: String((error as Error)?.message ?? error), failures: failuresNow }, "weak link");
      await j.transaction(({ db, clock }) =>
        wayFailed(db, { name, failures: failuresNow, nextTry, why: whyFailed(error), at: clock.now() }),
      );
      return later(j, server, nextTry.getTime());
    }
  }
}
/** A server that is not who it should be is another matter than one that is not there. */
const whyFailed = (error: unknown): string =>
  ["not-registered", "wrong-host", "no-certificate"].includes(whyUndialled(error) ?? "") ? failures.peerNotProved : failures.notReached;
/** `fruitless`: looks for answers in vain; without it, the link failed. */
const later = (j: JobContext, server: string, at: number, fruitless?: number): void =>
  void nextLook(j).set(server, { at, fruitless: fruitless ?? 0, failed: fruitless === undefined });

/** Whether anything came back. */
async function turn(j: JobContext, server: string, providers: readonly string[]): Promise<boolean> {
  const known = await j.transaction(({ db }) => openParcel(db, server), { readOnly: true });
  // Nothing is taken out of the queue for a link that may be down: what is still queued can be withdrawn.
  if (!known && performance.now() - (lastHeard(j).get(server) ?? Number.NEGATIVE_INFINITY) > fresh) await askOffset(j, server, undefined);
  const ours = known ?? (await j.transaction((ctx) => pack(ctx, server, providers)));
  const { bytes, done } = await j.transaction(
    async (ctx) => ({ bytes: await piecesOf(ctx, ours.id), done: (await unacknowledged(ctx.db, server))[0] }),
    { readOnly: true },
  );
  // Begun before: how much of it is there?
  const offset = known ? await askOffset(j, server, ours) : 0;
  const half = known ? await j.transaction(({ db }) => replyOf(db, ours.id, false), { readOnly: true }) : undefined;
  const guard = watch(j);
  try {
    return await exchangeParcels(j, guard, { server, ours, bytes, done, half, offset });
  } finally {
    guard.end();
  }
}

async function exchangeParcels(
  j: JobContext,
  guard: ReturnType<typeof watch>,
  p: { server: string; ours: ParcelRow; bytes: Buffer; done: ParcelRow | undefined; half: ParcelRow | undefined; offset: number },
): Promise<boolean> {
  const { server, ours, bytes, done, half, offset } = p;
  const res = half
    ? await guard.of(
        requestOn(j, server, { method: "GET", path: `/weak/replies/${half.id}?offset=${await gotSoFar(j, half)}`, signal: guard.signal }),
      )
    : await push(j, guard, { server, ours, bytes, offset, done: done?.id });
  if (res.statusCode === 503) await heedAway(j, server, res);
  if (res.statusCode !== 200) {
    res.resume();
    // unreadable, or its place is taken: made anew next time; what it held is still ours to send
    if (res.statusCode === 400 || res.statusCode === 404 || (res.statusCode === 409 && half))
      await j.transaction(({ db }) => dropParcel(db, ours.id));
    throw new Error(`the server answered ${res.statusCode}`);
  }
  lastHeard(j).set(server, performance.now());
  if (done && !half) await j.transaction(({ db }) => dropParcel(db, done.id));
  const [id = "none", size = "0"] = String(res.headers["x-parcel"] ?? "").split(" ");
  const theirs = id === "none" ? undefined : await takeReply(j, res, guard, { id, server, size: Number(size), replyTo: ours.id });
  await j.transaction(async (ctx) => {
    await settle(ctx, server, ours.holds);
    await dropParcel(ctx.db, ours.id);
    if (theirs) await markApplied(ctx.db, theirs.id);
  });
  return theirs !== undefined;
}

/** It says itself that it is away: the next look waits for its end, not for a link that failed. */
async function heedAway(j: JobContext, server: string, res: IncomingMessage): Promise<void> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const one of res as AsyncIterable<Buffer>) if ((size += one.length) <= 4096) pieces.push(one);
  const away = readAway(Buffer.concat(pieces).toString("utf8"));
  if (away) hearAway(j, server, away);
}

const gotSoFar = (j: JobContext, half: ParcelRow): Promise<number> => j.transaction(({ db }) => reached(db, half.id), { readOnly: true });

/** Chunk by chunk, each acknowledged; larger ones while the link is quick, smaller ones after every cut. Resolves with what answers the last. */
async function push(
  j: JobContext,
  guard: ReturnType<typeof watch>,
  p: { server: string; ours: ParcelRow; bytes: Buffer; offset: number; done: string | undefined },
): Promise<IncomingMessage> {
  const sizes = chunks(j);
  let { offset } = p;
  for (;;) {
    const size = sizes.get(p.server) ?? chunk.first;
    sizes.set(p.server, Math.max(chunk.least, size / 2)); // until this one has arrived
    const began = performance.now();
    const path = `/weak/parcels/${p.ours.id}?size=${p.ours.size}&offset=${offset}${p.done ? `&done=${p.done}` : ""}`;
    const res = await guard.of(
      requestOn(j, p.server, { method: "PUT", path, body: p.bytes.subarray(offset, offset + size), signal: guard.signal }),
    );
    sizes.set(p.server, performance.now() - began < 2000 ? Math.min(chunk.most, size * 2) : size);
    if (res.statusCode !== 200 || res.headers["x-parcel"] !== undefined) return res;
    const next = await offsetIn(res);
    if (next === undefined || next <= offset || next > p.ours.size) throw new Error("the server lost its place");
    offset = next;
  }
}
const chunk = { first: 32 * 1024, least: 4 * 1024, most: 256 * 1024 };
const chunks = perProgram(() => new Map<string, number>());

async function offsetIn(res: IncomingMessage): Promise<number | undefined> {
  const pieces: Buffer[] = [];
  for await (const one of res as AsyncIterable<Buffer>) pieces.push(one);
  try {
    const { offset } = JSON.parse(Buffer.concat(pieces).toString()) as { offset: unknown };
    return Number.isSafeInteger(offset) ? (offset as number) : undefined;
  } catch {
    return undefined;
  }
}

async function pack(ctx: Parameters<typeof gather>[0], server: string, providers: readonly string[]): Promise<ParcelRow> {
  const { parcel, holds } = await gather(ctx, server, providers);
  const bytes = writeParcel(parcel);
  const row = { id: ctx.ids.uuid(), peer: server, wayOut: true, replyTo: null, size: bytes.length, holds, at: ctx.clock.now() };
  // an empty one only asks: nothing to resume
  await putParcel(ctx.db, row);
  await putPiece(ctx, row.id, 0, bytes);
  return { ...row, applied: isEmpty(parcel) };
}

/** Also how a link is tried: nobody knows a parcel that is not there. */
async function askOffset(j: JobContext, server: string, ours: ParcelRow | undefined): Promise<number> {
  const guard = watch(j);
  const path = `/weak/parcels/${ours?.id ?? j.ids.uuid()}`;
  const res = await guard.of(requestOn(j, server, { method: "GET", path, signal: guard.signal }));
  if (res.statusCode === 503) {
    await heedAway(j, server, res).finally(() => guard.end());
    throw new Error("the server is in maintenance");
  }
  const offset = await offsetIn(res).finally(() => guard.end());
  return res.statusCode === 200 && offset !== undefined && offset >= 0 && offset <= (ours?.size ?? 0) ? offset : 0;
}

/** Durable piece by piece, then applied. Rejects when the link is cut: what came stays. */
async function takeReply(
  j: JobContext,
  res: IncomingMessage,
  guard: ReturnType<typeof watch>,
  p: { id: string; server: string; size: number; replyTo: string },
): Promise<ParcelRow> {
  if (!/^[0-9a-f-]{36}$/.test(p.id) || !(p.size > 0 && p.size <= largestParcel)) throw new Error("an answer of another form");
  const row = await j.transaction(async ({ db, clock }) => {
    const made = { id: p.id, peer: p.server, wayOut: false, replyTo: p.replyTo, size: p.size, holds: noHolds, at: clock.now() };
    await putParcel(db, made);
    return (await parcelOf(db, p.id, kinOf(j, p.server), false)) ?? { ...made, applied: false };
  });
  let at = await j.transaction(({ db }) => reached(db, p.id), { readOnly: true });
  let held: Buffer[] = [];
  let length = 0;
  const save = async () => {
    if (length === 0) return;
    const bytes = Buffer.concat(held);
    held = [];
    length = 0;
    await j.transaction((ctx) => putPiece(ctx, p.id, at, bytes));
    at += bytes.length;
  };
  try {
    for await (const chunk of res as AsyncIterable<Buffer>) {
      guard.alive();
      held.push(chunk);
      length += chunk.length;
      if (at + length > p.size) throw new Error("an answer larger than it said");
      if (length >= piece) await save();
    }
  } finally {
    if (at + length <= p.size) await save();
  }
  if (at !== p.size) throw new Error("the answer was cut");
  const parcel = readParcel(await j.transaction((ctx) => piecesOf(ctx, p.id), { readOnly: true }));
  if (!parcel) {
    await j.transaction(({ db }) => dropParcel(db, p.id));
    throw new Error("the answer is no parcel");
  }
  await apply(j, p.server, { ...parcel, messages: [] });
  await j.transaction(({ db }) => dropPieces(db, p.id));
  return row;
}

/** Gives up when nothing has moved for a while: TCP alone would wait for a quarter of an hour. */
function watch(j: JobContext): { signal: AbortSignal; alive(): void; end(): void; of<T>(p: Promise<T>): Promise<T> } {
  const control = new AbortController();
  let timer = setTimeout(() => control.abort(new Error("the link is silent")), silence);
  const end = () => clearTimeout(timer);
  const alive = () => {
    end();
    timer = setTimeout(() => control.abort(new Error("the link is silent")), silence);
  };
  return {
    signal: AbortSignal.any([control.signal, j.signal]),
    alive,
    end,
    of: (p) => p.then((value) => (alive(), value)).catch((error: unknown) => (end(), Promise.reject(error as Error))),
  };
}
