import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { code2d, code2dKey, code2dKeyList, verifyCode2d } from "#documents";
import { checkCode2d } from "./code2d.mjs";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signer = async (bytes) => sign("sha256", bytes, { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
const entry = code2dKey(pair.publicKey.export({ format: "der", type: "spki" }), {
  issuer: { fr: "Tribunal", en: "Court" },
  from: "2026-01-01",
  until: "2027-12-31",
});
const list = code2dKeyList("2026-11-21", [entry]);
const fields = {
  type: "criminal-record-3",
  number: "TGI-KDG-2026-000123",
  issued: "2026-11-21",
  name: "OUÉDRAOGO Aminata Raɩssa",
  birth: "1994-03-14",
  conclusion: "none",
  validUntil: "2026-12-21",
  check: "7K4M29QX3H",
};
const text = await code2d("http://localhost:8080", entry.id, fields, signer);

test("the stand-alone verifier reads what the house wrote", async () => {
  assert.deepEqual(await checkCode2d(text, list, "2026-12-21"), {
    ok: true,
    fields,
    issuer: entry.issuer,
    keyId: entry.id,
    expired: false,
  });
  assert.equal((await checkCode2d(text, list, "2026-12-22")).expired, true);
});

test("each byte flip is refused, and both verifiers agree on every random change", async () => {
  const bytes = Buffer.from(text.split("#")[1], "base64url");
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const forged = Buffer.from(bytes);
      forged[at] ^= mask;
      const stranger = await checkCode2d(forged.toString("base64url"), list);
      assert.equal(stranger.ok, false);
      assert.equal(stranger.reason, verifyCode2d(forged.toString("base64url"), list).reason);
    }),
    { numRuns: 1000 },
  );
});

test("anything at all as input is refused, never thrown", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.base64String(), fc.anything()), fc.anything(), async (scanned, keys) => {
      assert.equal((await checkCode2d(scanned, keys)).ok, false);
      assert.equal((await checkCode2d(scanned, list)).ok, false);
      assert.equal((await checkCode2d(text, { ...list, keys: [keys] })).ok, false);
    }),
    { numRuns: 500 },
  );
});

test("as a command: exit 0 for a genuine code, 1 for a forged one, 2 without arguments", () => {
  const dir = mkdtempSync(join(tmpdir(), "code2d-"));
  try {
    const keys = join(dir, "keys.json");
    writeFileSync(keys, JSON.stringify(list));
    const script = new URL("./code2d.mjs", import.meta.url).pathname;
    assert.equal(JSON.parse(execFileSync(process.execPath, [script, keys, text], { encoding: "utf8" })).fields.name, fields.name);
    assert.equal(
      spawnSync(process.execPath, [script, keys, text.replace(/.(.{20})$/, (end, rest) => (end.startsWith("A") ? "B" : "A") + rest)])
        .status,
      1,
    );
    assert.equal(spawnSync(process.execPath, [script]).status, 2);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("it depends on nothing", () => {
  const source = readFileSync(new URL("./code2d.mjs", import.meta.url), "utf8");
  const imports = [...source.matchAll(/\bimport\s*(?:\(\s*|[^'"(]*from\s*)['"]([^'"]+)['"]/g)].map((found) => found[1]);
  assert.deepEqual(imports.toSorted(), ["./code2d.mjs", "node:fs/promises", "node:url"]);
});
