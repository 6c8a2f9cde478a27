import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isAlive, isToken, lifeOf, needsTouch, tokenHash } from "./rules.ts";

const t0 = Date.UTC(2026, 4, 1, 8);
const at = (seconds: number) => new Date(t0 + seconds * 1000);
const session = { startedAt: at(0), seenAt: at(600), expiresAt: at(12 * 3600), idleSeconds: 3600, endedAt: null };

test("idle end, absolute end, ended by hand", () => {
  assert.equal(isAlive(session, at(600 + 3599)), true);
  assert.equal(isAlive(session, at(600 + 3600)), false);
  assert.equal(isAlive({ ...session, seenAt: at(12 * 3600 - 10) }, at(12 * 3600)), false);
  assert.equal(isAlive({ ...session, endedAt: at(700) }, at(701)), false);
});

test("a clock set back ends a session instead of lengthening it", () => {
  assert.equal(isAlive(session, at(400)), true); // put right by a few minutes
  assert.equal(isAlive(session, at(299)), false);
  assert.equal(isAlive({ ...session, seenAt: at(0) }, at(-301)), false);
});

test("no session outlives its absolute end however often it is seen", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 7200 }), { maxLength: 60 }), (gaps) => {
      let s = { ...session, seenAt: at(0) };
      let t = 0;
      for (const gap of gaps) {
        t += gap;
        if (!isAlive(s, at(t))) break;
        s = { ...s, seenAt: at(t) };
      }
      assert.ok(s.seenAt.getTime() < s.expiresAt.getTime());
    }),
  );
});

test("the more it may do, the shorter it lives", () => {
  for (const key of ["idleSeconds", "absoluteSeconds"] as const) {
    assert.ok(lifeOf("person", "low")[key] > lifeOf("person", "substantial")[key]);
    assert.ok(lifeOf("person", "substantial")[key] > lifeOf("person", "high")[key]);
  }
});

test("tokens: form and hash", () => {
  const token = "A".repeat(43);
  assert.equal(isToken(token), true);
  for (const forged of ["", "A".repeat(42), "A".repeat(44), `${"A".repeat(42)}'`, `${"A".repeat(42)}\n`])
    assert.equal(isToken(forged), false);
  assert.notDeepEqual(tokenHash(token), tokenHash(`${"A".repeat(42)}B`));
  assert.equal(needsTouch(session, at(659)), false);
  assert.equal(needsTouch(session, at(660)), true);
});
