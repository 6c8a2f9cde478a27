import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { bodyFrames, type Frame, frame, type FrameKind, isMalformed, largestPiece, readFrames } from "./frames.ts";
import { readSeal, sealFrame } from "./sealed.ts";

const kinds: FrameKind[] = ["H", "O", "B", "G", "S", "A", "P", "R", "F"];
/** Cut at those places, two pieces a batch. */
async function* pieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer[]> {
  let at = 0;
  let batch: Buffer[] = [];
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const end = Math.min(cut, bytes.length);
    if (end > at) batch.push(bytes.subarray(at, (at = end)));
    if (batch.length === 2) yield batch.splice(0);
  }
  batch.push(bytes.subarray(at));
  yield batch;
}
interface Read {
  kind: string;
  bytes: string;
}
/** A body comes in the pieces it arrived in: neighbours of one body are one. */
const joined = (list: readonly Read[]): Read[] => {
  const out: Read[] = [];
  for (const one of list) {
    const last = out.at(-1);
    if (one.kind === "B" && last?.kind === "B") last.bytes += one.bytes;
    else if (one.kind !== "B" || one.bytes !== "") out.push({ ...one });
  }
  return out;
};
const bytesOf = (one: Frame): Buffer => (one.kind === "B" ? Buffer.concat(one.pieces) : one.bytes);
const all = async (stream: AsyncIterable<Buffer[]>): Promise<Read[]> => {
  const found: Read[] = [];
  for await (const one of readFrames(stream)) found.push({ kind: one.kind, bytes: bytesOf(one).toString("hex") });
  return joined(found);
};

test("frames come out as they went in, however the stream was cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: 1000 })), { maxLength: 8 }),
      fc.array(fc.nat(8000), { maxLength: 12 }),
      async (some, cuts) => {
        // a release says nothing more
        const list = some.map(([kind, content]) => [kind, kind === "G" ? new Uint8Array() : content] as const);
        const bytes = Buffer.concat(list.map(([kind, content]) => frame(kind, content)));
        assert.deepEqual(
          await all(pieces(bytes, cuts)),
          joined(list.map(([kind, content]) => ({ kind, bytes: Buffer.from(content).toString("hex") }))),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test("any other bytes are malformed, never something else, and end at once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 5 }), async (bytes, cuts) => {
      const error = await all(pieces(Buffer.from(bytes), cuts)).then(
        () => undefined,
        (e: unknown) => e,
      );
      assert.ok(error === undefined || isMalformed(error), String(error));
    }),
    { numRuns: 300 },
  );
  for (const kind of kinds) {
    const head = Buffer.alloc(5);
    head.write(kind);
    head.writeUInt32BE(64 * 1024 * 1024, 1);
    await assert.rejects(all(pieces(head, [])), /too long/, "refused by its length, before anything is gathered");
  }
});

test("a large body leaves in frames no larger than agreed and comes together again", async () => {
  const body = randomBytes(3 * largestPiece + 17);
  const framed: Buffer[] = [];
  for await (const batch of pieces(body, [100, 5000, 100_000, largestPiece + 5, 2 * largestPiece])) {
    const out = bodyFrames(batch);
    framed.push(...out);
    let left = 0;
    for (const one of out)
      if (left > 0) left -= one.length;
      else {
        left = one.readUInt32BE(1);
        assert.ok(one.length === 5 && left > 0 && left <= largestPiece);
      }
    assert.equal(left, 0);
  }
  assert.deepEqual(bodyFrames([]), []);
  const parts: Buffer[] = [];
  for await (const one of readFrames(pieces(Buffer.concat(framed), [3, 7, 70_000, largestPiece + 300]))) {
    assert.equal(one.kind, "B");
    parts.push(bytesOf(one));
  }
  assert.ok(Buffer.concat(parts).equals(body));
});

test("a seal reads back as it was written; anything bent is malformed", () => {
  const seal = {
    signature: randomBytes(64),
    certificate: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
    serial: "ab12",
    signedAt: new Date("2026-11-23T09:00:00.123Z"),
    bodyHash: randomBytes(64),
    at: new Date("2026-11-23T09:00:01.000Z"),
  };
  const bytes = sealFrame(seal).subarray(5);
  const back = readSeal(bytes);
  assert.deepEqual({ ...back, signature: Buffer.from(back.signature) }, seal);
  const said = JSON.parse(bytes.toString()) as Record<string, unknown>;
  for (const bent of [
    { ...said, more: 1 },
    { ...said, signature: "é" },
    { ...said, signedAt: "yesterday" },
    { ...said, body: "AAAA" },
    { ...said, serial: 7 },
    { ...said, certificate: "x".repeat(40_000) },
    [],
    null,
  ])
    assert.throws(() => readSeal(Buffer.from(JSON.stringify(bent))), /not a message/);
});
