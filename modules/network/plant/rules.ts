import type { Text } from "#kernel";
import { peeringFaults } from "../addressing/peering-rules.ts";
import { addressFaults } from "../addressing/rules.ts";
import { placeFaults } from "./place-rules.ts";
import { kinds, type Cable, type Circuit, type Kind, type Plant, type Point } from "./shapes.ts";

export interface Fault {
  line: number;
  column: string;
  message: Text;
}
export interface Known {
  /** The registry's sites. */
  sites: ReadonlySet<string>;
  /** West, south, east, north of the country. */
  box: readonly number[] | undefined;
}

/** Tells one fault of one element, in both languages. */
export type Say = (kind: Kind, id: string, column: string, fr: string, en: string) => void;

/** Metres on a sphere of the Earth's mean radius (haversine). */
export function metres(a: Point, b: Point): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((b[1] - a[1]) * rad) / 2) ** 2 + Math.cos(a[1] * rad) * Math.cos(b[1] * rad) * Math.sin(((b[0] - a[0]) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** What does not hold together in a whole plant; `lineOf` says where each element was read. */
export function plantFaults(p: Plant, known: Known, lineOf: (kind: Kind, id: string) => number): Fault[] {
  const faults: Fault[] = [];
  const say: Say = (kind, id, column, fr, en) =>
    void faults.push({ line: lineOf(kind, id), column, message: { fr: `${id} : ${fr}`, en: `${id}: ${en}` } });
  const nodes = new Map(p.node.map((n) => [n.id, n]));
  const ducts = new Set(p.duct.map((d) => d.id));
  const cables = new Map(p.cable.map((c) => [c.id, c]));
  const devices = new Map(p.device.map((d) => [d.id, d]));

  const standing = new Map<string, string>();
  for (const n of p.node) {
    const [w, s, e, nn] = known.box ?? [-180, -90, 180, 90];
    if (n.lon < w! || n.lon > e! || n.lat < s! || n.lat > nn!)
      say("node", n.id, "lon", "ce point est hors du pays.", "this point lies outside the country.");
    if (!n.site) continue;
    if (!known.sites.has(n.site))
      say("node", n.id, "site", `le site « ${n.site} » n’est pas au registre.`, `site “${n.site}” is not in the register.`);
    const other = standing.get(n.site);
    if (other) say("node", n.id, "site", `le site porte déjà le nœud ${other}.`, `the site already bears node ${other}.`);
    standing.set(n.site, n.id);
  }
  if (!p.node.some((n) => n.kind === "core"))
    faults.push({
      line: 1,
      column: "kind",
      message: {
        fr: "Aucun nœud « core » : sans cœur de réseau, on ne peut dire qui est coupé de quoi.",
        en: "No “core” node: without a core nobody can say who is cut off from what.",
      },
    });

  const spans = new Set<string>();
  const ends = (kind: "cable" | "circuit", c: Cable | Circuit) => {
    if (spans.has(c.id)) say(kind, c.id, "id", "un câble et un circuit portent ce même nom.", "a cable and a circuit bear this name.");
    spans.add(c.id);
    const [a, b] = [nodes.get(c.a), nodes.get(c.b)];
    if (!a) say(kind, c.id, "a", `le nœud « ${c.a} » n’existe pas.`, `there is no node “${c.a}”.`);
    if (!b) say(kind, c.id, "b", `le nœud « ${c.b} » n’existe pas.`, `there is no node “${c.b}”.`);
    if (c.a === c.b) say(kind, c.id, "b", "une liaison commence et finit au même nœud.", "a span begins and ends at one node.");
    else if (a && b && c.length < 0.95 * metres([a.lon, a.lat], [b.lon, b.lat]) - 20)
      say(kind, c.id, "length", "plus court que la ligne droite.", "shorter than the straight line.");
    for (const d of c.ducts) if (!ducts.has(d)) say(kind, c.id, "ducts", `le fourreau « ${d} » n’existe pas.`, `there is no duct “${d}”.`);
  };
  for (const c of p.cable) ends("cable", c);
  for (const c of p.circuit) ends("circuit", c);

  const used = new Map<string, string>();
  const take = (kind: Kind, id: string, column: string, cable: string, node: string, first: number, count: number) => {
    const c = cables.get(cable);
    if (!c) return say(kind, id, column, `le câble « ${cable} » n’existe pas.`, `there is no cable “${cable}”.`);
    if (c.a !== node && c.b !== node)
      return say(kind, id, column, `le câble ${cable} n’arrive pas à ${node}.`, `cable ${cable} does not reach ${node}.`);
    if (first + count - 1 > c.strands)
      return say(kind, id, column, `le câble ${cable} n’a que ${c.strands} brins.`, `cable ${cable} has ${c.strands} strands only.`);
    for (let s = first; s < first + count; s++) {
      const end = `${cable}\n${s}\n${node}`;
      const by = used.get(end);
      if (by) {
        say(kind, id, column, `le brin ${s} du câble ${cable} est déjà pris par ${by}.`, `strand ${s} of ${cable} is taken by ${by}.`);
        return undefined;
      }
      used.set(end, id);
    }
    return undefined;
  };
  for (const s of p.splice) {
    if (!nodes.has(s.node)) say("splice", s.id, "node", `le nœud « ${s.node} » n’existe pas.`, `there is no node “${s.node}”.`);
    else {
      take("splice", s.id, "cable", s.cable, s.node, s.strand, s.count);
      take("splice", s.id, "into_cable", s.into_cable, s.node, s.into_strand, s.count);
    }
  }
  for (const d of p.device)
    if (!nodes.has(d.node)) say("device", d.id, "node", `le nœud « ${d.node} » n’existe pas.`, `there is no node “${d.node}”.`);
  for (const port of p.port) {
    const device = devices.get(port.device);
    if (!device) say("port", port.id, "device", `l’équipement « ${port.device} » n’existe pas.`, `there is no device “${port.device}”.`);
    if ((port.cable === undefined) !== (port.strand === undefined))
      say("port", port.id, "strand", "le câble et le brin vont ensemble.", "cable and strand go together.");
    else if (device && port.cable !== undefined) take("port", port.id, "cable", port.cable, device.node, port.strand!, 1);
  }
  placeFaults(p, say);
  addressFaults(p, say);
  peeringFaults(p, say);
  return faults.toSorted((x, y) => x.line - y.line);
}

export interface Difference {
  added: Plant;
  changed: Plant;
  removed: { [K in Kind]: string[] };
  counts: { added: number; changed: number; removed: number };
}

/** What to write so that `before` becomes `after`: equal elements are not touched, so their history stays short. */
export function difference(before: Plant, after: Plant): Difference {
  const counts = { added: 0, changed: 0, removed: 0 };
  const empty = () => Object.fromEntries(kinds.map((k) => [k, []])) as never;
  const out: Difference = { added: empty(), changed: empty(), removed: empty(), counts };
  for (const kind of kinds) {
    const old = new Map(before[kind].map((e) => [e.id, canonicalRow(e)]));
    for (const e of after[kind]) {
      const was = old.get(e.id);
      old.delete(e.id);
      if (was === canonicalRow(e)) continue;
      (was === undefined ? out.added : out.changed)[kind].push(e as never);
      counts[was === undefined ? "added" : "changed"]++;
    }
    out.removed[kind] = [...old.keys()];
    counts.removed += old.size;
  }
  return out;
}

/** The same row, whatever the order of its fields and whether absent ones are written. */
export function canonicalRow(e: object): string {
  const full = Object.entries(e).filter(([, v]) => v !== undefined && v !== null);
  return JSON.stringify(full.toSorted(([x], [y]) => (x < y ? -1 : 1)));
}
