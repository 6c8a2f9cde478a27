import assert from "node:assert/strict";
import { test } from "node:test";
import { atLeast, type Level } from "#kernel";
import fc from "fast-check";
import { documentMatches, judgeRegister, sessionLevel, simQuietDays, type PasskeyStanding, type Standing } from "./rules.ts";

const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000);
const proven = (kind: "register" | "counter"): Standing => ({
  kind: "person",
  proof: { kind, at: day(10) },
  numberSince: day(1),
  simChangedAt: null,
});
const passkey = (enrolledLevel: Level, userVerified = true): PasskeyStanding => ({ enrolledLevel, userVerified });

test("a phone code alone is low; tied to a proven person it is substantial; a new SIM undoes that", () => {
  assert.equal(sessionLevel({ kind: "person", proof: null, numberSince: day(1), simChangedAt: null }, "phone-code"), "low");
  assert.equal(sessionLevel(proven("register"), "phone-code"), "substantial");
  assert.equal(sessionLevel({ ...proven("register"), simChangedAt: day(11) }, "phone-code"), "low");
  assert.equal(sessionLevel({ ...proven("counter"), simChangedAt: day(11) }, "phone-code"), "low");
  assert.equal(sessionLevel({ ...proven("counter"), simChangedAt: day(9) }, "phone-code"), "substantial");
  assert.equal(sessionLevel({ ...proven("register"), numberSince: day(12) }, "phone-code"), "low");
});

test("a passkey is worth the session that enrolled it, and survives the SIM", () => {
  const stolen = { ...proven("register"), simChangedAt: day(11) };
  assert.equal(sessionLevel(stolen, "passkey", passkey("substantial")), "substantial");
  assert.equal(sessionLevel(proven("register"), "passkey", passkey("low")), "low");
  assert.equal(sessionLevel(proven("counter"), "passkey", passkey("substantial")), "high");
  assert.equal(sessionLevel(proven("counter"), "passkey", passkey("substantial", false)), "substantial");
  assert.equal(sessionLevel({ kind: "person", proof: null, numberSince: day(1), simChangedAt: null }, "passkey", passkey("high")), "low");
});

test("a SIM change never raises anything, and nothing unproven is above low", () => {
  const kinds = fc.constantFrom<Standing["proof"]>(null, { kind: "register", at: day(10) }, { kind: "counter", at: day(10) });
  const methods = fc.constantFrom<"phone-code" | "passkey">("phone-code", "passkey");
  const levels = fc.constantFrom<Level>("low", "substantial", "high");
  fc.assert(
    fc.property(kinds, methods, levels, fc.boolean(), fc.integer({ min: 0, max: 30 }), (proof, method, level, verified, sim) => {
      const calm = sessionLevel({ kind: "person", proof, numberSince: day(1), simChangedAt: null }, method, passkey(level, verified));
      const swapped = sessionLevel(
        { kind: "person", proof, numberSince: day(1), simChangedAt: day(sim) },
        method,
        passkey(level, verified),
      );
      assert.ok(atLeast(calm, swapped));
      if (!proof) assert.equal(calm, "low");
    }),
  );
});

test("the register’s word: same number, same birth date, and no young SIM", () => {
  const holder = { identityNumber: "1234-5678 90", birthDate: "1991-03-08" };
  const now = day(100);
  assert.equal(judgeRegister({ identityNumber: "1234567890", birthDate: "1991-03-08" }, holder, null, now), "matched");
  assert.equal(judgeRegister({ identityNumber: "1234567890", birthDate: "1991-03-09" }, holder, null, now), "no-match");
  assert.equal(judgeRegister({ identityNumber: "9999999999", birthDate: "1991-03-08" }, holder, null, now), "no-match");
  assert.equal(judgeRegister({ identityNumber: "1234567890", birthDate: "1991-03-08" }, undefined, null, now), "no-match");
  assert.equal(
    judgeRegister({ identityNumber: "1234567890", birthDate: "1991-03-08" }, holder, day(100 - simQuietDays + 1), now),
    "sim-recent",
  );
  assert.equal(judgeRegister({ identityNumber: "1234567890", birthDate: "1991-03-08" }, holder, day(100 - simQuietDays), now), "matched");
});

test("a document must be the entry’s, in force, with its birth date", () => {
  const entry = {
    identityNumber: "N1",
    birthDate: "1991-03-08",
    documents: [{ kind: "identity-card", number: "B 123", expires: "2026-06-30" }],
  };
  const shown = { kind: "identity-card", number: "b123", birthDate: "1991-03-08" };
  assert.equal(documentMatches(shown, entry, "2026-06-30"), true);
  assert.equal(documentMatches(shown, entry, "2026-07-01"), false);
  assert.equal(documentMatches({ ...shown, kind: "passport" }, entry, "2026-01-01"), false);
  assert.equal(documentMatches({ ...shown, number: "B124" }, entry, "2026-01-01"), false);
  assert.equal(documentMatches({ ...shown, birthDate: "1991-03-09" }, entry, "2026-01-01"), false);
});
