import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { BlobDamaged, BlobMissing, createBlobs } from "./blobs.ts";

const root = mkdtempSync(join(tmpdir(), "blobs-"));
after(() => rmSync(root, { recursive: true }));
const secret = new Uint8Array(32).fill(7);
const blobs = createBlobs(root, secret);
let count = 0;
const nonce = (): Uint8Array => {
  count += 1;
  return new Uint8Array(12).fill(count);
};
const now = new Date("2026-11-21T10:00:00Z");
const later = new Date(now.getTime() + 1000);
const put = (text: string, at = now) => blobs.put(Buffer.from(text), { nonce: nonce(), now: at });
const onDisk = (): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => e.name);
const pathOf = (blob: string): string => join(root, blob.slice(0, 2), blob);

test("what goes in comes out, and the disk shows neither text nor its hash", async () => {
  const { blob, sha256 } = await put("acte de naissance");
  assert.equal(Buffer.from(await blobs.get(blob, sha256)).toString(), "acte de naissance");
  assert.ok(!readFileSync(pathOf(blob)).includes("naissance"));
  assert.ok(!onDisk().includes(sha256.toString("hex")));
});

test("the same content is kept once; any content survives", async () => {
  const before = onDisk().length;
  const [one, two] = [await put("deux fois"), await put("deux fois")];
  assert.equal(one.blob, two.blob);
  assert.equal(onDisk().length, before + 1);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5000 }), async (bytes) => {
      const kept = await blobs.put(bytes, { nonce: nonce(), now });
      assert.deepEqual(new Uint8Array(await blobs.get(kept.blob, kept.sha256)), bytes);
    }),
    { numRuns: 30 },
  );
});

test("each changed byte, a wrong key and a missing file are told apart from content", async () => {
  const { blob, sha256 } = await put("pièce");
  const good = readFileSync(pathOf(blob));
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good);
    bad[at] = (bad[at] ?? 0) ^ 1;
    writeFileSync(pathOf(blob), bad);
    await assert.rejects(blobs.get(blob, sha256), BlobDamaged, `byte ${at}`);
  }
  writeFileSync(pathOf(blob), good.subarray(0, 10));
  await assert.rejects(blobs.get(blob, sha256), BlobDamaged);
  writeFileSync(pathOf(blob), good);
  const stranger = createBlobs(root, new Uint8Array(32).fill(8));
  await assert.rejects(stranger.get(blob, sha256), BlobDamaged);
  rmSync(pathOf(blob));
  await assert.rejects(blobs.get(blob, sha256), BlobMissing);
});

test("a disk that fills up in the middle leaves nothing behind", async () => {
  const before = onDisk();
  const fullDisk = createBlobs(root, secret, async (handle, bytes) => {
    await handle.write(bytes.subarray(0, 5));
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  });
  await assert.rejects(fullDisk.put(Buffer.from("trop"), { nonce: nonce(), now }), { code: "ENOSPC" });
  assert.deepEqual(onDisk(), before);
});

test("the sweep removes what nobody knows and nobody touched, leftovers of a crash included", async () => {
  const [known, orphan, fresh] = [await put("connu"), await put("orphelin"), await put("récent", later)];
  const leftover = `${pathOf(orphan.blob)}.00.part`;
  await createBlobs(root, secret).put(Buffer.from("x"), { nonce: nonce(), now });
  writeFileSync(leftover, "half");
  const { utimesSync } = await import("node:fs");
  utimesSync(leftover, now, now);
  await blobs.sweep(later, async (names) => new Set(names.filter((name) => name === known.blob)));
  assert.deepEqual(new Set(onDisk()), new Set([known.blob, fresh.blob]));
  // Keeping the same content again is what saves it from a sweep under way.
  await put("connu", later);
  assert.equal(await blobs.sweep(later, async () => new Set()), 0);
});

test("kill -9 in the middle of writing: everything acknowledged is whole, the rest is only leftovers", async () => {
  const place = mkdtempSync(join(tmpdir(), "blobs-killed-"));
  try {
    const child = spawn(process.execPath, [
      "--input-type=module",
      "-e",
      `import { createBlobs } from ${JSON.stringify(new URL("./blobs.ts", import.meta.url).href)};
       import { randomBytes } from "node:crypto";
       const blobs = createBlobs(${JSON.stringify(place)}, new Uint8Array(32).fill(7));
       await Promise.all(Array.from({ length: 4 }, async () => {
         for (;;) {
           const { blob, sha256 } = await blobs.put(randomBytes(300_000), { nonce: randomBytes(12), now: new Date() });
           process.stdout.write(blob + " " + sha256.toString("hex") + "\\n");
         }
       }));`,
    ]);
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    for (let i = 0; i < 3000 && out.split("\n").length < 20; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill("SIGKILL");
    await once(child, "close");
    const acknowledged = out.split("\n").slice(0, -1);
    assert.ok(acknowledged.length >= 19);
    const after = createBlobs(place, secret);
    for (const line of acknowledged) {
      const [blob = "", hex = ""] = line.split(" ");
      assert.equal((await after.get(blob, Buffer.from(hex, "hex"))).length, 300_000);
    }
  } finally {
    rmSync(place, { recursive: true });
  }
});
