import type { Model } from "../resilience/model.ts";
import { candidatesOf, type Candidate } from "./candidates.ts";
import { mayBeDown, togetherMs, type Cause } from "./cause.ts";
import type { Sightings } from "./sightings.ts";

/** So many candidates are tried a round, those above most silent places first. */
const mostTried = 64;

/**
 * Explains the places that are not heard: first by causes found already, then by something above several of them that
 * nobody who is heard contradicts. Adds to `causes`; returns the places that stay alone.
 */
export function silentCauses(
  m: Model,
  s: Sightings,
  o: { causes: Cause[]; up: ReadonlySet<number>; silent: readonly number[]; falls: (cut: readonly number[]) => Int32Array },
): number[] {
  const { causes, up, falls } = o;
  const left = new Set(o.silent);
  const cut = () => causes.flatMap((c) => [...c.candidate.links]);
  const take = (c: Cause, fallen: Iterable<number>) => {
    const more = [...fallen].filter((v) => left.delete(v));
    c.silent.push(...more);
    // a node that is down itself falls silent at that moment
    if (c.seen.length === 0) c.began = Math.min(c.began, ...more.map((v) => s.nodes.get(v)!.at));
  };
  for (const c of causes) {
    if (c.candidate.node !== undefined) take(c, [c.candidate.node]);
    take(c, falls(c.candidate.links));
  }
  // several cuts together may take down whom none takes down alone: told with the last of them
  const latest = causes.toSorted((x, y) => y.began - x.began)[0];
  if (latest) take(latest, falls(cut()));

  while (left.size > 0) {
    const above = climb(m, s, left);
    const known = cut();
    const before = new Set(falls(known));
    let best: { c: Candidate; got: number[]; widens: Cause | undefined; unknown: number } | undefined;
    const same: Candidate[] = [];
    for (const { c, most } of above) {
      // nobody after this one explains more; together with cuts known already one may take down others than hang below it
      if (best && known.length === 0 && most < best.got.length) break;
      if (c.links.some((l) => up.has(l))) continue;
      const fallen = [...falls([...known, ...c.links])].filter((v) => !before.has(v));
      if (c.node !== undefined && !fallen.includes(c.node)) fallen.push(c.node);
      if (fallen.some((v) => s.nodes.get(v)?.state === "heard")) continue;
      const got = fallen.filter((v) => left.has(v));
      const widens = causes.find(
        (x) => x.seen.length > 0 && c !== x.candidate && x.seen.every((l) => c.links.includes(l)) && near(s, x, got),
      );
      // one place alone may be its agent: it takes a cause that is there already
      if (got.length < (widens ? 1 : 2)) continue;
      const next = { c, got, widens, unknown: fallen.length - got.length };
      if (best && got.length === best.got.length && (got.length === left.size || equal(got, best.got)))
        same.push(preferred(next, best) ? best.c : c);
      if (!best || got.length > best.got.length || (got.length === best.got.length && preferred(next, best))) best = next;
    }
    if (!best) break;
    const { c, got, widens } = best;
    const others = same.filter((x) => x !== c);
    if (widens) Object.assign(widens, { candidate: c, others });
    const cause = widens ?? { candidate: c, seen: [], silent: [], began: Number.POSITIVE_INFINITY, others };
    if (!widens) causes.push(cause);
    take(cause, got);
  }
  for (const c of causes) c.others = [...new Set(c.others)].filter((x) => x !== c.candidate).slice(0, 5);
  return [...left].toSorted((x, y) => x - y);
}

/** What lies between the silent places and those that are heard, by how many of them hang below it: more it cannot explain. */
function climb(m: Model, s: Sightings, left: ReadonlySet<number>): { c: Candidate; most: number }[] {
  const all = candidatesOf(m);
  const t = m.tree;
  const below = new Map<number, number>();
  // from the leaves up, each link once: what hangs below adds up
  const carried = new Map<number, number>();
  const order = new Set<number>();
  for (const v of left) {
    for (let u = v; u !== m.root && u >= 0 && !order.has(u);) {
      order.add(u);
      const l = t.parentLink[u]!;
      if (l < 0 || l >= m.spans.length) break;
      const w = m.graph.a[l]! + m.graph.b[l]! - u;
      if (w === m.root || !mayBeDown(s, w)) break;
      u = w;
    }
  }
  for (const u of [...order].toSorted((x, y) => t.tin[y]! - t.tin[x]!)) {
    const n = (carried.get(u) ?? 0) + (left.has(u) ? 1 : 0);
    const l = t.parentLink[u]!;
    if (l < 0 || l >= m.spans.length) continue;
    below.set(l, n);
    const w = m.graph.a[l]! + m.graph.b[l]! - u;
    if (w !== m.root) carried.set(w, (carried.get(w) ?? 0) + n);
  }
  const score = new Map<Candidate, number>();
  const add = (c: Candidate, n: number) => score.set(c, (score.get(c) ?? 0) + n);
  for (const [l, n] of below) {
    add(all.span(l), n);
    for (const d of all.ducts(l)) add(d, n);
  }
  for (const u of order) if (mayBeDown(s, u)) add(all.node(u), Math.max(carried.get(u) ?? 0, 0) + 1);
  return [...score]
    .toSorted(([x, i], [y, k]) => k - i || x.links.length - y.links.length || (x.element < y.element ? -1 : 1))
    .slice(0, mostTried)
    .map(([c, most]) => ({ c, most }));
}

const equal = (x: readonly number[], y: readonly number[]) => x.length === y.length && new Set([...x, ...y]).size === x.length;

/** A cause known already that turns out wider; then what claims fewest beyond; a stretch before ground before a place; the likelier. */
function preferred(x: { c: Candidate; widens: unknown; unknown: number }, y: { c: Candidate; widens: unknown; unknown: number }): boolean {
  if ((x.widens !== undefined) !== (y.widens !== undefined)) return x.widens !== undefined;
  if (x.unknown !== y.unknown) return x.unknown < y.unknown;
  const rank = { span: 0, duct: 1, node: 2 };
  if (x.c.kind !== y.c.kind) return rank[x.c.kind] < rank[y.c.kind];
  return x.c.rate !== y.c.rate ? x.c.rate > y.c.rate : x.c.element < y.c.element;
}

/** They were heard for the last time when that happened, or a report's length before. */
function near(s: Sightings, c: Cause, got: readonly number[]): boolean {
  return got.every((v) => Math.abs(s.nodes.get(v)!.at - c.began) <= togetherMs);
}
