import type { NodeIntent } from "./shapes.ts";

export interface IntentChange {
  node: string;
  name: string;
  state: "new" | "gone" | "changed";
  /** What comes, what goes, what is told otherwise than before, by name. */
  parts: { part: Part; added: string[]; removed: string[]; changed: string[] }[];
}
export type Part = "addresses" | "routing" | "segments" | "tunnels" | "rules" | "groups";

/** What each node's equipment will have to do otherwise, part by part; nodes that stay as they are are left out. */
export function intentDifference(before: readonly NodeIntent[], after: readonly NodeIntent[]): IntentChange[] {
  const old = new Map(before.map((n) => [n.id, n]));
  const now = new Map(after.map((n) => [n.id, n]));
  const out: IntentChange[] = [];
  for (const id of [...new Set([...old.keys(), ...now.keys()])].toSorted()) {
    const [x, y] = [old.get(id), now.get(id)];
    const [was, becomes] = [x ? partsOf(x) : nothing, y ? partsOf(y) : nothing];
    const parts = (Object.keys(nothing) as Part[]).flatMap((part) => {
      const d = compare(was[part], becomes[part]);
      return d ? [{ part, ...d }] : [];
    });
    if (x && y && parts.length === 0) continue;
    out.push({ node: id, name: (y ?? x)!.name, state: !x ? "new" : !y ? "gone" : "changed", parts });
  }
  return out;
}

type Named = ReadonlyMap<string, unknown>;
const nothing: Record<Part, Named> = {
  addresses: new Map(),
  routing: new Map(),
  segments: new Map(),
  tunnels: new Map(),
  rules: new Map(),
  groups: new Map(),
};

function partsOf(n: NodeIntent): Record<Part, Named> {
  const addresses = { router: n.routerId, v4: n.loopback4, v6: n.loopback6, as: n.as, tunnel4: n.overlay?.v4, tunnel6: n.overlay?.v6 };
  return {
    addresses: new Map(Object.entries(addresses).filter(([, v]) => v !== undefined)),
    routing: new Map<string, unknown>([
      ...n.links.map((l) => [`${l.span} → ${l.peer}`, l] as const),
      ...(n.peerings ?? []).map((x) => [`AS ${x.remoteAs} ${x.name}`, x] as const),
    ]),
    segments: new Map(n.segments.map((s) => [`VLAN ${s.vlan} ${s.name}`, s])),
    tunnels: new Map((n.overlay?.peers ?? []).map((p) => [p.node, p])),
    rules: new Map(n.rules.map((r) => [r.id, r])),
    groups: new Map(n.groups.map((g) => [g.id, g])),
  };
}

function compare(was: Named, becomes: Named): Omit<IntentChange["parts"][number], "part"> | undefined {
  const added = [...becomes.keys()].filter((k) => !was.has(k));
  const removed = [...was.keys()].filter((k) => !becomes.has(k));
  const changed = [...becomes.keys()].filter((k) => was.has(k) && JSON.stringify(was.get(k)) !== JSON.stringify(becomes.get(k)));
  return added.length + removed.length + changed.length ? { added, removed, changed } : undefined;
}
