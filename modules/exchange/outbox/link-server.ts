/**
 * Where another server brings its parcels and takes the answers with it. Its listener has authenticated the server by its
 * certificate; every part of a parcel bears its institution's own signature besides.
 *   GET  /weak/parcels/<id>                       how far it has come: {"offset"}
 *   PUT  /weak/parcels/<id>?size=&offset=&done=   the next bytes of it: {"offset"}; after the last, our parcel back, x-parcel: <id> <size> ("none 0")
 *   GET  /weak/replies/<id>?offset=               the rest of that answer, after a cut
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JobContext } from "#kernel";
import { perProgram } from "../memory/program.ts";
import { kinOf } from "../servers/book.ts";
import { apply } from "./apply.ts";
import { gather, settle } from "./gather.ts";
import { isEmpty, largestParcel, readParcel, writeParcel } from "./parcel.ts";
import {
  dropParcel,
  dropPieces,
  markApplied,
  noHolds,
  parcelOf,
  type ParcelRow,
  pieceFrom,
  piecesOf,
  putParcel,
  putPiece,
  reached,
  replyOf,
  unfinished,
} from "./store-parcels.ts";

/** Acknowledged piece by piece: after a cut at most this much is sent again. */
const piece = 16 * 1024;
/** Pieces an answer is kept in and handed over by. */
const handed = 64 * 1024;
/** Parcels one server may have begun, and bytes all of them may have: what lies on our disk. */
const mostUnfinished = 8;
const mostBytes = 512 * 1024 * 1024;
/** Requests of one server that wait for their turn. */
const mostTurns = 4;
/** Parcels read and applied at once, whoever brought them: each is ten megabytes at most, packed, and as much again unpacked. */
const mostRead = 3;
/** Milliseconds without a byte: the link is gone, whatever TCP still hopes. */
const silence = 20_000;
/** What one server brings is applied one parcel after the other. */
const turns = perProgram(() => new Map<string, { last: Promise<unknown>; waiting: number }>());
const rooms = perProgram(() => ({ free: mostRead, waiting: [] as (() => void)[] }));

/** Work that holds a whole parcel in memory waits until there is room for it. */
async function withRoom<R>(j: JobContext, work: () => Promise<R>): Promise<R> {
  const room = rooms(j);
  if (room.free > 0) room.free -= 1;
  else await new Promise<void>((go) => room.waiting.push(go));
  try {
    return await work();
  } finally {
    const next = room.waiting.shift();
    if (next) next();
    else room.free += 1;
  }
}

export async function weakLink(j: JobContext, req: IncomingMessage, res: ServerResponse, peer: { server: string }): Promise<void> {
  const say = (status: number, body: object) => {
    const text = JSON.stringify(body);
    res.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
  };
  const [path, query] = (req.url ?? "").split("?");
  const [, , kind, id, rest] = path!.split("/");
  const asked = new URLSearchParams(query ?? "");
  const count = (name: string) => (/^\d{1,9}$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : undefined);
  if (!id || rest !== undefined || !/^[0-9a-f-]{36}$/.test(id) || (kind !== "parcels" && kind !== "replies"))
    return say(404, { error: "unknown" });
  if (kind === "replies" && req.method === "GET") {
    const reply = await j.transaction(({ db }) => parcelOf(db, id, kinOf(j, peer.server), true), { readOnly: true });
    if (!reply) return say(404, { error: "unknown" });
    return stream(j, res, reply, count("offset") ?? 0);
  }
  if (kind !== "parcels") return say(404, { error: "unknown" });
  if (req.method === "GET") {
    const offset = await j.transaction(async ({ db }) => {
      const row = await parcelOf(db, id, kinOf(j, peer.server), false);
      return row && (row.applied ? row.size : await reached(db, id));
    });
    return offset === undefined ? say(404, { error: "unknown" }) : say(200, { offset });
  }
  const [size, offset, done] = [count("size"), count("offset"), asked.get("done") ?? undefined];
  if (req.method !== "PUT" || size === undefined || offset === undefined || size > largestParcel || size < 1)
    return say(400, { error: "unreadable" });
  if (done !== undefined && !/^[0-9a-f-]{36}$/.test(done)) return say(400, { error: "unreadable" });
  if (done !== undefined) await acknowledged(j, peer.server, done);
  const before = turns(j).get(peer.server);
  if (before && before.waiting >= mostTurns) return say(429, { error: "too many at once" });
  const turn = (before?.last ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => bring(j, req, res, say, { id, peer: peer.server, size, offset }));
  const mine = { last: turn, waiting: (before?.waiting ?? 0) + 1 };
  turns(j).set(peer.server, mine);
  const after = await turn.finally(() => {
    const now = turns(j).get(peer.server);
    if (now === mine) turns(j).delete(peer.server);
    else if (now) now.waiting -= 1;
  });
  await after?.();
}

/** What is left to do when the next one may begin: hand the answer over, as slowly as the link takes it. */
type After = (() => Promise<void>) | void;

