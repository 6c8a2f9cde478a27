import type { Say } from "../plant/rules.ts";
import type { Plant, Prefix } from "../plant/shapes.ts";
import { contains, last, overlaps, parseCidr, type Cidr } from "./prefix.ts";

/** What does not hold together in VLANs, prefixes and AS numbers. Two prefixes never overlap, but a pool holds what it serves. */
export function addressFaults(p: Plant, say: Say): void {
  const nodes = new Set(p.node.map((n) => n.id));
  const spans = new Set([...p.cable, ...p.circuit].map((s) => s.id));
  const vlans = new Map(p.vlan.map((v) => [v.id, v]));
  const seen = new Map<string, string>();
  for (const v of p.vlan) {
    if (!nodes.has(v.node)) say("vlan", v.id, "node", `le nœud « ${v.node} » n’existe pas.`, `there is no node “${v.node}”.`);
    const by = seen.get(`${v.node}\n${v.vid}`);
    if (by) say("vlan", v.id, "vid", `le VLAN ${v.vid} de ${v.node} est déjà ${by}.`, `VLAN ${v.vid} of ${v.node} is ${by} already.`);
    seen.set(`${v.node}\n${v.vid}`, v.id);
  }
  const numbers = new Map<number, string>();
  for (const a of p.asn) {
    if (a.node !== undefined && !nodes.has(a.node))
      say("asn", a.id, "node", `le nœud « ${a.node} » n’existe pas.`, `there is no node “${a.node}”.`);
    const by = numbers.get(a.number);
    if (by) say("asn", a.id, "number", `le numéro ${a.number} est déjà à ${by}.`, `number ${a.number} is ${by}’s already.`);
    numbers.set(a.number, a.id);
  }
  const known: { x: Prefix; c: Cidr }[] = [];
  for (const x of p.prefix) {
    if (x.node !== undefined && !nodes.has(x.node))
      say("prefix", x.id, "node", `le nœud « ${x.node} » n’existe pas.`, `there is no node “${x.node}”.`);
    if (x.span !== undefined && !spans.has(x.span))
      say("prefix", x.id, "span", `la liaison « ${x.span} » n’existe pas.`, `there is no span “${x.span}”.`);
    const vlan = x.vlan === undefined ? undefined : vlans.get(x.vlan);
    if (x.vlan !== undefined && !vlan) say("prefix", x.id, "vlan", `le VLAN « ${x.vlan} » n’existe pas.`, `there is no VLAN “${x.vlan}”.`);
    else if (vlan && x.node !== undefined && vlan.node !== x.node)
      say("prefix", x.id, "vlan", `le VLAN ${x.vlan} est à ${vlan.node}.`, `VLAN ${x.vlan} is at ${vlan.node}.`);
    if (x.role === "pool" && x.serves === undefined)
      say("prefix", x.id, "serves", "une réserve dit ce qu’elle sert.", "a pool says what it serves.");
    const c = parseCidr(x.prefix);
    if (c) known.push({ x, c });
    else say("prefix", x.id, "prefix", `« ${x.prefix} » n’est pas un préfixe.`, `“${x.prefix}” is no prefix.`);
  }
  overlapping(known, say);
}

/** One sweep from left to right; whoever still lasts may only be a pool around what comes next. */
function overlapping(list: readonly { x: Prefix; c: Cidr }[], say: Say): void {
  const order = list.toSorted((p, q) => {
    if (p.c.family !== q.c.family) return p.c.family - q.c.family;
    if (p.c.base !== q.c.base) return p.c.base < q.c.base ? -1 : 1;
    return p.c.length - q.c.length || Number(q.x.role === "pool") - Number(p.x.role === "pool");
  });
  let open: typeof order = [];
  for (const one of order) {
    open = open.filter((o) => o.c.family === one.c.family && last(o.c) >= one.c.base);
    const other = open.find((o) => overlaps(o.c, one.c) && !(o.x.role === "pool" && one.x.role !== "pool" && contains(o.c, one.c)));
    if (other)
      say(
        "prefix",
        one.x.id,
        "prefix",
        `${one.x.prefix} recouvre ${other.x.prefix} (${other.x.id}).`,
        `${one.x.prefix} overlaps ${other.x.prefix} (${other.x.id}).`,
      );
    open.push(one);
  }
}
