/** What every driver of identity must do; each driver's test runs it against its own outside. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { IdentityRegisterDriver, RegisterPerson, SimSignalDriver } from "./ports.ts";

export type Mood = "well" | "away" | "error" | "silent" | "malformed" | "oversize" | "cut";

export interface Outside<D> {
  driver: D;
  /** Makes the outside misbehave from now on. */
  mood(how: Mood): Promise<void>;
}
const moods: readonly Mood[] = ["away", "error", "malformed", "oversize", "cut"];
const patient = (): AbortSignal => AbortSignal.timeout(10_000);

export function registerConformance(
  outside: () => Promise<
    Outside<IdentityRegisterDriver> & { known: RegisterPerson; unknownPhone: string; sharedPhone: string; unknownNumber: string }
  >,
): void {
  test("register: a known person is found by number and by phone, the same both ways", async () => {
    const o = await outside();
    const phone = o.known.phones[0] as string;
    for (const answer of [await o.driver.person(o.known.identityNumber, patient()), await o.driver.holderOf(phone, patient())]) {
      assert.equal(answer.kind, "found");
      assert.deepEqual(answer.kind === "found" && answer.person, o.known);
    }
  });
  test("register: nobody, and more than one holder, are unknown", async () => {
    const o = await outside();
    assert.deepEqual(await o.driver.holderOf(o.unknownPhone, patient()), { kind: "unknown" });
    assert.deepEqual(await o.driver.holderOf(o.sharedPhone, patient()), { kind: "unknown" });
    assert.deepEqual(await o.driver.person(o.unknownNumber, patient()), { kind: "unknown" });
  });
  test("register: what is typed never becomes part of the address or of the question", async () => {
    const o = await outside();
    for (const typed of ["../../etc", "1&phone=%2B22670000011", "x?y#z", "\u0000", "é".repeat(500)])
      assert.notEqual((await o.driver.person(typed, patient())).kind, "found", typed);
  });
  test("register: every failure is unavailable, never unknown, and nothing is thrown", async () => {
    const o = await outside();
    for (const how of moods) {
      await o.mood(how);
      assert.equal((await o.driver.person(o.known.identityNumber, patient())).kind, "unavailable", how);
      assert.equal((await o.driver.holderOf(o.known.phones[0] as string, patient())).kind, "unavailable", how);
    }
    await o.mood("well");
    assert.equal((await o.driver.person(o.known.identityNumber, patient())).kind, "found");
  });
  test("register: the signal ends the wait", async () => {
    const o = await outside();
    await o.mood("silent");
    const answer = await o.driver.person(o.known.identityNumber, AbortSignal.timeout(150));
    assert.equal(answer.kind, "unavailable");
    await o.mood("well");
  });
}

export function simConformance(
  outside: () => Promise<Outside<SimSignalDriver> & { changed: { phone: string; day: string }; steady: string }>,
): void {
  test("sim: a change has its date, a steady number has none", async () => {
    const o = await outside();
    const answer = await o.driver.lastChange(o.changed.phone, patient());
    assert.equal(answer.kind === "changed" && answer.at.toISOString().slice(0, 10), o.changed.day);
    assert.deepEqual(await o.driver.lastChange(o.steady, patient()), { kind: "never" });
  });
  test("sim: every failure is unavailable, never a steady number, and nothing is thrown", async () => {
    const o = await outside();
    for (const how of moods) {
      await o.mood(how);
      assert.deepEqual(await o.driver.lastChange(o.steady, patient()), { kind: "unavailable" }, how);
    }
    await o.mood("silent");
    assert.deepEqual(await o.driver.lastChange(o.steady, AbortSignal.timeout(150)), { kind: "unavailable" });
    await o.mood("well");
  });
}
