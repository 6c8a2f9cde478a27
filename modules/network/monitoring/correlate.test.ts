/** One cause is one alarm, whatever is missing and in whatever order it comes; two causes are two. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cutter } from "../resilience/cuts.ts";
import { model, type Model } from "../resilience/model.ts";
import { noPlant } from "../plant/shapes.ts";
import { candidatesOf, type Candidate } from "./candidates.ts";
import { correlate } from "./correlate.ts";
import { usualPolicy } from "./policy.ts";
import { turn } from "./rules.ts";
import type { Alarm } from "./shapes.ts";
import type { LinkSight, NodeSight, Sightings } from "./sightings.ts";

const t0 = Date.UTC(2026, 10, 23, 9);
function random(seed: number) {
  let s = (seed * 2654435761) >>> 0 || 1;
  const next = () => (s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return { next, below: (n: number) => Math.floor(next() * n), shuffled: <T>(l: readonly T[]) => l.map((v) => [next(), v] as const).toSorted((x, y) => x[0] - y[0]).map(([, v]) => v) }; // prettier-ignore
}
type Random = ReturnType<typeof random>;

/** A tree from the core with some links more, some of them in shared ground. */
function country(r: Random, size: number, more: number): Model {
  const p = noPlant();
  p.node = Array.from({ length: size }, (_, i) => ({ id: `n${i}`, name: `Node ${i}`, kind: i === 0 ? "core" : r.next() < 0.2 ? "hub" : "site", lon: i / 1000, lat: r.next() / 10, illustrative: true })); // prettier-ignore
  const link = (a: number, b: number) => p.cable.push({ id: `k${p.cable.length}`, a: `n${a}`, b: `n${b}`, length: 500 + r.below(20_000), strands: 12, ducts: [], illustrative: true }); // prettier-ignore
  for (let v = 1; v < size; v++) link(Math.max(0, v - 1 - r.below(5)), v);
  for (let i = 0; i < more; i++) {
    const [a, b] = [r.below(size), r.below(size)];
    if (a !== b) link(a, b);
  }
  for (let d = 0; d < size / 10; d++) {
    p.duct.push({ id: `d${d}`, kind: "duct", name: `Duct ${d}`, length: 200, illustrative: true });
    for (let i = 0; i < 2 + r.below(2); i++) p.cable[r.below(p.cable.length)]!.ducts.push(`d${d}`);
  }
  return model(p);
}

interface Event {
  at: number;
  cut: Candidate;
}
/** What is seen once all has been noticed: who is cut off is not heard; who is heard tells of the ends it sees. */
function seen(
  m: Model,
  events: readonly Event[],
  agents: ReadonlySet<number>,
  at: number,
  missing: (l: LinkSight) => boolean = () => false,
): Sightings {
  const dead = new Set(events.flatMap((e) => (e.cut.node === undefined ? [] : [e.cut.node])));
  const when = new Map<number, number>();
  for (const e of events) for (const l of e.cut.links) when.set(l, Math.min(e.at, when.get(l) ?? e.at));
  const gone = new Map<number, number>();
  const now: number[] = [];
  for (const e of events.toSorted((x, y) => x.at - y.at)) {
    now.push(...e.cut.links);
    if (e.cut.node !== undefined && !gone.has(e.cut.node)) gone.set(e.cut.node, e.at);
    for (const v of cutter(m.tree)(now)) if (!gone.has(v)) gone.set(v, e.at);
  }
  const nodes = new Map<number, NodeSight>();
  const links: LinkSight[] = [];
  for (const v of agents) {
    const lost = gone.get(v);
    nodes.set(v, lost === undefined ? { state: "heard", at: at - 3000 } : { state: "silent", at: lost - 4000 });
    if (lost !== undefined) continue;
    for (let k = m.graph.start[v]!; k < m.graph.start[v + 1]!; k++) {
      const l = m.graph.at[k]!;
      if (l >= m.spans.length) continue;
      const other = m.graph.a[l]! + m.graph.b[l]! - v;
      const cut = when.has(l) || dead.has(other);
      const sight: LinkSight = { link: l, node: v, up: !cut, carrier: !cut, since: cut ? when.get(l)! + 100 : t0 - 1e6 };
      if (!missing(sight)) links.push(sight);
    }
  }
  return { at, nodes, links };
}
const agentsOf = (m: Model, r: Random, share: number) => new Set(m.nodes.flatMap((_, v) => (v === 0 || r.next() < share ? [v] : [])));

