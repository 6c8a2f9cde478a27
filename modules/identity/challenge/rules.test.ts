import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { codeHash, codeTries, judgeCode, readCode, type CodeState } from "./rules.ts";

const key = randomBytes(32);
const t0 = new Date("2026-05-01T10:00:00Z");
const state = (more: Partial<CodeState> = {}): CodeState => ({
  createdAt: t0,
  codeHash: codeHash(key, "challenge-a", "012345"),
  expiresAt: new Date(t0.getTime() + 300_000),
  tries: 0,
  usedAt: null,
  ...more,
});
const later = (seconds: number) => new Date(t0.getTime() + seconds * 1000);
const right = codeHash(key, "challenge-a", "012345");

test("the right code passes once, in its time, before five wrong ones", () => {
  assert.equal(judgeCode(state(), right, later(299)), "right");
  assert.equal(judgeCode(state(), right, later(300)), "dead");
  assert.equal(judgeCode(state({ usedAt: later(3) }), right, later(4)), "dead");
  assert.equal(judgeCode(state({ tries: codeTries - 1 }), right, later(4)), "right");
  assert.equal(judgeCode(state({ tries: codeTries }), right, later(4)), "dead");
});

test("a clock set back kills the code instead of prolonging it", () => {
  assert.equal(judgeCode(state(), right, later(-1)), "dead");
});

test("a code that was not sent yet is matched by nothing, not even by zeros", () => {
  assert.equal(judgeCode(state({ codeHash: null }), right, later(1)), "wrong");
  assert.equal(judgeCode(state({ codeHash: null }), new Uint8Array(32), later(1)), "wrong");
});

test("another code, challenge or key never matches", () => {
  const six = fc.integer({ min: 0, max: 999_999 }).map((n) => String(n).padStart(6, "0"));
  fc.assert(
    fc.property(six, six, fc.string(), (code, other, challenge) => {
      fc.pre(code !== other && challenge !== "challenge-a");
      const kept = state({ codeHash: codeHash(key, "challenge-a", code) });
      assert.equal(judgeCode(kept, codeHash(key, "challenge-a", code), later(1)), "right");
      assert.equal(judgeCode(kept, codeHash(key, "challenge-a", other), later(1)), "wrong");
      assert.equal(judgeCode(kept, codeHash(key, challenge, code), later(1)), "wrong");
      assert.equal(judgeCode(kept, codeHash(new Uint8Array(32), "challenge-a", code), later(1)), "wrong");
    }),
  );
});

test("codes are read as people paste them", () => {
  assert.equal(readCode(" 012 345 "), "012345");
  assert.equal(readCode("012-345"), "012345");
  for (const typed of ["", "12345", "1234567", "01234a", "٠١٢٣٤٥", "0".repeat(5000)]) assert.equal(readCode(typed), undefined);
});
