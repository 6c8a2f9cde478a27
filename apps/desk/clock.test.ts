import assert from "node:assert/strict";
import { test } from "node:test";
import { clockCell, clockText, dueText, span } from "./clock.ts";

const place = { lang: "fr", country: { code: "xx", currency: { code: "XOF" }, timeZone: "UTC", phone: { prefix: "+999" } } };
const clock = { text: "48 heures ouvrables", remainingMinutes: 125, totalMinutes: 2880, stopped: false, late: false };

test("working time is said as people count it", () => {
  assert.deepEqual(
    [0, 40, 60, 125, 2880, -190].map((n) => span(n).replaceAll("\u202f", " ")),
    ["0 min", "40 min", "1 h", "2 h 05", "48 h", "3 h 10"],
  );
});

test("a clock says what is left, that it is late, or that it is stopped", () => {
  assert.match(clockText(place, clock), /^reste 2/);
  assert.match(clockText(place, { ...clock, remainingMinutes: -10, late: true }), /^en retard de 10/);
  assert.equal(clockText(place, { ...clock, late: true, stopped: true }), "délai suspendu");
  assert.equal(clockText(place, undefined), "délai non ouvert");
  assert.match(clockCell(place, { ...clock, late: true }).html, /t-bad/);
});

test("the end of a day is that day's midnight", () => {
  assert.equal(dueText(place, "2026-11-25T00:00:00Z"), "mardi 24 novembre, minuit");
  assert.match(dueText(place, "2026-11-25T16:30:00Z"), /^mercredi 25 novembre, 16/);
});
