/** Works on the network: who is touched, who decides, who is told, and each once. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { factsOf } from "#kernel";
import * as api from "#network/api";
import { plannedWork } from "../../modules/network/works/doors.ts";
import { runSendNotices } from "../../modules/network/works/notices.ts";
import { serviceWorld, uuid, type ServiceWorld } from "./service-world.ts";

let s: ServiceWorld;
before(async () => (s = await serviceWorld()));
after(() => s?.w.close());

const day = (d: number, h: number) => `2026-12-${String(d).padStart(2, "0")}T${String(h).padStart(2, "0")}:00`;
const open = (elements: string[], starts: string, ends: string, as = s.rodrigue) =>
  s.w.call(api.openWork, { title: "Remplacement de câble", reason: "Câble vieilli", starts, ends, elements }, { as });
const propose = async (elements: string[], starts: string, ends: string, force?: string) => {
  const work = await open(elements, starts, ends);
  await s.w.call(api.proposeWork, { id: work.id, version: 1, ...(force ? { force } : {}) }, { as: s.rodrigue });
  return work;
};
const approve = async (elements: string[], starts: string, ends: string, force?: string) => {
  const work = await propose(elements, starts, ends, force);
  return s.w.call(api.approveWork, { id: work.id, version: 1 }, { as: s.alizeta });
};
const read = (id: string) => s.w.call(api.readWork, { id }, { as: s.rodrigue });
const mails = async () =>
  (await s.w.owner("select institution, subject, body from messages.message order by created_at, institution")).rows as {
    institution: string;
    subject: string;
    body: string;
  }[];
const fieldsOf = (error: unknown) => (error as { more: { fields?: { path: string; message: { fr: string } }[] } }).more.fields ?? [];

test("what is touched: cut off, left with one way, institutions, in the order they are said", async () => {
  const ring = await read((await open(["k2"], day(1, 8), day(1, 12))).id);
  assert.deepEqual(ring.sites.map((x) => [x.id, x.effect]), [["court", "one-way"], ["oni", "one-way"]]); // prettier-ignore
  assert.deepEqual(ring.institutions.map((i) => [i.id, i.effect]).toSorted(), [["bf-ca-ouagadougou", "one-way"], ["bf-oni", "one-way"]]); // prettier-ignore
  assert.match(ring.preview!.body, /En service par l’autre chemin, sans secours/u);
  const duct = await read((await open(["d1"], day(1, 8), day(1, 12))).id);
  assert.deepEqual(duct.sites.map((x) => [x.id, x.effect]), [["cil", "down"], ["court", "one-way"], ["oni", "one-way"]]); // prettier-ignore
  const device = await read((await open(["sw"], day(1, 8), day(1, 12))).id);
  assert.deepEqual(device.sites.map((x) => [x.id, x.effect]), [["cil", "down"]]); // prettier-ignore
  const hub = await read((await open(["oni"], day(1, 8), day(1, 12))).id);
  assert.deepEqual(hub.sites.filter((x) => x.effect === "down").map((x) => x.id), ["cil", "oni"]); // prettier-ignore
});

test("bad windows, unknown elements, oversize words, other people: refused", async () => {
  const bad = [
    [day(2, 8), day(2, 8)],
    [day(3, 8), day(2, 8)],
    ["2026-11-22T08:00", day(2, 8)],
    [day(1, 8), "2027-02-01T08:00"],
    ["2026-12-32T08:00", day(2, 8)],
  ] as const;
  for (const [a, b] of bad) await assert.rejects(open(["k1"], a, b), /network\.work-window/, `${a} ${b}`);
  for (const text of ["demain", "2026-12-01", "2026-12-01 08:00", "x".repeat(4000)])
    await assert.rejects(open(["k1"], text, day(2, 8)), /kernel\.invalid-input/);
  await assert.rejects(open(["k1", "nothing"], day(1, 8), day(1, 9)), /network\.work-elements/);
  await assert.rejects(open([], day(1, 8), day(1, 9)), /invalid-input/);
  await assert.rejects(open(["k1"], day(1, 8), day(1, 9), s.court), /kernel\.forbidden/);
  await assert.rejects(s.w.call(api.openWork, { title: "x".repeat(5000), reason: "xxx", starts: day(1, 8), ends: day(1, 9), elements: ["k1"] }, { as: s.rodrigue }), /invalid-input/); // prettier-ignore
  await assert.rejects(s.w.call(api.readWork, { id: uuid(9) }, { as: s.rodrigue }), /network\.work-unknown/);
  for (const as of [s.w.stranger, s.w.citizen(), s.court]) await assert.rejects(s.w.call(api.listWorks, {}, { as }), /kernel\./);
});

test("who would be cut off is named, and a reason is kept; nobody approves their own; an approval is not replayed", async () => {
  const w = await open(["k4"], day(4, 8), day(4, 10));
  await assert.rejects(s.w.call(api.proposeWork, { id: w.id, version: 1 }, { as: s.rodrigue }), (error) => {
    assert.match(String(error), /work-isolates/);
    assert.deepEqual(fieldsOf(error).map((f) => f.path), ["node.cil"]); // prettier-ignore
    return true;
  });
  await s.w.call(api.proposeWork, { id: w.id, version: 1, force: "De nuit, avec l’accord de la CIL" }, { as: s.rodrigue });
  await assert.rejects(s.w.call(api.approveWork, { id: w.id, version: 1 }, { as: s.rodrigue }), /network\.own-work/);
  await assert.rejects(s.w.call(api.refuseWork, { id: w.id, version: 1, reason: "non" }, { as: s.rodrigue }), /network\.own-work/);
  await assert.rejects(s.w.call(api.approveWork, { id: w.id, version: 7 }, { as: s.alizeta }), /network\.work-moved/);
  const done = await s.w.call(api.approveWork, { id: w.id, version: 1 }, { as: s.alizeta });
  assert.equal(done.notices, 1);
  await assert.rejects(s.w.call(api.approveWork, { id: w.id, version: 1 }, { as: s.alizeta }), /network\.work-state/);
  assert.equal((await read(w.id)).forced, "De nuit, avec l’accord de la CIL");
  const types = (await s.w.transaction((ctx) => factsOf(ctx, { subject: `network:work:${w.id}` }))).map((f) => f.type).toReversed();
  assert.deepEqual(types, ["network.work-written", "network.work-proposed", "network.work-approved"]);
  // written by the second hand as well, it needs a third one
  const changed = await s.w.call(api.changeWork, { id: w.id, version: 1, title: "Autre titre" }, { as: s.alizeta });
  await s.w.call(api.proposeWork, { id: w.id, version: changed.version, force: "idem" }, { as: s.alizeta });
  await assert.rejects(s.w.call(api.approveWork, { id: w.id, version: changed.version }, { as: s.alizeta }), /network\.own-work/);
  await s.w.call(api.cancelWork, { id: w.id, version: changed.version, reason: "Sans objet" }, { as: s.alizeta });
});

test("two works that only together cut a place off are found, and the second one needs a reason", async () => {
  const one = await approve(["k1"], day(6, 8), day(6, 12));
  await assert.rejects(propose(["k2"], day(6, 11), day(6, 14)), (error) => {
    assert.match(String(error), /work-isolates/);
    assert.match(fieldsOf(error)[0]!.message.fr, new RegExp(`COURT.*travaux n° ${one.number}`, "u"));
    return true;
  });
  const clash = await read((await open(["k2"], day(6, 11), day(6, 14))).id);
  assert.deepEqual(clash.together.map((t) => [t.works.map((x) => x.number), t.sites.map((x) => x.id)]), [[[clash.number, one.number], ["court"]]]); // prettier-ignore
  assert.deepEqual((await read((await open(["k2"], day(6, 12), day(6, 14))).id)).together, [], "one begins when the other ends");
  await s.w.call(api.cancelWork, { id: one.id, version: 1, reason: "Reporté" }, { as: s.alizeta });
  await propose(["k2"], day(6, 11), day(6, 14));
});

test("each institution is told once, some days ahead; again when it changes or is called off; who no longer concerns it hears that", async () => {
  await s.w.owner("update network.work_notice set state = 'superseded' where state = 'due'");
  const before = (await mails()).length;
  const w = await approve(["k2"], day(10, 8), day(10, 12));
  await s.w.settle();
  assert.equal((await mails()).length, before, "seventeen days ahead: not yet");
  assert.deepEqual((await s.w.call(api.listOwnWorks, {}, { as: s.court })).works, []);
  s.w.clock.set(new Date("2026-12-03T08:30:00Z"));
  await s.w.sweep("network.notices");
  await s.w.sweep("network.notices");
  const told = (await mails()).slice(before);
  assert.deepEqual(told.map((m) => m.institution).toSorted(), ["bf-ca-ouagadougou", "bf-oni"]); // prettier-ignore
  assert.match(told[0]!.body, /jeudi 10 décembre 2026, de 08:00 à 12:00/u);
  assert.deepEqual((await s.w.call(api.listOwnWorks, {}, { as: s.court })).works.map((x) => [x.number, x.kind, x.effect]), [[w.number, "announced", "one-way"]]); // prettier-ignore
  // moved, and to other spans: the court no longer is concerned
  s.w.clock.advance(60);
  const changed = await s.w.call(
    api.changeWork,
    { id: w.id, version: 1, starts: day(10, 8), ends: day(10, 9), elements: ["k4"] },
    { as: s.rodrigue },
  );
  assert.equal(await s.w.transaction((ctx) => plannedWork(ctx, { elements: ["k2"], at: new Date("2026-12-10T09:00:00Z") })), undefined);
  await s.w.call(api.proposeWork, { id: w.id, version: changed.version, force: "Prévu avec la CIL" }, { as: s.rodrigue });
  await s.w.call(api.approveWork, { id: w.id, version: changed.version }, { as: s.alizeta });
  await s.w.settle();
  const again = (await mails()).slice(before + 2);
  assert.deepEqual(again.map((m) => [m.institution, /annulation/u.test(m.subject)]).toSorted(), [["bf-ca-ouagadougou", true], ["bf-cil", false], ["bf-oni", true]]); // prettier-ignore
  s.w.clock.advance(60);
  await s.w.call(api.cancelWork, { id: w.id, version: changed.version, reason: "La pluie." }, { as: s.rodrigue });
  await s.w.settle();
  const last = (await mails()).slice(before + 5);
  assert.deepEqual(last.map((m) => [m.institution, m.body.includes("La pluie.")]), [["bf-cil", true]]); // prettier-ignore
});

test("killed between the decision and the sending, or in the middle of it: told once, not twice and not never", async () => {
  const before = (await mails()).length;
  s.w.clock.set(new Date("2026-12-11T08:00:00Z"));
  await approve(["k2"], day(13, 8), day(13, 12));
  const host = s.w.kernel.host;
  const dying = {
    clock: host.clock,
    metric: host.metric,
    // everything was written; the process is gone before its commit
    transaction: ((fn: never) =>
      host.transaction(async (ctx) => {
        await (fn as (c: typeof ctx) => Promise<unknown>)(ctx);
        throw new Error("killed");
      })) as typeof host.transaction,
  };
  await assert.rejects(runSendNotices(dying), /killed/);
  assert.equal((await mails()).length, before);
  await Promise.all([runSendNotices(host), runSendNotices(host)]);
  await s.w.settle();
  await s.w.sweep("network.notices");
  assert.deepEqual((await mails()).slice(before).map((m) => m.institution).toSorted(), ["bf-ca-ouagadougou", "bf-oni"]); // prettier-ignore
});

test("where an institution wants to be told is its own to say; without an address the planner sees it, and it goes out later", async () => {
  const before = (await mails()).length;
  await s.w.call(api.changeContact, { email: "greffe@tribunal.example", phone: "70 00 00 99", lang: "en" }, { as: s.court });
  await approve(["k1"], day(14, 8), day(14, 12));
  await s.w.settle();
  const court = (await s.w.owner("select channel, address, lang, body from messages.message where address in ('greffe@tribunal.example', '+22670000099') and body like '%14%' order by channel")).rows; // prettier-ignore
  assert.deepEqual(court.map((m: { channel: string; address: string; lang: string }) => [m.channel, m.address, m.lang]), [["email", "greffe@tribunal.example", "en"], ["sms", "+22670000099", "en"]]); // prettier-ignore
  assert.ok((await mails()).length >= before + 3);
  for (const q of [
    { lang: "fr" },
    { email: "pas une adresse", lang: "fr" },
    { email: "a@b.example\r\nBcc: x@y.example", lang: "fr" },
    { phone: "12", lang: "fr" },
  ] as const)
    await assert.rejects(s.w.call(api.changeContact, q, { as: s.court }), /invalid-input/);
  await assert.rejects(s.w.call(api.changeContact, { email: "x@y.example", lang: "fr" }, { as: s.rodrigue }), /kernel\.forbidden/);
  // nobody known at the CIL any more
  await s.w.owner(
    "insert into network.contact (institution, email, lang, changed_at) values ('bf-cil', 'perdue', 'fr', now()) on conflict do nothing",
  );
  const w = await approve(["k4"], day(15, 8), day(15, 9), "Accord de la CIL");
  await s.w.settle();
  const cil = async () => (await read(w.id)).notices.find((n) => n.institution === "bf-cil")?.state;
  assert.equal(await cil(), "unaddressed");
  const them = s.w.clerk("bf-cil", ["network.follow-service"]);
  assert.equal((await s.w.call(api.changeContact, { email: "reseau@cil.example", lang: "fr" }, { as: them })).due, 1);
  await s.w.settle();
  assert.equal(await cil(), "sent");
});

test("an alarm is planned when its cause is under the work; not when somebody else cuts off the same place elsewhere", async () => {
  await approve(["k3"], day(20, 8), day(20, 12));
  const at = new Date("2026-12-20T09:00:00Z");
  const planned = (elements: string[], when = at) => s.w.transaction((ctx) => plannedWork(ctx, { elements, at: when }));
  assert.ok(await planned(["k3", "k3", "court"]));
  assert.equal(await planned(["k1", "k1", "court"]), undefined);
  assert.equal(await planned(["k3"], new Date("2026-12-20T12:00:00Z")), undefined, "the window is over");
  assert.equal(await planned([]), undefined);
  const w = await approve(["k4"], day(21, 8), day(21, 12), "Accord de la CIL");
  const later = new Date("2026-12-21T09:00:00Z");
  assert.equal((await planned(["cil"], later))?.id, w.id, "the node that falls is covered");
  assert.equal((await planned(["d1", "k4", "cil"], later))?.id, w.id, "a duct named as the cause of the very span that is worked on");
  assert.equal(await planned(["d1", "k4", "k2", "cil"], later), undefined, "the duct took more than the work");
});