function anyCause(m: Model, r: Random): Candidate {
  const all = candidatesOf(m);
  for (;;) {
    const l = r.below(m.spans.length);
    const what = r.below(4);
    if (what === 0) return all.node(1 + r.below(m.root - 1));
    const ducts = all.ducts(l);
    if (what === 1 && ducts.length) return ducts[r.below(ducts.length)]!;
    if (what > 1) return all.span(l);
  }
}

test("one cause is one finding, whatever the topology and whatever reports are missing", () => {
  const figures = { told: 0, exact: 0, named: 0 };
  for (let seed = 1; seed <= 800; seed++) {
    const r = random(seed);
    const m = country(r, 8 + r.below(60), r.below(30));
    const agents = agentsOf(m, r, 0.5 + r.next() / 2);
    const cut = anyCause(m, r);
    const s = seen(m, [{ at: t0, cut }], agents, t0 + 60_000, () => r.next() < 0.2);
    const evidence = s.links.some((x) => !x.up) || [...s.nodes.values()].some((n) => n.state === "silent");
    const found = correlate(m, s);
    assert.equal(found.length, evidence ? 1 : 0, `seed ${seed}: ${cut.kind} ${cut.element}: ${JSON.stringify(found)}`);
    if (!evidence) continue;
    const f = found[0]!;
    assert.deepEqual(f.silent, [...s.nodes].filter(([, n]) => n.state === "silent").map(([v]) => m.nodes[v]!.id).toSorted()); // prettier-ignore
    figures.told++;
    if (f.element === cut.element) figures.exact++;
    if (f.element === cut.element || f.others.some((x) => x.element === cut.element)) figures.named++;
  }
  assert.ok(figures.told > 600, JSON.stringify(figures));
  assert.ok(figures.exact / figures.told > 0.8, JSON.stringify(figures));
  assert.ok(figures.named / figures.told > 0.88, JSON.stringify(figures));
});

test("everything seen: the cut span, duct or place is named", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const r = random(seed);
    const m = country(r, 8 + r.below(40), 5 + r.below(20));
    const cut = candidatesOf(m).span(r.below(m.spans.length));
    const s = seen(m, [{ at: t0, cut }], agentsOf(m, r, 1), t0 + 60_000);
    assert.deepEqual(correlate(m, s).map((f) => [f.kind, f.element]), [["cut", cut.element]], `seed ${seed}`); // prettier-ignore
  }
});

test("the order in which things are told changes nothing", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const r = random(seed);
    const m = country(r, 8 + r.below(40), r.below(20));
    const events = [{ at: t0, cut: anyCause(m, r) }, { at: t0 + 300_000, cut: anyCause(m, r) }]; // prettier-ignore
    const s = seen(m, events, agentsOf(m, r, 0.8), t0 + 400_000);
    const again: Sightings = { at: s.at, nodes: new Map(r.shuffled([...s.nodes])), links: [...r.shuffled(s.links), ...s.links] };
    assert.deepEqual(correlate(m, again), correlate(m, s), `seed ${seed}`);
  }
});

test("two cuts at different times are two, the second one told with whom only both take down", () => {
  let both = 0;
  for (let seed = 1; seed <= 600; seed++) {
    const r = random(seed);
    const m = country(r, 10 + r.below(50), 5 + r.below(25));
    const all = candidatesOf(m);
    const [a, b] = [r.below(m.spans.length), r.below(m.spans.length)];
    if (a === b) continue;
    const events = [{ at: t0, cut: all.span(a) }, { at: t0 + 600_000, cut: all.span(b) }]; // prettier-ignore
    const s = seen(m, events, agentsOf(m, r, 1), t0 + 700_000);
    // both must have somebody left to tell of them
    if (![a, b].every((l) => s.links.some((x) => x.link === l && !x.up))) continue;
    const found = correlate(m, s);
    assert.deepEqual(found.map((f) => f.element), [all.span(a).element, all.span(b).element], `seed ${seed}`); // prettier-ignore
    if (found.every((f) => f.down.length > 0)) both++;
    assert.deepEqual(found.flatMap((f) => f.silent).toSorted(), [...s.nodes].filter(([, n]) => n.state === "silent").map(([v]) => m.nodes[v]!.id).toSorted()); // prettier-ignore
  }
  assert.ok(both > 10, `${both} pairs of which each took somebody down`);
});

