import type { Context, Text } from "#kernel";
import { assign, withPlan, type Assigned } from "../addressing/assign.ts";
import { usualPools } from "../addressing/pools.ts";
import { tenantsOf } from "../addressing/tenants.ts";
import { billOf, type Bill } from "../extension/quantities.ts";
import { pricesOf } from "../extension/prices.ts";
import { current, modelAt } from "../plant/current.ts";
import { known } from "../plant/load.ts";
import { plantFaults } from "../plant/rules.ts";
import type { Plant } from "../plant/shapes.ts";
import { figuresOf, meanAvailability } from "../resilience/figures.ts";
import { model, type Model } from "../resilience/model.ts";
import { conflicts, lines, replay, type Conflict, type Line, type ReplayFault } from "./rules.ts";
import type { Change } from "./shapes.ts";
import type { Branch } from "./store.ts";

export interface Evaluation {
  /** The revision it was replayed on. */
  on: number;
  before: Model;
  after: Model;
  faults: ReplayFault[];
  conflicts: Conflict[];
  /** Addresses the rule gives or releases because of it; others' merges may move them until this one is merged. */
  plan: Assigned | undefined;
  /** Places that have a way today and would have none, and new places without one. */
  isolated: string[];
}

/** `anew`: nothing thought before is believed, the registry is asked who works where. */
interface Options {
  anew?: boolean;
}

/** The network as it would be: the changes replayed on what stands today (a study: on nothing), with addresses by rule. */
export async function evaluate(ctx: Context, b: Branch, changes: readonly Change[], o: Options = {}): Promise<Evaluation> {
  const head = b.study
    ? { number: 0, model: await modelAt(ctx, 0) }
    : await current(ctx).then((c) => ({ number: c.revision.number, model: c.model }));
  const base = b.base === head.number ? head.model : await modelAt(ctx, b.base);
  const key = `${b.id}\n${b.version}\n${head.number}\n${b.base}`;
  const clash = b.base === head.number ? [] : conflicts(base.plant, head.model.plant, changes);
  const done = remembered.get(key);
  // the same id, version and revision give the same network, as long as nobody moves: a merge asks again
  if (done && !o.anew && done.before === head.model) return { ...done, conflicts: clash };
  const { plant: bare, faults } = replay(head.model.plant, changes);
  const { plant, plan } = await withAddresses(ctx, head.model.plant, bare, b.study);
  // what was wrong before (nobody's fault here) is not said to be this branch's doing
  const place = b.study ? { sites: new Set<string>(), box: undefined } : await known(ctx);
  const old = new Set(b.study ? [] : plantFaults(head.model.plant, place, () => 0).map((f) => f.message.en));
  if (faults.length === 0)
    for (const f of plantFaults(plant, place, () => 0)) if (!old.has(f.message.en)) faults.push({ position: 0, message: f.message });
  for (const s of plan?.short ?? []) faults.push({ position: 0, message: shortage(s.use, s.family, s.without) });
  // a network that does not hold together cannot be thought through
  const next = faults.length ? head.model : model(plant);
  const result = { on: head.number, before: head.model, after: next, faults, plan, isolated: isolatedBy(head.model, next) };
  remembered.set(key, result);
  for (const k of [...remembered.keys()].slice(0, -6)) remembered.delete(k);
  return { ...result, conflicts: clash };
}
const remembered = new Map<string, Omit<Evaluation, "conflicts">>();

function shortage(use: string, family: number | undefined, without: number): Text {
  const which = family ? `${use} IPv${family}` : use;
  return {
    fr: `La réserve « ${which} » est épuisée : ${without} élément(s) sans adresse.`,
    en: `The pool “${which}” is exhausted: ${without} element(s) without an address.`,
  };
}

/** The rule completes a plan that exists; a plant that never had one is left alone until somebody asks for it. */
async function withAddresses(
  ctx: Context,
  before: Plant,
  after: Plant,
  study: boolean,
): Promise<{ plant: Plant; plan: Assigned | undefined }> {
  if (!before.prefix.length && !study) return { plant: after, plan: undefined };
  const plan = assign(after, await tenantsOf(ctx, after), usualPools(ctx.secret("network.ula")));
  return { plant: withPlan(after, plan), plan };
}

function isolatedBy(before: Model, after: Model): string[] {
  return after.nodes.flatMap((n, v) => {
    if (n.kind === "joint" || after.tree.tin[v] !== -1) return [];
    const was = before.at.get(n.id);
    return was !== undefined && before.tree.tin[was] === -1 ? [] : [n.id];
  });
}

export interface Effect {
  before: ReturnType<typeof figuresOf> & { availability: number };
  after: ReturnType<typeof figuresOf> & { availability: number };
  bill: Bill;
  phases: { phase: number; km: number; sites: number; bill: Bill }[];
}

/** What it costs and what it changes for those who work there. */
export function effectOf(ctx: Context, e: Evaluation, changes: readonly Change[]): Effect {
  const prices = pricesOf(ctx)?.prices;
  const figures = (m: Model) => ({ ...figuresOf(m), availability: meanAvailability(m) });
  const steps = [...new Set(changes.map((c) => c.phase ?? 1))].toSorted((x, y) => x - y);
  let from = e.before.plant;
  const phases = steps.map((phase) => {
    const to = replay(e.before.plant, changes.filter((c) => (c.phase ?? 1) <= phase)).plant; // prettier-ignore
    const old = new Set([...from.cable, ...from.node].map((x) => x.id));
    const metres = to.cable.reduce((sum, c) => sum + (old.has(c.id) ? 0 : c.length), 0);
    const sites = to.node.filter((n) => n.kind !== "joint" && !old.has(n.id)).length;
    const bill = billOf(from, to, prices);
    from = to;
    return { phase, km: Math.round(metres / 100) / 10, sites, bill };
  });
  return { before: figures(e.before), after: figures(e.after), bill: billOf(e.before.plant, e.after.plant, prices), phases };
}

/** What people decided, apart from what the rule adds to it. */
export function differenceOf(e: Evaluation): { decided: Line[]; derived: Line[] } {
  const all = lines(e.before.plant, e.after.plant);
  const { added, released } = e.plan ?? { added: { prefix: [], vlan: [], asn: [] }, released: { prefix: [], vlan: [], asn: [] } };
  const ruled = new Set((["prefix", "vlan", "asn"] as const).flatMap((k) => [...added[k].map((x) => `${k}\n${x.id}`), ...released[k].map((id) => `${k}\n${id}`)])); // prettier-ignore
  const derived = (l: Line) => ruled.has(`${l.kind}\n${l.id}`);
  return { decided: all.filter((l) => !derived(l)), derived: all.filter(derived) };
}
