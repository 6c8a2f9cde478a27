import { createHash } from "node:crypto";
import type { Asn, Plant, Prefix, Vlan } from "../plant/shapes.ts";
import { asNumbers, firstVlan, lengths, poolsOf, type Use } from "./pools.ts";
import { cidrText, last, parseCidr, size, type Cidr } from "./prefix.ts";

/** Who works at a node: an institution of the registry, or nobody it can name yet. */
export interface Tenant {
  node: string;
  institution?: string;
  name: string;
}
export interface Capacity {
  use: Use | "as";
  family: 4 | 6 | undefined;
  used: number;
  total: number;
}
export interface Assigned {
  added: { prefix: Prefix[]; vlan: Vlan[]; asn: Asn[] };
  /** What served a node or span that is gone. */
  released: { prefix: string[]; vlan: string[]; asn: string[] };
  /** Uses whose pools are exhausted, with how many went without. */
  short: { use: Use | "as" | "vlan"; family: 4 | 6 | undefined; without: number }[];
  capacity: Capacity[];
}

const families = [4, 6] as const;

/** An id that says what it is for; a long one keeps its beginning and a hash. */
export function idFor(...parts: string[]): string {
  const whole = parts.join(":");
  return whole.length <= 120 ? whole : `${whole.slice(0, 98)}:${createHash("sha256").update(whole).digest("hex").slice(0, 20)}`;
}

/** Walks the free room between what is taken, once from left to right. */
function freeBlocks(pools: readonly Cidr[], taken: readonly (readonly [bigint, bigint])[], block: bigint): () => bigint | undefined {
  let [p, t] = [0, 0];
  let at = pools[0]?.base;
  return () => {
    while (at !== undefined && p < pools.length) {
      const end = last(pools[p]!);
      while (t < taken.length && taken[t]![1] < at) t++;
      const stop = at + block - 1n;
      if (stop > end) at = pools[++p]?.base;
      else if (t < taken.length && taken[t]![0] <= stop) at = ((taken[t]![1] + block) / block) * block;
      else {
        const found = at;
        at += block;
        return found;
      }
    }
    return undefined;
  };
}

/**
 * The address plan by rule. What is assigned stays where it is; whoever has nothing yet gets the first free place, in the
 * order of ids, so the same plant gives the same plan. Nothing is taken that overlaps anything recorded.
 */
