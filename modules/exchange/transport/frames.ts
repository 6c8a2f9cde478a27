/**
 * How one message crosses between two servers: frames of one byte kind, four bytes length (big-endian) and that many bytes.
 * `H` header part; `O` that a large body comes while it is still read, signed (JSON); `B` a piece of the body; `S` the signature
 * with its certificate (JSON); `G` that the client's side has it in its log, which ends a question;
 * before an answer `A` says that one comes; `P` pending, `R` refused, `F` failed stand alone (JSON).
 */
import { type Pieces, sizeOf } from "../gateway/pieces.ts";

export type FrameKind = "H" | "O" | "B" | "S" | "G" | "A" | "P" | "R" | "F";

export type Frame = { kind: "B"; pieces: Buffer[] } | { kind: Exclude<FrameKind, "B">; bytes: Buffer };

const kinds = new Set("HOBSGAPRF");
const lengths: Record<FrameKind, number> = {
  H: 64 * 1024,
  B: 1024 * 1024,
  O: 64 * 1024,
  S: 64 * 1024,
  G: 0,
  A: 1024,
  P: 4096,
  R: 4096,
  F: 4096,
};
/** Bytes of a body in one frame, at most. */
export const largestPiece = lengths.B;

/** What the other side sent is not a message: nothing of it counts. */
export interface Malformed {
  malformed: string;
}
export const malformed = (why: string): Error & Malformed => Object.assign(new Error(`not a message: ${why}`), { malformed: why });
export const isMalformed = (error: unknown): error is Error & Malformed => typeof (error as Partial<Malformed>)?.malformed === "string";

export function frame(kind: FrameKind, bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(5 + bytes.length);
  out[0] = kind.charCodeAt(0);
  out.writeUInt32BE(bytes.length, 1);
  out.set(bytes, 5);
  return out;
}
export const jsonFrame = (kind: FrameKind, value: unknown): Buffer => frame(kind, Buffer.from(JSON.stringify(value)));

/** A batch of a body as one frame, or more where it is larger than agreed: heads, and the pieces between them uncopied. */
export function bodyFrames(batch: Pieces): Buffer[] {
  const out: Buffer[] = [];
  let left = sizeOf(batch);
  let room = 0;
  for (let piece of batch)
    while (piece.length > 0) {
      if (room === 0) {
        room = Math.min(left, lengths.B);
        left -= room;
        const head = Buffer.allocUnsafe(5);
        head[0] = "B".charCodeAt(0);
        head.writeUInt32BE(room, 1);
        out.push(head);
      }
      const part = piece.length > room ? piece.subarray(0, room) : piece;
      out.push(part);
      room -= part.length;
      piece = piece.subarray(part.length);
    }
  return out;
}

/** The frames of a stream; of a body what came at once, uncopied. A frame cut short, of an unknown kind or too long throws `Malformed`. */
export async function* readFrames(stream: AsyncIterable<Pieces>): AsyncGenerator<Frame, void> {
  let held: Buffer[] = [];
  let size = 0;
  const take = (n: number): Buffer => {
    const whole = held.length === 1 ? held[0]! : Buffer.concat(held);
    held = whole.length > n ? [whole.subarray(n)] : [];
    size -= n;
    return whole.subarray(0, n);
  };
  /** Bytes of the body's frame still to come. */
  let open = 0;
  let next: { kind: Exclude<FrameKind, "B">; length: number } | undefined;
  for await (const batch of stream) {
    let body: Buffer[] = [];
    for (const piece of batch) {
      let rest = piece;
      while (rest.length > 0) {
        if (open > 0) {
          const part = rest.length > open ? rest.subarray(0, open) : rest;
          body.push(part);
          open -= part.length;
          rest = rest.subarray(part.length);
          continue;
        }
        // heads and small frames: as much as they lack, and no more
        const lacks = (next ? next.length : 5) - size;
        const part = rest.length > lacks ? rest.subarray(0, lacks) : rest;
        held.push(part);
        size += part.length;
        rest = rest.subarray(part.length);
        if (part.length < lacks) continue;
        if (!next) {
          const { kind, length } = headOf(take(5));
          if (kind === "B") open = length;
          else next = { kind, length };
          if (length > 0 || kind === "B") continue;
        }
        const { kind, length } = next!;
        next = undefined;
        if (body.length > 0) yield { kind: "B", pieces: body };
        body = [];
        yield { kind, bytes: take(length) };
      }
    }
    if (body.length > 0) yield { kind: "B", pieces: body };
  }
  if (next || size > 0 || open > 0) throw malformed("cut short");
}

function headOf(head: Buffer): { kind: FrameKind; length: number } {
  const kind = String.fromCharCode(head[0]!) as FrameKind;
  const length = head.readUInt32BE(1);
  if (!kinds.has(kind)) throw malformed("unknown frame");
  if (length > lengths[kind]) throw malformed("frame too long");
  return { kind, length };
}
