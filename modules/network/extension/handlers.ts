import type { Context, InputOf, OutputOf } from "#kernel";
import { divisions, institutions, outline } from "#registry";
import type * as api from "./contracts.ts";
import { assign, withPlan } from "../addressing/assign.ts";
import { parseCidr } from "../addressing/prefix.ts";
import { usualPools } from "../addressing/pools.ts";
import { tenantsOf } from "../addressing/tenants.ts";
import { addressesAssigned } from "../branches/facts.ts";
import { begin } from "../branches/begin.ts";
import * as problems from "../branches/problems.ts";
import { replay } from "../branches/rules.ts";
import { current } from "../plant/current.ts";
import { digestOf, write } from "../plant/load.ts";
import { lastRevision, lockPlant, plantAt } from "../plant/store.ts";
import { noNetwork } from "../problems.ts";
import type { Point } from "../plant/shapes.ts";
import type { Model } from "../resilience/model.ts";
import { disjointPaths } from "../resilience/paths.ts";
import { spanName } from "../resilience/model.ts";
import { folded, round } from "../resilience/views.ts";
import { classesOf, demands, loads, yearsUntilFull, type Load } from "./capacity.ts";
import { connect, type Way } from "./connect.ts";
import { accessPoints, distancesTo, type Place } from "./coverage.ts";
import { changesFor, type Order } from "./order.ts";
import { pricesOf, usualDemand } from "./prices.ts";
import { billOf } from "./quantities.ts";

type In<K extends keyof typeof api> = InputOf<(typeof api)[K]>;
type Out<K extends keyof typeof api> = Promise<OutputOf<(typeof api)[K]>>;

/** Nobody plans a first cable longer than this at a desk: it is a backbone, drawn as a branch. */
const farthest = 150_000;

const connectedPlaces = (m: Model): Place[] =>
  m.nodes.flatMap((n, v) =>
    n.kind !== "joint" && m.tree.tin[v] !== -1 ? [{ id: n.id, name: n.name, point: [n.lon, n.lat] as Point }] : [],
  );

/** Sites of the registry with a point, and how many institutions work there. */
async function publicSites(ctx: Context): Promise<Map<string, Place & { institutions: number }>> {
  const out = new Map<string, Place & { institutions: number }>();
  for (const i of await institutions(ctx)) {
    if (i.state !== "active") continue;
    for (const s of i.sites) {
      if (!s.point) continue;
      const known = out.get(s.id);
      if (known) known.institutions++;
      else out.set(s.id, { id: s.id, name: ctx.say(s.name), point: s.point, institutions: 1 });
    }
  }
  return out;
}

export async function listUnconnected(ctx: Context, q: In<"listUnconnected">): Out<"listUnconnected"> {
  const { model: m } = await current(ctx);
  const joined = new Set(m.nodes.flatMap((n) => (n.site ? [n.site] : [])));
  const sought = folded(q.q?.trim() ?? "");
  const all = await publicSites(ctx);
  const open = [...all.values()].filter((s) => !joined.has(s.id) && (!sought || folded(`${s.name} ${s.id}`).includes(sought)));
  const names = new Map(m.nodes.map((n) => [n.id, n.name]));
  const far = distancesTo(open, connectedPlaces(m)).toSorted((x, y) => x.metres - y.metres || (x.place.id < y.place.id ? -1 : 1));
  const from = q.from ?? 0;
  const end = from + (q.limit ?? 50);
  return {
    sites: far
      .slice(from, end)
      .map((d) => ({ ...all.get(d.place.id)!, km: round(d.metres / 1000), nearest: names.get(d.nearest) ?? d.nearest })),
    total: far.length,
    ...(end < far.length ? { next: end } : {}),
  };
}

interface Proposed {
  order: Order;
  ways: Way[];
  shared: number[];
  changes: ReturnType<typeof changesFor>;
  model: Model;
}

async function propose(ctx: Context, q: In<"proposeSite">): Promise<Proposed> {
  const { model: m } = await current(ctx);
  const known = q.site === undefined ? undefined : (await publicSites(ctx)).get(q.site);
  if (q.site !== undefined && !known) throw problems.siteUnknown();
  if (q.site !== undefined && m.nodes.some((n) => n.site === q.site)) throw problems.siteJoined();
  const point: Point | undefined = known?.point ?? (q.lon !== undefined && q.lat !== undefined ? [q.lon, q.lat] : undefined);
  if (!point || !(known ?? q.name)) throw problems.siteUnknown();
  const [w, s, e, n] = ctx.country.get(outline).bbox ?? [-180, -90, 180, 90];
  if (point[0] < w! || point[0] > e! || point[1] < s! || point[1] > n!) throw problems.outside();
  const order: Order = {
    name: q.name ?? known!.name,
    point,
    site: q.site,
    establishments: q.establishments,
    laying: q.laying ?? "trench",
    strands: 24,
  };
  const found = connect(m, point, { ways: q.ways === 1 ? 1 : 2, within: farthest });
  if (!found) throw problems.noWayThere();
  const ways = [found.first, ...(found.second ? [found.second] : [])];
  return { order, ways, shared: found.shared, changes: changesFor(m, order, found), model: m };
}

