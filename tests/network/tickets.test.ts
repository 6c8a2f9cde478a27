/** Tickets: opened by an alarm that lasts or by whoever has no network, followed, resolved with the alarm, opened again with it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as api from "#network/api";
import { moveFor, usualTickets } from "../../modules/network/tickets/policy.ts";
import { alarmRow, serviceWorld, uuid, type ServiceWorld } from "./service-world.ts";

let s: ServiceWorld;
before(async () => (s = await serviceWorld()));
after(() => s?.w.close());

const list = async (as = s.rodrigue) => (await s.w.call(api.listTickets, {}, { as })).tickets;
const end = async (alarm: string, at: string) => {
  await s.w.owner("update network.alarm set ended = $2, changed_at = $2 where id = $1", [alarm, at]);
  await s.w.owner("update network.outage set ended = $2 where alarm = $1", [alarm, at]);
};

test("what an alarm asks of its ticket follows from their present states alone", () => {
  const now = new Date("2026-11-23T09:10:00Z");
  const alarm = {
    severity: "critical",
    began: new Date("2026-11-23T09:00:00Z"),
    ended: null,
    work: null,
    mergedInto: null,
    occurrences: 1,
  } as const;
  const move = (a: object, t?: { state: "open" | "in-progress" | "resolved" | "closed"; occurrences: number }, at = now) =>
    moveFor({ ...alarm, ...a }, t, usualTickets, at);
  assert.equal(move({}), "open");
  assert.equal(move({}, undefined, new Date("2026-11-23T09:01:00Z")), undefined, "it may mend itself");
  for (const a of [{ severity: "minor" }, { work: "w" }, { ended: now }, { mergedInto: "x" }]) assert.equal(move(a), undefined);
  for (const state of ["open", "in-progress"] as const) {
    assert.equal(move({ ended: now }, { state, occurrences: 0 }), "resolve");
    assert.equal(move({ mergedInto: "x" }, { state, occurrences: 0 }), "resolve");
    assert.equal(move({}, { state, occurrences: 0 }), undefined);
  }
  for (const state of ["resolved", "closed"] as const) {
    assert.equal(move({}, { state, occurrences: 1 }), undefined, "resolved by hand while the alarm lasts");
    assert.equal(move({ occurrences: 2 }, { state, occurrences: 1 }), "reopen");
    assert.equal(move({ ended: now, occurrences: 2 }, { state, occurrences: 1 }), undefined);
  }
});

test("an alarm that lasts opens one ticket; cleared it is resolved; come back it is open again, with whoever had it", async () => {
  await alarmRow(s.w, { id: uuid(1), element: "k4", began: "2026-11-23T08:59:30Z", down: ["cil"] });
  await s.w.sweep("network.tickets");
  assert.deepEqual(await list(), [], "half a minute: not yet");
  s.w.clock.advance(120);
  await s.w.sweep("network.tickets");
  await s.w.sweep("network.tickets");
  const [t, ...more] = await list();
  assert.deepEqual(more, []);
  assert.deepEqual([t!.origin, t!.state, t!.severity], ["alarm", "open", "critical"]);
  assert.match(t!.title, /^Coupure\s: ONI – CIL/u);
  const taken = await s.w.call(api.takeTicket, { id: t!.id, version: 1 }, { as: s.alizeta });
  assert.equal(taken.state, "in-progress");
  await end(uuid(1), "2026-11-23T09:30:00Z");
  await s.w.sweep("network.tickets");
  assert.equal((await list())[0]!.state, "resolved");
  await s.w.call(api.closeTicket, { id: t!.id, version: 3 }, { as: s.rodrigue });
  await s.w.owner("update network.alarm set ended = null, occurrences = 2 where id = $1", [uuid(1)]);
  await s.w.sweep("network.tickets");
  await s.w.sweep("network.tickets");
  const back = await s.w.call(api.readTicket, { id: t!.id }, { as: s.alizeta });
  assert.deepEqual([back.state, back.reopened, back.mine], ["in-progress", 1, true]);
  assert.deepEqual(back.notes.map((n) => n.what), ["opened", "taken", "resolved", "closed", "reopened"]); // prettier-ignore
  // resolved by hand although the alarm lasts: it stays so
  await s.w.call(api.resolveTicket, { id: t!.id, version: back.version, text: "Basculé à la main" }, { as: s.alizeta });
  await s.w.sweep("network.tickets");
  assert.equal((await list())[0]!.state, "resolved");
  await end(uuid(1), "2026-11-23T10:00:00Z");
});

test("“our site has no network”: for a place of one's own, once at a time, tied to the alarm that explains it", async () => {
  await alarmRow(s.w, { id: uuid(2), element: "k1", severity: "major", began: "2026-11-23T08:00:00Z", down: ["court"] });
  const { places } = await s.w.call(api.listOwnPlaces, {}, { as: s.court });
  assert.deepEqual(places.map((p) => [p.id, p.since, p.planned]), [["court", "2026-11-23T08:00:00.000Z", false]]); // prettier-ignore
  const report = (place: string, as = s.court, text = "Plus rien depuis ce matin") => s.w.call(api.reportFault, { place, text }, { as });
  const t = await report("court");
  await assert.rejects(report("court"), /network\.ticket-open-already/);
  for (const place of ["oni", "nowhere", "core"]) await assert.rejects(report(place), /network\.place-unknown/);
  await assert.rejects(report("court", s.oni), /network\.place-unknown/);
  await assert.rejects(report("court", s.court, "x".repeat(2001)), /kernel\.invalid-input/);
  await assert.rejects(report("court", s.rodrigue), /kernel\.forbidden/);
  const seen = await s.w.call(api.readTicket, { id: t.id }, { as: s.court });
  assert.deepEqual([seen.alarm?.id, seen.severity, seen.state], [uuid(2), "major", "open"]);
  assert.ok(seen.respondBy && seen.repairBy);
  // two institutions at one moment: both through one lock, one ticket each
  const both = await Promise.allSettled([report("oni", s.oni), report("oni", s.oni)]);
  assert.deepEqual(both.map((r) => r.status).toSorted(), ["fulfilled", "rejected"]); // prettier-ignore
});

test("each institution sees its own tickets, no internal note, no engineer's name; a stranger sees none", async () => {
  const mine = (await list(s.court)).find((t) => t.origin === "institution")!;
  assert.ok((await list(s.court)).every((t) => t.institution?.id === "bf-ca-ouagadougou"));
  for (const as of [s.oni, s.w.clerk("bf-cil", ["network.follow-service"])]) {
    await assert.rejects(s.w.call(api.readTicket, { id: mine.id }, { as }), /network\.ticket-unknown/);
    await assert.rejects(s.w.call(api.addNote, { id: mine.id, text: "moi aussi" }, { as }), /network\.ticket-unknown/);
    await assert.rejects(s.w.call(api.reopenTicket, { id: mine.id, version: 1, text: "encore" }, { as }), /network\.ticket-unknown/);
  }
  for (const as of [s.w.stranger, s.w.citizen(), s.w.clerk("bf-ca-ouagadougou", [])])
    await assert.rejects(s.w.call(api.listTickets, {}, { as }), /kernel\./);
  await s.w.call(api.addNote, { id: mine.id, text: "Câble arraché, voir équipe B", internal: true }, { as: s.rodrigue });
  const quiet = await s.w.call(api.readTicket, { id: mine.id }, { as: s.court });
  assert.deepEqual([quiet.notes.length, quiet.answeredAt, quiet.engineers.length], [1, undefined, 0]);
  // an institution cannot make its own words internal
  await s.w.call(api.addNote, { id: mine.id, text: "Toujours rien", internal: true }, { as: s.court });
  assert.equal((await s.w.call(api.readTicket, { id: mine.id }, { as: s.court })).notes.at(-1)?.text, "Toujours rien");
  await s.w.call(api.addNote, { id: mine.id, text: "Une équipe est en route" }, { as: s.rodrigue });
  const told = await s.w.call(api.readTicket, { id: mine.id }, { as: s.court });
  assert.ok(told.answeredAt, "a note that the institution can read is an answer");
  for (const act of [api.takeTicket, api.resolveTicket])
    await assert.rejects(s.w.call(act, { id: mine.id, version: told.version, text: "xx" } as never, { as: s.court }), /kernel\.forbidden/);
});

test("replayed and overtaken acts are refused; the cleared alarm resolves the report, its institution reopens it", async () => {
  const t = (await list(s.court)).find((x) => x.origin === "institution")!;
  await assert.rejects(s.w.call(api.takeTicket, { id: t.id, version: t.version - 1 }, { as: s.rodrigue }), /network\.ticket-moved/);
  await assert.rejects(
    s.w.call(api.takeTicket, { id: t.id, version: t.version, to: uuid(77) }, { as: s.rodrigue }),
    /network\.not-an-engineer/,
  );
  await assert.rejects(s.w.call(api.closeTicket, { id: t.id, version: t.version }, { as: s.court }), /network\.ticket-state/);
  await end(uuid(2), "2026-11-23T09:40:00Z");
  await s.w.sweep("network.tickets");
  const done = await s.w.call(api.readTicket, { id: t.id }, { as: s.court });
  assert.equal(done.state, "resolved");
  await s.w.call(api.reopenTicket, { id: t.id, version: done.version, text: "Coupé de nouveau" }, { as: s.court });
  await assert.rejects(s.w.call(api.reopenTicket, { id: t.id, version: done.version, text: "Coupé" }, { as: s.court }), /ticket-moved/);
  const open = await s.w.call(api.readTicket, { id: t.id }, { as: s.court });
  assert.deepEqual([open.state, open.reopened], ["open", 1]);
  await s.w.sweep("network.tickets");
  const still = await s.w.call(api.readTicket, { id: t.id }, { as: s.court });
  assert.equal(still.state, "open", "the alarm is over, and somebody says that it is not");
});
