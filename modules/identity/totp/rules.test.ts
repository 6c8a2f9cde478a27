import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { base32, fromBase32, matchTotp, totpAt, totpStep, totpUri } from "./rules.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const seeds = {
  sha1: ascii("12345678901234567890"),
  sha256: ascii("12345678901234567890123456789012"),
  sha512: ascii("1234567890".repeat(6) + "1234"),
};
// RFC 6238, appendix B
const vectors: [number, string, string, string][] = [
  [59, "94287082", "46119246", "90693936"],
  [1111111109, "07081804", "68084774", "25091201"],
  [1111111111, "14050471", "67062674", "99943326"],
  [1234567890, "89005924", "91819424", "93441116"],
  [2000000000, "69279037", "90698825", "38618901"],
  [20000000000, "65353130", "77737706", "47863826"],
];

test("the vectors of RFC 6238", () => {
  for (const [seconds, sha1, sha256, sha512] of vectors) {
    const step = totpStep(new Date(seconds * 1000));
    assert.equal(totpAt(seeds.sha1, step, { digits: 8 }), sha1);
    assert.equal(totpAt(seeds.sha256, step, { digits: 8, algorithm: "sha256" }), sha256);
    assert.equal(totpAt(seeds.sha512, step, { digits: 8, algorithm: "sha512" }), sha512);
  }
});

test("a step works once, and one step of drift either way is forgiven", () => {
  const now = new Date("2026-05-01T10:00:10Z");
  const step = totpStep(now);
  for (const drift of [-1, 0, 1]) assert.equal(matchTotp(seeds.sha1, totpAt(seeds.sha1, step + drift), now, 0), step + drift);
  for (const drift of [-2, 2]) assert.equal(matchTotp(seeds.sha1, totpAt(seeds.sha1, step + drift), now, 0), undefined);
  assert.equal(matchTotp(seeds.sha1, totpAt(seeds.sha1, step), now, step), undefined);
  assert.equal(matchTotp(seeds.sha1, totpAt(seeds.sha1, step - 1), now, step), undefined);
});

test("whatever the clock does, no code is accepted twice", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 30 }), (times) => {
      let last = 0;
      const used = new Set<number>();
      for (const seconds of times) {
        const now = new Date(1_800_000_000_000 + seconds * 1000);
        const step = matchTotp(seeds.sha1, totpAt(seeds.sha1, totpStep(now)), now, last);
        if (step === undefined) continue;
        assert.ok(!used.has(step) && step > last);
        used.add((last = step));
      }
    }),
  );
});

test("wrong lengths and letters are wrong codes, not errors", () => {
  for (const code of ["", "1", "1234567", "abcdef", "１２３４５６"])
    assert.equal(matchTotp(seeds.sha1, code, new Date("2026-05-01T10:00:00Z"), 0), undefined);
});

test("base32 as RFC 4648 and back", () => {
  assert.equal(base32(ascii("foobar")), "MZXW6YTBOI");
  assert.equal(base32(ascii("f")), "MY");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => assert.deepEqual([...fromBase32(base32(bytes))], [...bytes])));
  assert.throws(() => fromBase32("not base32!"));
  assert.equal(totpUri("Toguna", "a b", "MY"), "otpauth://totp/Toguna:a%20b?secret=MY&issuer=Toguna&algorithm=SHA1&digits=6&period=30");
});
