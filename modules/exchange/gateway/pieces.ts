/** Bodies on their way: what a stream has at once is handed on in one step, uncopied, so that a large body costs few turns. */
import type { OutgoingMessage } from "node:http";
import type { Readable } from "node:stream";
import { passed } from "../memory/young.ts";

export type Pieces = readonly Buffer[];

/** Bytes read ahead of whoever takes them, a stream. */
const ahead = 256 * 1024;

export interface Batches extends AsyncIterableIterator<Buffer[], void> {
  return(): Promise<IteratorResult<Buffer[], void>>;
}

/**
 * What arrives, in batches; throws what the stream throws, after all that came before it. Left with `return()`, at any time, the
 * stream is still there, so that its socket can be answered; who waits for a batch then hears an error, never an end.
 */
export function batches(stream: Readable): Batches {
  let held: Buffer[] = [];
  let size = 0;
  let ended = stream.readableEnded;
  let left = false;
  let why: { error: unknown } | undefined;
  let waiting: { done(step: IteratorResult<Buffer[], void>): void; fail(error: unknown): void } | undefined;
  let told = false;
  const tell = (): void => {
    if (told || !waiting) return;
    told = true;
    // what this turn of the event loop still brings travels along
    setImmediate(give);
  };
  function give(): void {
    told = false;
    const to = waiting;
    if (!to) return;
    if (held.length > 0) {
      waiting = undefined;
      const value = held;
      held = [];
      passed(size);
      size = 0;
      if (!ended) stream.resume();
      return to.done({ done: false, value });
    }
    if (!ended && !left) return;
    waiting = undefined;
    if (why) to.fail(why.error);
    else to.done({ done: true, value: undefined });
  }
  const data = (piece: Buffer): void => {
    if (piece.length === 0) return;
    held.push(piece);
    size += piece.length;
    if (size >= ahead) stream.pause();
    tell();
  };
  const over = (): void => {
    ended = true;
    tell();
  };
  const failed = (error: unknown): void => {
    if (ended) return;
    why ??= { error };
    over();
  };
  const closed = (): void => failed(new Error("closed before its end"));
  stream.on("data", data).once("end", over).on("error", failed).once("close", closed);
  if (stream.destroyed && !ended) closed();
  return {
    next() {
      return new Promise((done, fail) => {
        waiting = { done, fail };
        if (held.length > 0 || ended || left) give();
        else stream.resume();
      });
    },
    return() {
      if (!left) {
        left = true;
        stream.off("data", data).off("end", over).off("close", closed);
        held = [];
        if (!ended) {
          stream.pause();
          why ??= { error: new Error("left before its end") };
          if (waiting) give();
        }
      }
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

export const sizeOf = (pieces: Pieces): number => pieces.reduce((sum, one) => sum + one.length, 0);

/** In one write, and one chunk where a message is chunked; false: the stream wants to be waited for. */
export function writeAll(to: OutgoingMessage, pieces: Pieces): boolean {
  if (pieces.length === 1) return to.write(pieces[0]!);
  // the message lets go of its socket before it writes what it gathered
  const { socket } = to;
  socket?.cork();
  to.cork();
  for (const one of pieces) to.write(one);
  to.uncork();
  socket?.uncork();
  return !to.writableNeedDrain;
}

/** Until the other end has taken what was written, or is gone. False: nothing was taken for that many milliseconds. */
export function roomIn(to: OutgoingMessage, patience: number): Promise<boolean> {
  if (to.destroyed || !to.writableNeedDrain) return Promise.resolve(true);
  return new Promise((go) => {
    const end = (room: boolean) => (): void => {
      clearTimeout(timer);
      to.off("drain", there).off("close", there);
      go(room);
    };
    const there = end(true);
    const timer = setTimeout(end(false), patience);
    to.on("drain", there).on("close", there);
  });
}
