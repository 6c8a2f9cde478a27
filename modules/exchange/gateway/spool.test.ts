import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { intake, whySpoilt } from "./spool.ts";

const dir = mkdtempSync(join(tmpdir(), "toguna-spool-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const program = { config: { dataDir: dir } as never };
const sha512 = (b: Buffer) => createHash("sha512").update(b).digest("hex");
const chunks = (b: Buffer, n: number) => Array.from({ length: Math.ceil(b.length / n) }, (_, i) => b.subarray(i * n, (i + 1) * n));
const read = async (s: Readable) => Buffer.concat((await s.toArray()) as Buffer[]);

test("what comes out is what went in, twice, whatever its size; a file has no name", async () => {
  for (const size of [0, 1, 1 << 20, (1 << 20) + 1, 3_000_001]) {
    const bytes = Buffer.alloc(size, "0123456789");
    const body = await intake(program, Readable.from(chunks(bytes, 60_000)));
    assert.equal(body.size, size);
    assert.equal(body.hash?.toString("hex"), size === 0 ? undefined : sha512(bytes));
    for (let i = 0; i < 2; i++) assert.ok((await read(body.stream())).equals(bytes), `${size}`);
    assert.ok((await body.whole()).equals(bytes));
    if (size > 1 << 20) assert.deepEqual(readdirSync(join(dir, "spool")), []);
    await body.release();
    await body.release();
  }
});

test("together they hold no more than 48 MiB in memory: what comes then is spooled, however small", async () => {
  const big = () => intake(program, Readable.from([Buffer.alloc(1 << 20)]));
  const all = await Promise.all(Array.from({ length: 48 }, big));
  const one = await intake(program, Readable.from([Buffer.from("small")]));
  await assert.rejects(
    one.release().then(() => read(one.stream())),
    "its file is closed",
  );
  for (const b of all) await b.release();
  const again = await intake(program, Readable.from([Buffer.from("small")]));
  await again.release();
  assert.equal((await read(again.stream())).toString(), "small");
});

test("too much, cut short, or dripping: said so", async () => {
  const why = (s: Readable, o = {}) =>
    intake(program, s, o).then(
      () => "taken",
      (e: unknown) => whySpoilt(e),
    );
  assert.equal(await why(Readable.from([Buffer.alloc(11)]), { most: 10 }), "too-large");
  const cut = new Readable({ read: () => undefined });
  setImmediate(() => cut.destroy(new Error("gone")));
  assert.equal(await why(cut), "cut");
  const drip = new Readable({ read: () => undefined });
  drip.push("x");
  assert.equal(await why(drip, { patience: 0.1 }), "slow");
  const blocked = { config: { dataDir: join(dir, "blocked") } as never };
  writeFileSync(join(dir, "blocked"), "a file where the folder should be");
  const full = intake(blocked, Readable.from([Buffer.alloc(2 << 20)]));
  await assert.rejects(full, (e: unknown) => whySpoilt(e) === "no-room");
});

test("more than 8 MiB is never handed out whole", async () => {
  const body = await intake(program, Readable.from(Array.from({ length: 9 }, () => Buffer.alloc(1 << 20))));
  await assert.rejects(body.whole(), (e: unknown) => whySpoilt(e) === "too-large");
  await body.release();
});