async function bring(
  j: JobContext,
  req: IncomingMessage,
  res: ServerResponse,
  say: (status: number, body: object) => void,
  p: { id: string; peer: string; size: number; offset: number },
): Promise<After> {
  const row = await j.transaction(async ({ db, clock }) => {
    const known = await parcelOf(db, p.id, kinOf(j, p.peer), false);
    if (known) return known;
    const begun = await unfinished(db, p.peer);
    if (begun.own >= mostUnfinished || begun.bytes + p.size > mostBytes) return "crowded" as const;
    const made = { id: p.id, peer: p.peer, wayOut: false, replyTo: null, size: p.size, holds: noHolds, at: clock.now() };
    // the number is taken by somebody else's parcel
    return (await putParcel(db, made)) ? { ...made, applied: false } : undefined;
  });
  if (row === "crowded") return say(429, { error: "too many unfinished parcels" });
  if (!row || row.size !== p.size) return say(409, { error: "another parcel has this number" });
  if (row.applied) return () => answer(j, res, row);
  const at = await j.transaction(({ db }) => reached(db, p.id), { readOnly: true });
  if (at !== p.offset) return say(409, { error: "not from there", offset: at });
  const came = await receivePieces(j, req, p, at);
  if (came === "cut") return void res.destroy();
  if (came === "part") return say(200, { offset: await j.transaction(({ db }) => reached(db, p.id), { readOnly: true }) });
  if (came === "too-much") {
    await j.transaction(({ db }) => dropParcel(db, p.id));
    return say(400, { error: "larger than it said" });
  }
  const applied = await withRoom(j, async () => {
    const parcel = readParcel(await j.transaction((ctx) => piecesOf(ctx, p.id), { readOnly: true }));
    if (!parcel) return false;
    await apply(j, p.peer, parcel);
    await reply(j, row);
    return true;
  });
  if (applied) return () => answer(j, res, row);
  await j.transaction(({ db }) => dropParcel(db, p.id));
  return say(400, { error: "unreadable" });
}

/** Pieces become durable as they arrive: a cut, or a power cut, costs the last one. */
async function receivePieces(
  j: JobContext,
  req: IncomingMessage,
  p: { id: string; size: number },
  from: number,
): Promise<"whole" | "part" | "cut" | "too-much"> {
  let at = from;
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
  req.setTimeout(silence, () => req.destroy());
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      held.push(chunk);
      length += chunk.length;
      if (at + length > p.size) return "too-much";
      if (length >= piece) await save();
    }
  } catch {
    await save();
    return "cut";
  }
  await save();
  return at === p.size ? "whole" : "part";
}

/** Receipts for what came, and whatever else waits for that server; kept until it says that it has it. */
async function reply(j: JobContext, row: ParcelRow): Promise<void> {
  await j.transaction(async (ctx) => {
    const { parcel, holds } = await gather(ctx, row.peer, undefined);
    if (!isEmpty(parcel)) {
      const bytes = writeParcel(parcel);
      const id = ctx.ids.uuid();
      await putParcel(ctx.db, { id, peer: row.peer, wayOut: true, replyTo: row.id, size: bytes.length, holds, at: ctx.clock.now() });
      for (let at = 0; at < bytes.length; at += handed) await putPiece(ctx, id, at, bytes.subarray(at, at + handed));
    }
    await dropPieces(ctx.db, row.id);
    await markApplied(ctx.db, row.id);
  });
}

async function answer(j: JobContext, res: ServerResponse, row: ParcelRow): Promise<void> {
  const found = await j.transaction(({ db }) => replyOf(db, row.id, true), { readOnly: true });
  if (!found) return void res.writeHead(200, { "x-parcel": "none 0", "content-length": 0 }).end();
  return stream(j, res, found, 0);
}

/** Piece by piece, the next one when the link has taken the last: a slow reader costs no memory. */
async function stream(j: JobContext, res: ServerResponse, row: ParcelRow, offset: number): Promise<void> {
  const left = Math.max(0, row.size - offset);
  res.writeHead(200, { "x-parcel": `${row.id} ${row.size}`, "content-type": "application/octet-stream", "content-length": left });
  res.setTimeout(silence, () => res.destroy());
  for (let at = offset; at < row.size;) {
    const from = at;
    const bytes = await j.transaction((ctx) => pieceFrom(ctx, row.id, from), { readOnly: true });
    if (!bytes || res.destroyed) return void res.destroy();
    at += bytes.length;
    if (!res.write(bytes)) await taken(res);
  }
  res.end();
}

function taken(res: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      res.off("drain", end).off("close", end);
      done();
    };
    if (res.destroyed) done();
    else res.on("drain", end).on("close", end);
  });
}

async function acknowledged(j: JobContext, peer: string, id: string): Promise<void> {
  await j.transaction(async (ctx) => {
    const row = await parcelOf(ctx.db, id, kinOf(ctx, peer), true);
    if (!row) return;
    await settle(ctx, peer, row.holds);
    await dropParcel(ctx.db, id);
  });
}