export function assign(p: Plant, tenants: readonly Tenant[], pools: readonly Prefix[]): Assigned {
  const nodes = new Set(p.node.map((n) => n.id));
  const spans = new Map([...p.cable, ...p.circuit].map((s) => [s.id, s]));
  const serves = (e: { node?: string; span?: string }) =>
    (e.node === undefined || nodes.has(e.node)) && (e.span === undefined || spans.has(e.span));
  const vlans = p.vlan.filter(serves);
  const known = new Set(vlans.map((v) => v.id));
  const held = p.prefix.filter((x) => serves(x) && (x.vlan === undefined || known.has(x.vlan)));
  const asns = p.asn.filter(serves);
  const invented = p.node.every((n) => n.illustrative);
  const missing = pools
    .filter((x) => !held.some((h) => h.role === "pool" && h.serves === x.serves && h.prefix.includes(":") === x.prefix.includes(":")))
    .map((x) => ({ ...x, illustrative: invented }));
  const made = new Map(p.node.map((n) => [n.id, n.illustrative]));
  const out: Assigned = {
    added: { prefix: [...missing], vlan: [], asn: [] },
    released: {
      prefix: without(p.prefix, held),
      vlan: without(p.vlan, vlans),
      asn: without(p.asn, asns),
    },
    short: [],
    capacity: [],
  };
  const byId = <E extends { id: string }>(list: readonly E[]) => list.toSorted((x, y) => (x.id < y.id ? -1 : 1));

  // VLANs first: a segment names its own
  const used = Map.groupBy(vlans, (v) => v.node);
  const places = tenants
    .filter((t) => nodes.has(t.node))
    .toSorted((x, y) => order(`${x.node}\n${x.institution ?? ""}`, `${y.node}\n${y.institution ?? ""}`));
  const vlanOf = new Map(vlans.map((v) => [`${v.node}\n${v.institution ?? ""}`, v.id]));
  for (const t of places) {
    const key = `${t.node}\n${t.institution ?? ""}`;
    if (vlanOf.has(key)) continue;
    const here = used.get(t.node) ?? [];
    const vid = firstFree(here.map((v) => v.vid), firstVlan); // prettier-ignore
    if (vid > 4094) {
      lack(out, "vlan", undefined);
      continue;
    }
    const vlan: Vlan = {
      id: idFor("vlan", t.node, ...(t.institution ? [t.institution] : [])),
      illustrative: made.get(t.node)!,
      node: t.node,
      vid,
      name: t.name.slice(0, 200),
      ...(t.institution ? { institution: t.institution } : {}),
    };
    used.set(t.node, [...here, vlan]);
    vlanOf.set(key, vlan.id);
    out.added.vlan.push(vlan);
  }

  const all = [...held, ...missing];
  const taken = held
    .filter((x) => x.role !== "pool")
    .map((x) => parseCidr(x.prefix))
    .filter((c): c is Cidr => c !== undefined);
  const keyOf = (x: Pick<Prefix, "role" | "node" | "span" | "vlan">) => `${x.role}\n${x.node ?? ""}\n${x.span ?? ""}\n${x.vlan ?? ""}`;
  for (const family of families) {
    const busy = taken
      .filter((c) => c.family === family)
      .map((c) => [c.base, last(c)] as const)
      .toSorted((x, y) => (x[0] < y[0] ? -1 : 1));
    const mine = new Set(held.filter((x) => x.prefix.includes(":") === (family === 6)).map(keyOf));
    const wanted: Record<Use, Omit<Prefix, "id" | "prefix" | "role">[]> = {
      loopback: byId(p.node).map((n) => ({ illustrative: n.illustrative, node: n.id })),
      link: byId([...spans.values()]).map((s) => ({ illustrative: s.illustrative, span: s.id })),
      overlay: byId(p.node.filter((n) => n.kind !== "joint")).map((n) => ({ illustrative: n.illustrative, node: n.id })),
      segment: places.flatMap((t) => {
        const vlan = vlanOf.get(`${t.node}\n${t.institution ?? ""}`);
        return vlan
          ? [{ illustrative: made.get(t.node)!, node: t.node, vlan, ...(t.institution ? { institution: t.institution } : {}) }]
          : [];
      }),
    };
    for (const use of Object.keys(wanted) as Use[]) {
      const mask = lengths[use][family];
      const block = size({ family, length: mask });
      const room = poolsOf(all, use, family);
      const next = freeBlocks(room, busy, block);
      for (const w of wanted[use]) {
        if (mine.has(keyOf({ ...w, role: use }))) continue;
        const base = next();
        if (base === undefined) lack(out, use, family);
        else {
          const id = idFor(`${use}${family}`, w.vlan ?? w.span ?? w.node ?? "");
          out.added.prefix.push({ ...w, id, role: use, prefix: cidrText({ family, base, length: mask }) });
        }
      }
      const total = room.reduce((n, c) => n + Number(size(c) / block), 0);
      const count = (list: readonly Prefix[]) => list.filter((x) => x.role === use && x.prefix.includes(":") === (family === 6)).length;
      out.capacity.push({ use, family, used: count(held) + count(out.added.prefix), total });
    }
  }

  const numbers = new Set(asns.map((a) => a.number));
  const bearing = new Set(asns.map((a) => a.node));
  let number = asNumbers.first;
  for (const n of byId(p.node)) {
    if (bearing.has(n.id)) continue;
    while (numbers.has(number)) number++;
    if (number > asNumbers.last) lack(out, "as", undefined);
    else out.added.asn.push({ id: idFor("as", n.id), illustrative: n.illustrative, number: number++, node: n.id });
  }
  const total = asNumbers.last - asNumbers.first + 1;
  out.capacity.push({ use: "as", family: undefined, used: asns.length + out.added.asn.length, total });
  return out;
}

/** The plant with its plan: what was released left out, what is new put in. */
export function withPlan(p: Plant, a: Assigned): Plant {
  const kept = <E extends { id: string }>(list: readonly E[], gone: readonly string[], more: readonly E[]) => {
    const left = new Set(gone);
    return [...list.filter((e) => !left.has(e.id)), ...more];
  };
  return {
    ...p,
    prefix: kept(p.prefix, a.released.prefix, a.added.prefix),
    vlan: kept(p.vlan, a.released.vlan, a.added.vlan),
    asn: kept(p.asn, a.released.asn, a.added.asn),
  };
}

function without<E extends { id: string }>(all: readonly E[], kept: readonly E[]): string[] {
  const left = new Set(kept);
  return all.filter((e) => !left.has(e)).map((e) => e.id);
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function firstFree(taken: readonly number[], from: number): number {
  const set = new Set(taken);
  let n = from;
  while (set.has(n)) n++;
  return n;
}

function lack(out: Assigned, use: Assigned["short"][number]["use"], family: 4 | 6 | undefined): void {
  const known = out.short.find((s) => s.use === use && s.family === family);
  if (known) known.without++;
  else out.short.push({ use, family, without: 1 });
}