const chain = (n: number) => {
  const p = noPlant();
  p.node = Array.from({ length: n }, (_, i) => ({ id: `n${i}`, name: `Node ${i}`, kind: i === 0 ? "core" : "site", lon: i / 100, lat: 0, illustrative: false })); // prettier-ignore
  p.cable = Array.from({ length: n - 1 }, (_, i) => ({ id: `k${i}`, a: `n${i}`, b: `n${i + 1}`, length: 1200, strands: 12, ducts: [], illustrative: false })); // prettier-ignore
  return model(p);
};

test("an agent alone on a living path is no dead site; its last words tell of power", () => {
  const m = chain(5);
  const heard = (v: number): [number, NodeSight] => [v, { state: "heard", at: t0 }];
  const living = [2, 3].map((l): LinkSight => ({ link: l, node: l === 2 ? 2 : 4, up: true, carrier: true, since: 0 }));
  const nodes = (last: NodeSight["power"]) => new Map([0, 1, 2, 4].map(heard)).set(3, { state: "silent", at: t0 - 60_000, ...(last ? { power: last } : {}) }); // prettier-ignore
  for (const power of [undefined, { source: "battery" as const, charge: 4 }]) {
    const [f, ...more] = correlate(m, { at: t0, nodes: nodes(power), links: living });
    assert.deepEqual([f?.kind, f?.element, f?.down, more], ["silent-agent", "n3", [], []]);
  }
  const dark = [{ link: 3, node: 3, up: false, carrier: false, since: t0 - 60_000 }];
  const last = new Map([0, 1, 2, 3].map(heard)).set(4, { state: "silent", at: t0 - 60_000, power: { source: "battery", charge: 4 } });
  const [p] = correlate(m, { at: t0, nodes: last, links: dark });
  assert.deepEqual([p?.kind, p?.element, p?.down], ["power", "n4", ["n4"]]);
});

test("light without neighbours is no cut; nobody heard is one alarm", () => {
  const m = chain(5);
  const nodes = new Map(m.nodes.map((_, v): [number, NodeSight] => [v, { state: "heard", at: t0 }]));
  const links = [1, 2].map((node): LinkSight => ({ link: 1, node, up: false, carrier: true, since: t0 - 5000 }));
  assert.deepEqual(correlate(m, { at: t0, nodes, links }).map((f) => [f.kind, f.element, f.by]), [["link-down", "k1", "adjacency"]]); // prettier-ignore
  const none = new Map(m.nodes.map((_, v): [number, NodeSight] => [v, { state: "silent", at: t0 - 90_000 + v }]));
  const found = correlate(m, { at: t0, nodes: none, links: [] });
  assert.deepEqual(found.map((f) => [f.kind, f.element, f.silent.length]), [["silent-agent", "n0", 5]]); // prettier-ignore
});

/** The alarm list over time, as the house keeps it. */
function keeper(m: Model) {
  let list: Alarm[] = [];
  let down = new Map<string, readonly string[]>();
  let serial = 0;
  const told: string[] = [];
  return {
    told,
    open: () => list.filter((a) => a.ended === null),
    all: () => list,
    look(s: Sightings) {
      const changes = turn({
        known: list,
        downBefore: down,
        findings: correlate(m, s),
        now: new Date(s.at),
        policy: usualPolicy,
        sites: (x) => x.length,
        explain: (f) => ({ fr: f.kind, en: f.kind }),
        simulated: () => false,
        uuid: () => `a${(serial += 1)}`,
      });
      for (const c of changes) {
        list = [...list.filter((a) => a.id !== c.alarm.id), c.alarm].toSorted((x, y) => x.began.getTime() - y.began.getTime());
        down = new Map(down).set(c.alarm.id, c.down);
        told.push(...c.whats);
      }
      return changes;
    },
  };
}

