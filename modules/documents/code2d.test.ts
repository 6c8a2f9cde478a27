import { test } from "node:test";
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { type Code2dFields, Code2dError, code2d, code2dName, code2dPayload, parseCode2d } from "./code2d.ts";
import { code2dKey, code2dKeyList, verifyCode2d } from "./code2d-keys.ts";

const origin = "http://localhost:8080";
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signer = async (bytes: Uint8Array): Promise<Uint8Array> => sign("sha256", bytes, { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
const entry = code2dKey(pair.publicKey.export({ format: "der", type: "spki" }), {
  issuer: { fr: "Tribunal", en: "Court" },
  from: "2026-01-01",
  until: "2027-12-31",
});
const list = code2dKeyList("2026-11-21", [entry]);
const fields: Code2dFields = {
  type: "criminal-record-3",
  number: "TGI-KDG-2026-000123",
  issued: "2026-11-21",
  name: "OUÉDRAOGO Aminata Raɩssa",
  birth: "1994-03-00",
  conclusion: "none",
  validUntil: "2026-12-21",
  check: "7K4M29QX3H",
};
const base64url = (text: string): Buffer => Buffer.from(text.split("#")[1] ?? "", "base64url");

const anyFields: fc.Arbitrary<Code2dFields> = fc.record(
  {
    type: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
    number: fc.stringMatching(/^[!-~]{1,40}$/),
    issued: fc
      .date({ min: new Date("2000-01-01"), max: new Date("2179-01-01"), noInvalidDate: true })
      .map((d) => d.toISOString().slice(0, 10)),
    name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }).filter((name) => code2dName(name) !== ""),
    birth: fc
      .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 31 }))
      .map(([y, m, d]) => `${String(y).padStart(4, "0")}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`),
    conclusion: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
    validUntil: fc.constant("2026-12-21"),
    check: fc.stringMatching(/^[0-9A-Z]{4,16}$/),
  },
  { requiredKeys: ["type", "number", "issued"], noNullPrototype: true },
);

test("a code carries its fields and verifies with the key list", async () => {
  const text = await code2d(origin, entry.id, fields, signer);
  assert.ok(text.startsWith(`${origin}/v#`));
  assert.ok(base64url(text).length < 350);
  assert.deepEqual(verifyCode2d(text, list), {
    ok: true,
    fields,
    issuer: entry.issuer,
    keyId: entry.id,
  });
});

test("whatever the fields, reading gives back what was written, under 350 bytes", async () => {
  await fc.assert(
    fc.asyncProperty(anyFields, async (any) => {
      const text = await code2d(origin, entry.id, any, signer);
      assert.ok(base64url(text).length < 350);
      const expected = any.name === undefined ? any : { ...any, name: code2dName(any.name) };
      assert.deepEqual(parseCode2d(text).fields, expected);
    }),
    { numRuns: 300 },
  );
});

test("every changed byte is refused", async () => {
  const bytes = base64url(await code2d(origin, entry.id, fields, signer));
  for (let at = 0; at < bytes.length; at++) {
    for (const mask of [0x01, 0x80, 0xff]) {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ mask;
      assert.equal(verifyCode2d(forged.toString("base64url"), list).ok, false, `byte ${at}`);
    }
  }
});

test("every changed, lost or added letter is refused", async () => {
  const text = (await code2d(origin, entry.id, fields, signer)).split("#")[1] ?? "";
  fc.assert(
    fc.property(
      fc.nat(text.length - 1),
      fc.constantFrom(..."ABCxyz019-_=+ é"),
      fc.constantFrom("change", "drop", "add"),
      (at, letter, how) => {
        const forged = text.slice(0, at) + (how === "drop" ? "" : letter) + text.slice(how === "add" ? at : at + 1);
        if (forged.trim() !== text) assert.equal(verifyCode2d(forged, list).ok, false);
      },
    ),
    { numRuns: 2000 },
  );
});

test("a key says nothing outside its dates, once revoked, or when the list names it wrongly", async () => {
  const text = await code2d(origin, entry.id, fields, signer);
  const reason = (change: Partial<typeof entry>): string => {
    const answer = verifyCode2d(text, code2dKeyList("2026-11-21", [{ ...entry, ...change }]));
    return answer.ok ? "ok" : answer.reason;
  };
  assert.equal(reason({ until: "2026-11-20" }), "key-not-valid-then");
  assert.equal(reason({ from: "2026-11-22" }), "key-not-valid-then");
  assert.equal(reason({ revoked: true }), "key-revoked");
  assert.equal(reason({ id: "0000000000000000" }), "unknown-key");
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({
    format: "der",
    type: "spki",
  });
  const { x, y } = code2dKey(other, entry);
  assert.equal(reason({ x, y }), "unknown-key");
});

test("what does not fit is refused when writing, not cut in silence", () => {
  const write = (change: Partial<Code2dFields>) => () => code2dPayload(entry.id, { ...fields, ...change });
  for (const change of [
    { type: "Ünfit" },
    { type: "" },
    { number: "x".repeat(41) },
    { issued: "2026-02-30" },
    { issued: "1999-12-31" },
    { birth: "1994" },
    { birth: "1994-00-03" },
    { check: "abc" },
  ])
    assert.throws(write(change), Code2dError, JSON.stringify(change));
  assert.throws(() => code2dPayload("xyz", fields), Code2dError);
});

test("a long name is cut between characters and shows it", () => {
  const cut = code2dName("é".repeat(10_000));
  assert.ok(cut.endsWith("é…"));
  assert.ok(Buffer.byteLength(cut) <= 96);
  assert.equal(code2dName("  Ouédraogo \n Awa "), "Ouédraogo Awa");
});
