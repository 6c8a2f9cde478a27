/**
 * Bodies of any size with bounded memory: small ones stay in memory, what is above 1 MiB (or above what all of them together may
 * hold) goes to a file that has no name any more once it is open, so that nothing is left of it however the program ends.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { perProgram, type Program } from "../memory/program.ts";
import { sha512 } from "../protocol/header.ts";
import { isMalformed } from "../transport/frames.ts";
import type { Body } from "./flow.ts";
import type { Coming } from "./leaving.ts";
import { batches, type Pieces, sizeOf } from "./pieces.ts";

export const largestWhole = 8 * 1024 * 1024;
const inMemory = 1024 * 1024;
/** Held by all bodies of the program that are in memory; beyond it a body of any size is spooled. */
const allInMemory = 48 * 1024 * 1024;
const held = perProgram(() => ({ bytes: 0, onDisk: new Map<string, number>() }));
/** What one client's bodies may take of the disk together, bytes: one of them must not fill it for all. */
const room = ({ config }: Program): number => Number(config.setting("exchange_spool_mib") ?? 4096) * 1024 * 1024;

/** Why a body could not be taken in. */
export interface Spoilt {
  spoilt: "cut" | "slow" | "too-large" | "no-room";
}
const spoilt = (why: Spoilt["spoilt"], cause?: unknown): Error & Spoilt =>
  Object.assign(new Error(`the body was not taken in: ${why}`, { cause }), { spoilt: why });
/** A full disk, a quota, a folder that is gone: what the file system says is not the sender's fault. */
const noRoom = (cause: unknown): never => {
  throw spoilt("no-room", cause);
};
export const whySpoilt = (error: unknown): Spoilt["spoilt"] | undefined => (error as Partial<Spoilt> | undefined)?.spoilt;

export const noBody: Body = {
  size: 0,
  hash: undefined,
  stream: () => Readable.from([]),
  whole: () => Promise.resolve(Buffer.alloc(0)),
  release: () => Promise.resolve(),
};

export function bodyOf(bytes: Buffer | undefined, release: () => void = () => undefined): Body {
  if (!bytes || bytes.length === 0) return noBody;
  return {
    size: bytes.length,
    hash: sha512(bytes),
    stream: () => Readable.from([bytes]),
    whole: () => (bytes.length > largestWhole ? Promise.reject(spoilt("too-large")) : Promise.resolve(bytes)),
    release: async () => release(),
  };
}

export interface Intake {
  /** Bytes; more is refused as too large. */
  most?: number;
  /** Whose body it is, for the room he may take on the disk; nobody's: not counted. */
  owner?: string;
  /** A sender slower than 512 bytes a second after that many seconds is given up. */
  patience?: number;
}
const slowest = 512;
const atOnce = 256 * 1024;

/** Larger ones are not held: they pass through while they arrive. */
const holdable = 256 * 1024;

/**
 * A body small enough to be held is taken in; a larger one is handed on as it comes, what was read of it first. Rejects, and the
 * pieces throw, with a `Spoilt`; the stream itself is left as it is.
 */
export async function takeIn(
  program: Program,
  stream: Readable,
  announced: number | undefined,
): Promise<{ body: Body } | { coming: Coming }> {
  if (announced !== undefined && announced <= holdable) return { body: await intake(program, stream) };
  const source = batches(stream);
  const leave = (): void => void source.return();
  const pieces = patient(source);
  if (announced !== undefined) return { coming: { length: announced, pieces, leave } };
  const first: Buffer[] = [];
  let size = 0;
  while (size <= holdable) {
    const step = await pieces.next();
    if (step.done) return { body: bodyOf(Buffer.concat(first)) };
    first.push(...step.value);
    size += sizeOf(step.value);
  }
  return { coming: { length: undefined, pieces: behind(first, pieces), leave } };
}

async function* behind(first: Pieces, rest: AsyncGenerator<Pieces, void>): AsyncGenerator<Pieces, void> {
  yield first;
  yield* rest;
}

/** Milliseconds a sender may pause. */
const longestPause = 60_000;
/** Only the time that is waited for the sender counts, not what those behind take. */
export async function* patient(pieces: AsyncIterator<Pieces, void> & { return?(): unknown }, patience = 30): AsyncGenerator<Pieces, void> {
  let size = 0;
  let waited = 0;
  try {
    for (;;) {
      const since = performance.now();
      const left = Math.max(patience, size / slowest) * 1000 - waited;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, fail) => {
        timer = setTimeout(() => fail(spoilt("slow")), Math.max(0, Math.min(left, longestPause)));
      });
      const step = await Promise.race([pieces.next(), late]).finally(() => clearTimeout(timer));
      if (step.done) return;
      waited += performance.now() - since;
      size += sizeOf(step.value);
      yield step.value;
    }
  } catch (error) {
    throw whySpoilt(error) || isMalformed(error) ? error : spoilt("cut", error);
  } finally {
    void pieces.return?.();
  }
}

