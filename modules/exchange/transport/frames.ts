/**
 * How one message crosses between two servers: frames of one byte kind, four bytes length (big-endian) and that many bytes.
 * `H` header part, `B` a piece of the body, `S` the signature with its certificate (JSON), which ends the message;
 * before an answer `A` says that one comes; `P` pending, `R` refused, `F` failed stand alone (JSON).
 */
export type FrameKind = "H" | "B" | "S" | "A" | "P" | "R" | "F";

export interface Frame {
  kind: FrameKind;
  bytes: Buffer;
}

const kinds = new Set("HBSAPRF");
const lengths: Record<FrameKind, number> = {
  H: 64 * 1024,
  B: 256 * 1024,
  S: 64 * 1024,
  A: 1024,
  P: 4096,
  R: 4096,
  F: 4096,
};
/** Pieces of a body leave in frames of at most this size. */
export const largestPiece = 64 * 1024;

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

/** Body pieces as frames, none larger than agreed: the frame's head, then the piece as it is, uncopied. */
export async function* bodyFrames(body: AsyncIterable<Buffer>): AsyncGenerator<readonly [Buffer, Buffer]> {
  for await (const piece of body)
    for (let at = 0; at < piece.length; at += largestPiece) {
      const part = piece.subarray(at, at + largestPiece);
      const head = Buffer.allocUnsafe(5);
      head[0] = "B".charCodeAt(0);
      head.writeUInt32BE(part.length, 1);
      yield [head, part];
    }
}

/** The frames of a stream, those of a body in the pieces they arrive in, uncopied; a frame cut short, of an unknown kind or too long throws `Malformed`. */
export async function* readFrames(stream: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let held: Buffer[] = [];
  let size = 0;
  const take = (n: number): Buffer => {
    const whole = held.length === 1 ? held[0]! : Buffer.concat(held);
    held = whole.length > n ? [whole.subarray(n)] : [];
    size -= n;
    return whole.subarray(0, n);
  };
  /** What of it lies together, at most `n`. */
  const first = (n: number): Buffer => {
    const one = held[0]!;
    if (one.length <= n) held.shift();
    else held[0] = one.subarray(n);
    const part = one.subarray(0, n);
    size -= part.length;
    return part;
  };
  let next: { kind: FrameKind; length: number } | undefined;
  for await (const piece of stream) {
    if (piece.length === 0) continue;
    held.push(piece);
    size += piece.length;
    for (;;) {
      if (!next) {
        if (size < 5) break;
        const head = take(5);
        const kind = String.fromCharCode(head[0]!) as FrameKind;
        const length = head.readUInt32BE(1);
        if (!kinds.has(kind)) throw malformed("unknown frame");
        if (length > lengths[kind]) throw malformed("frame too long");
        next = { kind, length };
      }
      if (next.kind === "B" && size > 0 && next.length > 0) {
        const part = first(Math.min(size, next.length));
        next = part.length < next.length ? { kind: "B", length: next.length - part.length } : undefined;
        yield { kind: "B", bytes: part };
        continue;
      }
      if (size < next.length) break;
      const { kind, length } = next;
      next = undefined;
      yield { kind, bytes: take(length) };
    }
  }
  if (next || size > 0) throw malformed("cut short");
}
