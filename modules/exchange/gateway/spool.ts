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
import type { Body } from "./flow.ts";

export const largestWhole = 8 * 1024 * 1024;
const inMemory = 1024 * 1024;
/** Held by all bodies of the program that are in memory; beyond it a body of any size is spooled. */
const allInMemory = 48 * 1024 * 1024;
const held = perProgram(() => ({ bytes: 0 }));

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
  /** A sender slower than 512 bytes a second after that many seconds is given up. */
  patience?: number;
}
const slowest = 512;
const atOnce = 256 * 1024;

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
  const spill = async (): Promise<void> => {
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
      return spooled(file, size, hash.digest());
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
    await file?.close().catch(() => undefined);
    if (whySpoilt(error)) throw error;
    throw spoilt("cut", error);
  } finally {
    clearInterval(timer);
    // not waited for: behind a piece that never comes it would never be answered
    void chunks.return?.().catch(() => undefined);
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

function spooled(file: FileHandle, size: number, hash: Buffer): Body {
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
      await file.close().catch(() => undefined);
    },
  };
}
