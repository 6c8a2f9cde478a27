import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { resume, stop, type Span } from "./clock.ts";
import { deskActions, ended, move, moves, running, type Command } from "./rules.ts";
import { actNumber, caseNumber, checkDigit, readActNumber, readCaseNumber } from "./number.ts";
import { caseStates, type CaseState } from "./schemas.ts";

const commands = fc.constantFrom(...(Object.keys(moves) as Command[]));

describe("case life", () => {
  it("nothing leaves an ended state", () => {
    for (const state of ended)
      for (const command of Object.keys(moves) as Command[]) assert.equal(move(state, command, { fee: 0 }), undefined);
  });
  it("every state can be reached, and every state that has not ended can be left", () => {
    const reached = new Set<CaseState>(["draft"]);
    for (let round = 0; round < caseStates.length; round++)
      for (const state of [...reached])
        for (const command of Object.keys(moves) as Command[])
          for (const about of [{ fee: 0 }, { fee: 750, outcome: "refused" as const }, { fee: 1, outcome: "granted" as const }]) {
            const next = move(state, command, about);
            if (next) reached.add(next.to);
          }
    assert.deepEqual([...reached].sort(), [...caseStates].sort());
    for (const state of caseStates)
      if (!ended.has(state))
        assert.ok(
          Object.values(moves).some((m) => m.from.includes(state)),
          state,
        );
  });
  it("along any path the clock runs exactly in the running states, and an act is only issued after payment and decision", () => {
    fc.assert(
      fc.property(
        fc.array(commands, { maxLength: 40 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom("granted", "refused") as fc.Arbitrary<"granted" | "refused">,
        (path, fee, outcome) => {
          let state: CaseState = "draft";
          let spans: Span[] = [];
          const seen = new Set<CaseState>([state]);
          let t = Date.parse("2026-11-23T08:00:00Z");
          for (const command of path) {
            const next = move(state, command, { fee, outcome });
            if (!next) continue;
            t += 60_000;
            if (next.clock === "start" || next.clock === "resume") spans = resume(spans, new Date(t));
            if (next.clock === "stop") spans = stop(spans, new Date(t));
            state = next.to;
            seen.add(state);
            const open = spans.length > 0 && spans.at(-1)?.to === undefined;
            assert.equal(open, running.has(state), `${command} -> ${state}`);
          }
          if (state === "issued" || state === "refused") {
            assert.ok(seen.has("decided") && seen.has("signing") && seen.has("submitted"));
            if (fee > 0) assert.ok(seen.has("payment-pending"));
            assert.equal(state, outcome === "refused" ? "refused" : "issued");
          }
        },
      ),
    );
  });
  it("lets nobody conclude before the register is searched and everyone found is reviewed", () => {
    const sight = {
      state: "in-instruction" as const,
      mine: true,
      assigned: true,
      permissions: new Set(["services.handle-cases", "services.decide-cases"]),
    };
    assert.ok(!deskActions({ ...sight, search: "to-do", left: 0 }).includes("conclude"));
    assert.ok(!deskActions({ ...sight, search: "done", left: 1 }).includes("conclude"));
    assert.ok(deskActions({ ...sight, search: "done", left: 0 }).includes("conclude"));
    assert.ok(!deskActions({ ...sight, mine: false, search: "done", left: 0 }).includes("conclude"));
    assert.deepEqual(deskActions({ ...sight, permissions: new Set(), search: "done", left: 0 }), []);
  });
});

describe("numbers", () => {
  const digits = (n: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n }).map((d) => d.join(""));
  it("are read back whatever the separators", () => {
    fc.assert(
      fc.property(digits(8), digits(11), (a, b) => {
        const number = caseNumber(2026, a);
        assert.equal(readCaseNumber(number.replaceAll("-", " ")), number);
        assert.equal(readCaseNumber(number.replaceAll("-", "")), number);
        assert.equal(readActNumber(actNumber(b).replaceAll(" ", "\u202f")), actNumber(b));
      }),
    );
  });
  it("show every single wrong digit", () => {
    fc.assert(
      fc.property(digits(11), fc.nat(11), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
        const whole = body + checkDigit(body);
        const bad = whole.slice(0, at) + String((Number(whole[at]) + by) % 10) + whole.slice(at + 1);
        assert.equal(readActNumber(bad), undefined);
      }),
    );
  });
});