export async function proposeSite(ctx: Context, q: In<"proposeSite">): Out<"proposeSite"> {
  const { order, ways, shared, changes, model: m } = await propose(ctx, q);
  const file = pricesOf(ctx);
  const { perEstablishment, growth } = file?.demand ?? usualDemand;
  const found = loadsOf(m, perEstablishment);
  const demand = perEstablishment * (order.establishments ?? 1);
  return {
    place: { id: order.site ?? changes[0]!.id, name: order.name, point: order.point },
    ways: ways.map((way) => {
      const n = m.nodes[way.node]!;
      const tight = tightest(m, found, way.node);
      const years = tight && yearsUntilFull(tight.worst + demand, tight.rate, growth);
      return {
        node: { id: n.id, name: n.name, point: [n.lon, n.lat] },
        km: round(way.metres / 1000),
        spare: tight ? round(Math.max(0, tight.rate - tight.worst)) : 0,
        ...(years === undefined ? {} : { years }),
      };
    }),
    disjoint: ways.length === 2 && shared.length === 0,
    shared: shared.map((f) => m.failures[f]!.name),
    demand,
    growth,
    bill: billOf(m.plant, replay(m.plant, changes).plant, file?.prices),
    currency: ctx.country.currency.code,
    illustrativePrices: file?.illustrative ?? false,
    ...(file ? { prices: ctx.say(file.notice) } : {}),
  };
}

/** The span with least left on the shortest way from a node to its core. */
function tightest(m: Model, found: Load[], node: number): Load | undefined {
  const [way] = disjointPaths(m.graph, m.length, node, m.root).toSorted((x, y) => x.length - y.length);
  const spans = (way ?? []).filter((l) => l < m.spans.length).map((l) => found[l]!);
  return spans.toSorted((x, y) => x.rate - x.worst - (y.rate - y.worst))[0] ?? { rate: 10_000, usual: 0, worst: 0, by: -1 };
}

export async function orderSite(ctx: Context, q: In<"orderSite">): Out<"orderSite"> {
  const { order, changes } = await propose(ctx, q);
  const title = (ctx.lang === "en" ? `Join ${order.name}` : `Raccorder ${order.name}`).slice(0, 200);
  const { id, number } = await begin(ctx, { title, changes });
  return { id, number };
}

const thought = new WeakMap<Model, Map<number, { spans: Load[]; complete: boolean }>>();
function whole(m: Model, per: number) {
  const known = thought.get(m) ?? new Map<number, { spans: Load[]; complete: boolean }>();
  thought.set(m, known);
  const found = known.get(per) ?? loads(m, per);
  if (known.size < 8) known.set(per, found);
  return found;
}
const loadsOf = (m: Model, per: number): Load[] => whole(m, per).spans;

export async function readCapacity(ctx: Context, q: In<"readCapacity">): Out<"readCapacity"> {
  const { model: m } = await current(ctx);
  const usual = pricesOf(ctx)?.demand ?? usualDemand;
  const [perEstablishment, growth] = [q.perEstablishment ?? usual.perEstablishment, q.growth ?? usual.growth];
  const { spans, complete } = whole(m, perEstablishment);
  const list = spans.map((s, l) => ({ s, l })).filter(({ s }) => s.worst > 0);
  return {
    perEstablishment,
    growth,
    complete,
    total: round(demands(m, perEstablishment).reduce((n, d) => n + d, 0)),
    spans: list
      .toSorted((x, y) => y.s.worst / y.s.rate - x.s.worst / x.s.rate || x.l - y.l)
      .slice(0, q.limit ?? 50)
      .map(({ s, l }) => {
        const years = yearsUntilFull(s.worst, s.rate, growth);
        return {
          id: m.spans[l]!.id,
          name: spanName(m, m.spans[l]!),
          kind: m.spans[l]!.kind,
          rate: s.rate,
          usual: round(s.usual),
          worst: round(s.worst),
          ...(s.by >= 0 ? { by: m.failures[s.by]!.name } : {}),
          ...(years === undefined ? {} : { years }),
          classes: classesOf(s.worst, s.rate, usual.classes).map((c) => ({ ...c, load: round(c.load), sure: round(c.sure) })),
        };
      }),
  };
}

const bands = [1, 5, 10, 25, 50, 100];