test("evidence that comes piece by piece, late, twice or never is one alarm all along, and its end has a duration", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const r = random(seed);
    const m = country(r, 10 + r.below(50), r.below(10));
    const agents = agentsOf(m, r, 0.9);
    const cut = candidatesOf(m).span(r.below(m.spans.length));
    const whole = seen(m, [{ at: t0, cut }], agents, t0 + 60_000);
    const k = keeper(m);
    const silent = [...whole.nodes].filter(([, n]) => n.state === "silent").map(([v]) => v);
    const alarms = new Set<string>();
    // who is not heard is late first, then silent, each in its own time; ends tell when they tell
    const order = r.shuffled(silent);
    const ends = r.shuffled(whole.links.filter((x) => !x.up));
    for (let step = 0; step <= 12; step++) {
      const at = t0 + 36_000 + step * 1000;
      const quiet = new Set(order.slice(0, Math.ceil((order.length * Math.min(step, 10)) / 10)));
      const nodes = new Map(
        [...whole.nodes].map(([v, n]): [number, NodeSight] => [v, n.state === "silent" && !quiet.has(v) ? { ...n, state: "late" } : n]),
      );
      const spoke = new Set(ends.slice(0, Math.floor((ends.length * step) / 10)));
      const links = whole.links.filter((x) => x.up || spoke.has(x));
      const s = { at, nodes, links };
      k.look(s);
      assert.deepEqual(k.look(s), [], "the same look again changes nothing");
      for (const a of k.open()) alarms.add(a.id);
    }
    const there = whole.links.some((x) => !x.up) || silent.length > 1;
    assert.equal(k.open().length, there ? 1 : 0, `seed ${seed}: ${JSON.stringify(k.open())}`);
    assert.ok(alarms.size <= 1, `seed ${seed}: ${alarms.size} alarms were there at one time or another`);
    if (!there) continue;
    const well = seen(m, [], agents, t0 + 120_000);
    k.look(well);
    k.look({ ...well, at: t0 + 131_000 });
    assert.equal(k.open().length, 0);
    assert.equal(k.all()[0]!.ended?.getTime(), t0 + 120_000, "since its evidence was gone");
    assert.equal(k.told.at(-1), "cleared");
  }
});

test("a flapping link is one alarm with a count, and is told cleared only when it stays up", () => {
  const m = chain(4);
  const k = keeper(m);
  const agents = new Set([0, 1, 2, 3]);
  const down = (at: number) => seen(m, [{ at: at - 5000, cut: candidatesOf(m).span(1) }], agents, at);
  let at = t0;
  for (let i = 0; i < 6; i++) {
    k.look(down((at += 20_000)));
    k.look(seen(m, [], agents, (at += 8000)));
  }
  assert.equal(k.all().length, 1);
  assert.equal(k.all()[0]!.occurrences, 6);
  assert.deepEqual(k.told.filter((x) => x === "cleared"), []); // prettier-ignore
  for (let i = 0; i < 2; i++) k.look(seen(m, [], agents, (at += 200_000)));
  assert.equal(k.told.at(-1), "cleared");
  k.look(down((at += 30_000)));
  assert.equal(k.open()[0]?.occurrences, 7, "back within the window: the same alarm");
  assert.equal(k.all().length, 1);
});

test("a big cut among 10,000 sites is explained in milliseconds", () => {
  const r = random(7);
  const m = country(r, 10_000, 0);
  candidatesOf(m);
  const agents = agentsOf(m, r, 1);
  const sizes = m.spans.map((_, l) => [l, cutter(m.tree)([l]).length] as const).filter(([, n]) => n > 1000 && n < 6000);
  const [cut] = sizes[sizes.length >> 1]!;
  const whole = seen(m, [{ at: t0, cut: candidatesOf(m).span(cut) }], agents, t0 + 60_000);
  const blind = { ...whole, links: whole.links.filter((x) => x.up) };
  for (const s of [whole, blind]) {
    const times = [0, 1, 2].map(() => {
      const began = performance.now();
      const found = correlate(m, s);
      assert.equal(found.length, 1);
      assert.ok(found[0]!.silent.length > 1000);
      return performance.now() - began;
    });
    assert.ok(times.toSorted((x, y) => x - y)[1]! < 500, `${times.map(Math.round).join()} ms`);
  }
});
