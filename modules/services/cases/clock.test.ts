import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { after, clockAt, counted, instantOf, resume, stop, type Calendar, type DelayUnit, type Span } from "./clock.ts";

const burkina: Calendar = {
  timeZone: "Africa/Ouagadougou",
  days: new Set([1, 2, 3, 4, 5]),
  hours: [
    [450, 750],
    [780, 930],
  ],
  isHoliday: (day) => day === "2026-12-25" || day === "2026-12-11",
};
// a zone whose clocks change, to prove that they do not matter
const paris: Calendar = { ...burkina, timeZone: "Europe/Paris" };
const hour = 3_600_000;
const at = (text: string): Date => new Date(text);
const units: DelayUnit[] = ["working-hours", "opening-hours", "working-days", "calendar-days"];
const instants = fc.date({ min: at("2025-01-01T00:00:00Z"), max: at("2028-12-31T00:00:00Z"), noInvalidDate: true });
const calendars = fc.constantFrom(burkina, paris);

describe("legal clock", () => {
  it("counts 48 working hours over a week-end and a holiday", () => {
    // Thursday 10 December 10:00; Friday 11 is Proclamation day; Saturday and Sunday do not count
    const state = clockAt(
      { amount: 48, unit: "working-hours" },
      [{ from: at("2026-12-10T10:00:00Z") }],
      at("2026-12-10T10:00:00Z"),
      burkina,
    );
    assert.equal(state.dueAt?.toISOString(), "2026-12-15T10:00:00.000Z");
    assert.equal(state.remaining, 48 * hour);
  });
  it("counts opening hours only when the office is open", () => {
    const monday = at("2026-11-23T07:30:00Z");
    assert.equal(after(monday, 7.5 * hour, "opening-hours", burkina)?.toISOString(), "2026-11-23T15:30:00.000Z");
    assert.equal(after(monday, 7.5 * hour + 1, "opening-hours", burkina)?.toISOString(), "2026-11-24T07:30:00.001Z");
  });
  it("gives working days their whole last day, the first not counted", () => {
    const state = clockAt({ amount: 2, unit: "working-days" }, [{ from: at("2026-11-26T09:00:00Z") }], at("2026-11-26T09:00:00Z"), burkina);
    assert.equal(state.dueAt?.toISOString(), "2026-12-01T00:00:00.000Z");
  });
  it("stops during a correction and takes up where it stood", () => {
    let spans: Span[] = [{ from: at("2026-11-23T08:00:00Z") }];
    spans = stop(spans, at("2026-11-24T08:00:00Z"));
    const stopped = clockAt({ amount: 48, unit: "working-hours" }, spans, at("2026-12-30T08:00:00Z"), burkina);
    assert.equal(stopped.stopped, true);
    assert.equal(stopped.dueAt, undefined);
    assert.equal(stopped.remaining, 24 * hour);
    spans = resume(spans, at("2026-11-30T12:00:00Z"));
    const running = clockAt({ amount: 48, unit: "working-hours" }, spans, at("2026-11-30T12:00:00Z"), burkina);
    assert.equal(running.dueAt?.toISOString(), "2026-12-01T12:00:00.000Z");
  });
  it("keeps a wall time across a change of the clocks", () => {
    assert.equal(new Date(instantOf("2026-07-01", 600, "Europe/Paris")).toISOString(), "2026-07-01T08:00:00.000Z");
    assert.equal(new Date(instantOf("2026-12-01", 600, "Europe/Paris")).toISOString(), "2026-12-01T09:00:00.000Z");
    // Sunday 29 March 2026 has 23 hours; three calendar days stay three days
    const state = clockAt({ amount: 3, unit: "calendar-days" }, [{ from: at("2026-03-27T11:00:00Z") }], at("2026-03-27T11:00:00Z"), paris);
    assert.equal(state.dueAt?.toISOString(), "2026-03-30T22:00:00.000Z");
  });

  it("after() is the inverse of counted(), in every unit and zone", () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 1, max: 200 * hour }),
        fc.constantFrom<DelayUnit>("working-hours", "opening-hours", "calendar-days"),
        calendars,
        (from, wanted, unit, calendar) => {
          const due = after(from, wanted, unit, calendar);
          assert.ok(due && due >= from);
          assert.equal(counted(from, due, unit, calendar), wanted);
          assert.ok(counted(from, new Date(due.getTime() - 1), unit, calendar) < wanted);
        },
      ),
      { numRuns: 150 },
    );
  });
  it("counts no time twice and loses none: a span cut in two is the same span", () => {
    fc.assert(
      fc.property(
        fc.array(instants, { minLength: 3, maxLength: 3 }),
        fc.constantFrom<DelayUnit>("working-hours", "opening-hours"),
        calendars,
        (dates, unit, calendar) => {
          const [a, b, c] = dates.sort((x, y) => x.getTime() - y.getTime()) as [Date, Date, Date];
          assert.equal(counted(a, b, unit, calendar) + counted(b, c, unit, calendar), counted(a, c, unit, calendar));
        },
      ),
      { numRuns: 100 },
    );
  });
  it("never says a due date in the past of its start, and late exactly when it has passed", () => {
    const steps = fc.array(fc.record({ stop: fc.boolean(), hours: fc.integer({ min: 0, max: 200 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(
        instants,
        steps,
        fc.constantFrom(...units),
        fc.integer({ min: 1, max: 60 }),
        calendars,
        (from, moves, unit, amount, calendar) => {
          let spans: Span[] = [{ from }];
          let now = from.getTime();
          for (const move of moves) {
            now += move.hours * hour;
            spans = move.stop ? stop(spans, new Date(now)) : resume(spans, new Date(now));
          }
          const delay = { amount, unit };
          const state = clockAt(delay, spans, new Date(now), calendar);
          assert.equal(state.stopped, spans.at(-1)?.to !== undefined);
          assert.equal(state.dueAt === undefined, state.stopped);
          assert.ok(state.remaining <= state.total);
          if (state.dueAt) {
            assert.equal(state.late, new Date(now) > state.dueAt);
            const then = clockAt(delay, spans, state.dueAt, calendar);
            if (state.remaining > 0) assert.ok(Math.abs(then.remaining) < 2, `${then.remaining} left at the due date`);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
  it("stopping twice or resuming twice changes nothing", () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const spans = stop([{ from: a }], b);
        assert.deepEqual(stop(spans, new Date(b.getTime() + hour)), spans);
        const again = resume(spans, b);
        assert.deepEqual(resume(again, b), again);
      }),
    );
  });
});
