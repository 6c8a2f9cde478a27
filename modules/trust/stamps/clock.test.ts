import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { factsOf } from "#kernel";
import { ensureAuthorities } from "../certificates/authorities.ts";
import { sealKeyFor, signPdf, timeStamp } from "../index.ts";
import { court, trustWorld } from "../test-world.ts";

const plain = new Uint8Array(readFileSync(new URL("../pdf/plain-act.test.pdf", import.meta.url)));

test("time stamps: never back, one alarm, and running again once the clock is right", async () => {
  const back = await trustWorld();
  try {
    const digest = createHash("sha256").update("x").digest();
    const first = await timeStamp(back.j, digest);
    back.clock.set(new Date(first.at.getTime() - 500));
    assert.equal((await timeStamp(back.j, digest)).at.getTime(), first.at.getTime(), "within the accuracy the later second counts");
    back.clock.set(new Date(first.at.getTime() - 180_000));
    await assert.rejects(timeStamp(back.j, digest), { code: "trust.clock-set-back" });
    await assert.rejects(timeStamp(back.j, digest), { code: "trust.clock-set-back" });
    await assert.rejects(signPdf(back.j, { pdf: plain, institution: court, reason: "x" }), { code: "trust.clock-set-back" });
    back.clock.set(new Date(first.at.getTime() - 86_400_000));
    await assert.rejects(sealKeyFor(back.j, court), { code: "trust.clock-set-back" }, "a day back our own certificates are not valid yet");
    const alarms = await back.transaction((ctx) => factsOf(ctx, { subject: "authority:tsa", types: ["trust.clock-set-back"] }));
    assert.equal(alarms.length, 1);
    back.clock.set(new Date(first.at.getTime() + 5000));
    assert.equal((await timeStamp(back.j, digest)).at.getTime(), first.at.getTime() + 5000);
    // Another process knows nothing of this one's memory: the database remembers.
    const { rows } = await back.owner("select last from trust.stamp_clock");
    assert.equal(rows[0].last.getTime(), first.at.getTime() + 5000);
  } finally {
    await back.close();
  }
});

test("a machine whose clock lost its battery certifies nothing", async () => {
  const cold = await trustWorld({ startModules: false, start: new Date("1970-01-01T00:10:00Z") });
  try {
    await assert.rejects(ensureAuthorities(cold.j), { code: "trust.clock-implausible" });
    assert.equal(cold.keys.size(), 0);
  } finally {
    await cold.close();
  }
});
