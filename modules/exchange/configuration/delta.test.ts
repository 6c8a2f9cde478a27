import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dictionaryHeader, pressedBy, readDictionaryHeader, unpressed } from "./delta.ts";

const rows = Array.from({ length: 4000 }, (_, i) => ({ id: `BF/GOV/M${i}/S`, key: randomBytes(150).toString("base64"), n: i }));
const old = Buffer.from(JSON.stringify({ version: 1, rows }));
const fresh = Buffer.from(JSON.stringify({ version: 2, rows: [...rows.slice(0, 900), { id: "NEW" }, ...rows.slice(901)] }));
const zstd = spawnSync("zstd", ["--version"]).error ? "zstd is missing: apt-get install zstd" : false;

test("a directory of a megabyte with one row changed comes as less than a kilobyte, byte for byte", () => {
  const sent = pressedBy(old, fresh);
  assert.ok(sent.length < 1000, `${sent.length} of ${fresh.length}`);
  assert.ok(unpressed(old, sent)!.equals(fresh));
});

test("another dictionary, altered bytes, another form, a bomb: nothing", () => {
  const sent = pressedBy(old, fresh);
  assert.equal(unpressed(fresh, sent), undefined);
  assert.equal(unpressed(old, fresh), undefined);
  assert.equal(unpressed(old, sent.subarray(0, 60)), undefined);
  assert.equal(unpressed(old, pressedBy(old, Buffer.alloc(65 * 1024 * 1024))), undefined);
  for (const value of [undefined, "", "x", ":x:", [":a:"], `:${"A".repeat(44)}:`]) assert.equal(readDictionaryHeader(value), undefined);
  const hash = createHash("sha256").update(old).digest();
  assert.deepEqual(readDictionaryHeader(dictionaryHeader(hash)), hash);
});

test("zstd itself reads what we press, after the forty bytes that name the dictionary", { skip: process.env.CI ? false : zstd }, (t) => {
  const dir = mkdtempSync(join(tmpdir(), "toguna-delta-"));
  t.after(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, "old"), old);
  writeFileSync(join(dir, "delta.zst"), pressedBy(old, fresh).subarray(40));
  execFileSync("zstd", ["-q", "-d", "--long=27", "--patch-from=old", "delta.zst", "-o", "fresh"], { cwd: dir });
  assert.ok(readFileSync(join(dir, "fresh")).equals(fresh));
});