/** Reads the stream to its end. Rejects with a `Spoilt`; the stream itself is left as it is, so that its socket can still be answered. */
export async function intake(program: Program, stream: Readable, o: Intake = {}): Promise<Body> {
  const { most = Number.POSITIVE_INFINITY, patience = 30 } = o;
  const all = held(program);
  const pieces: Buffer[] = [];
  let size = 0;
  let gathered = 0;
  let file: FileHandle | undefined;
  let hash: ReturnType<typeof createHash> | undefined;
  const began = performance.now();
  let late: (error: unknown) => void = () => undefined;
  const timer = setInterval(
    () => {
      const seconds = (performance.now() - began) / 1000;
      if (seconds > patience && size < seconds * slowest) late(spoilt("slow"));
    },
    Math.min(5000, patience * 500),
  );
  timer.unref();
  const give = (): void => {
    for (const piece of pieces.splice(0)) all.bytes -= piece.length;
  };
  const { owner } = o;
  let onDisk = 0;
  const vacate = (): void => {
    if (owner !== undefined && onDisk > 0) all.onDisk.set(owner, all.onDisk.get(owner)! - onDisk);
    if (owner !== undefined && all.onDisk.get(owner) === 0) all.onDisk.delete(owner);
    onDisk = 0;
  };
  const spill = async (): Promise<void> => {
    if (owner !== undefined) {
      const taken = (all.onDisk.get(owner) ?? 0) + gathered;
      if (taken > room(program)) throw spoilt("no-room");
      all.onDisk.set(owner, taken);
      onDisk += gathered;
    }
    await file!.appendFile(Buffer.concat(pieces)).catch(noRoom);
    give();
    gathered = 0;
  };
  const chunks = stream.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const step = await new Promise<IteratorResult<Buffer>>((next, fail) => {
        late = fail;
        (chunks.next() as Promise<IteratorResult<Buffer>>).then(next, fail);
      });
      if (step.done) break;
      const piece = step.value;
      size += piece.length;
      if (size > most) throw spoilt("too-large");
      hash?.update(piece);
      pieces.push(piece);
      all.bytes += piece.length;
      gathered += piece.length;
      if (file ? gathered < atOnce : size <= inMemory && all.bytes <= allInMemory) continue;
      if (!hash) {
        file = await nameless(join(program.config.dataDir, "spool")).catch(noRoom);
        hash = createHash("sha512");
        for (const one of pieces) hash.update(one);
      }
      await spill();
    }
    if (file && hash) {
      await spill();
      return spooled(file, size, hash.digest(), vacate);
    }
    if (size === 0) return noBody;
    const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    let weight = size;
    pieces.length = 0;
    return bodyOf(bytes, () => {
      all.bytes -= weight;
      weight = 0;
    });
  } catch (error) {
    give();
    vacate();
    await file?.close().catch(() => undefined);
    if (whySpoilt(error)) throw error;
    throw spoilt("cut", error);
  } finally {
    clearInterval(timer);
    // not waited for: behind a piece that never comes it would never be answered
    void chunks.return?.().catch(() => undefined);
  }
}

/** For those who want bytes one by one. */
export async function* flat(batches: AsyncIterable<Pieces>): AsyncGenerator<Buffer, void> {
  for await (const batch of batches) yield* batch;
}
/** The body goes when what is said of it has ended. */
export async function* releasing(pieces: AsyncIterable<Pieces>, body: Body): AsyncGenerator<Pieces, void> {
  try {
    yield* pieces;
  } finally {
    await body.release();
  }
}

let count = 0;
async function nameless(dir: string): Promise<FileHandle> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, `${process.pid}-${++count}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}

function spooled(file: FileHandle, size: number, hash: Buffer, vacate: () => void): Body {
  let open = true;
  return {
    size,
    hash,
    stream: () => createReadStream("", { fd: file, start: 0, autoClose: false, highWaterMark: 256 * 1024 }),
    async whole() {
      if (size > largestWhole) throw spoilt("too-large");
      const bytes = Buffer.alloc(size);
      await file.read(bytes, 0, size, 0);
      return bytes;
    },
    async release() {
      if (!open) return;
      open = false;
      vacate();
      await file.close().catch(() => undefined);
    },
  };
}