export async function readCoverage(ctx: Context, q: In<"readCoverage">): Out<"readCoverage"> {
  const { model: m } = await current(ctx);
  const km = q.km ?? 25;
  const all = await divisions(ctx);
  const drawn = all.filter((d) => d.lon !== null && d.lat !== null);
  // the finest level that has points: communes, whatever a country calls them
  const levels = Map.groupBy(drawn, (d) => d.level);
  const [level, list] = [...levels].toSorted((x, y) => y[1].length - x[1].length)[0] ?? ["", []];
  const places = list.map((d): Place => ({ id: d.id, name: ctx.say(d.name), point: [d.lon!, d.lat!] }));
  const connected = connectedPlaces(m);
  const names = new Map(m.nodes.map((n) => [n.id, n.name]));
  const far = distancesTo(places, connected).toSorted((x, y) => y.metres - x.metres || (x.place.id < y.place.id ? -1 : 1));
  const gaps = far.filter((d) => d.metres > km * 1000);
  const edges = [...bands, Infinity];
  return {
    km,
    level,
    places: places.length,
    unlocated: all.filter((d) => d.level === level).length - places.length,
    gaps: gaps.length,
    bands: edges.map((upTo, i) => ({
      ...(upTo === Infinity ? {} : { upTo }),
      places: far.filter((d) => d.metres <= upTo * 1000 && d.metres > (i ? edges[i - 1]! * 1000 : -1)).length,
    })),
    farthest: far
      .slice(0, q.limit ?? 40)
      .map((d) => ({ ...d.place, km: round(d.metres / 1000, 1), nearest: names.get(d.nearest) ?? d.nearest })),
    access: accessPoints(places, connected, { reach: km * 1000, most: 10 }).map((a) => ({
      ...a.place,
      covers: a.covers.length,
      routeKm: round(a.route / 1000, 1),
    })),
    points: far.map((d) => ({ point: d.place.point, gap: d.metres > km * 1000 })),
  };
}

export async function readAddressPlan(ctx: Context, q: In<"readAddressPlan">): Out<"readAddressPlan"> {
  const { revision, model: m } = await current(ctx);
  const { plant } = m;
  const found = assign(plant, await tenantsOf(ctx, plant), usualPools(ctx.secret("network.ula")));
  const by = Map.groupBy(plant.prefix.filter((p) => p.node), (p) => p.node!); // prettier-ignore
  const vlans = Map.groupBy(plant.vlan, (v) => v.node);
  const as = new Map(plant.asn.map((a) => [a.node, a.number]));
  const sought = folded(q.q?.trim() ?? "");
  const rows = m.nodes.filter((n) => {
    if (!sought) return true;
    const text = [n.name, n.id, ...(by.get(n.id) ?? []).map((p) => p.prefix), String(as.get(n.id) ?? "")].join(" ");
    return folded(text).includes(sought);
  });
  const from = q.from ?? 0;
  const end = from + (q.limit ?? 40);
  return {
    revision: revision.number,
    missing: found.added.prefix.length + found.added.vlan.length + found.added.asn.length,
    pools: found.capacity.flatMap(({ use, family, used, total }) => {
      if (!family) return [];
      const prefixes = plant.prefix.filter((p) => p.role === "pool" && p.serves === use && parseCidr(p.prefix)?.family === family);
      // what the rule would add is not used yet
      const given = plant.prefix.filter((p) => p.role === use && parseCidr(p.prefix)?.family === family).length;
      return [{ use, family, prefixes: prefixes.map((p) => p.prefix), used: Math.min(used, given), total }];
    }),
    rows: rows.slice(from, end).map((n) => {
      const own = by.get(n.id) ?? [];
      const number = as.get(n.id);
      return {
        node: n.id,
        name: n.name,
        ...(number === undefined ? {} : { as: number }),
        loopbacks: own.filter((p) => p.role === "loopback").map((p) => p.prefix.replace(/\/\d+$/, "")),
        segments: (vlans.get(n.id) ?? []).map((v) => ({
          vlan: v.vid,
          name: v.name,
          prefixes: own.filter((p) => p.vlan === v.id).map((p) => p.prefix),
        })),
      };
    }),
    total: rows.length,
    ...(end < rows.length ? { next: end } : {}),
  };
}

export async function assignAddresses(ctx: Context): Out<"assignAddresses"> {
  await lockPlant(ctx);
  const last = await lastRevision(ctx);
  if (!last) throw noNetwork();
  const plant = await plantAt(ctx, last.number);
  const found = assign(plant, await tenantsOf(ctx, plant), usualPools(ctx.secret("network.ula")));
  if (found.short.length)
    throw problems.addressesShort({
      fields: found.short.map((s) => ({
        path: `${s.use}${s.family ?? ""}`,
        message: { fr: `${s.without} sans adresse.`, en: `${s.without} without an address.` },
      })),
    });
  const next = withPlan(plant, found);
  const added = found.added.prefix.length + found.added.vlan.length + found.added.asn.length;
  const removed = found.released.prefix.length + found.released.vlan.length + found.released.asn.length;
  if (added + removed === 0) return { revision: last.number, added, removed };
  const { number } = await write(ctx, last, next, { origin: "plan", digest: digestOf(found), note: null });
  await ctx.record(addressesAssigned, "network:plant", { revision: number, added, removed });
  return { revision: number, added, removed };
}
