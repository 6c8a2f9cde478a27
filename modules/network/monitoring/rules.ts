import type { Text } from "#kernel";
import type { Finding } from "./correlate.ts";
import type { Policy } from "./policy.ts";
import type { Alarm, Severity } from "./shapes.ts";

export type What = "raised" | "cause" | "severity" | "sites" | "again" | "planned" | "merged" | "cleared";
export interface Change {
  alarm: Alarm;
  /** Most telling first; empty: only its evidence was noted. */
  whats: What[];
  /** Nodes without network by it from now on. */
  down: string[];
  into?: string;
}

/** What may turn into one another while evidence comes; the others stand for themselves. */
const family = (k: Alarm["kind"]): string => (["cut", "link-down", "node-down"].includes(k) ? "cut" : k);

/**
 * The alarm list after a look: one alarm a finding, the same one as long as it is about the same thing. `known` are the open
 * ones and those that ended lately, `downBefore` whom each took down. Pure; the same look twice changes nothing.
 */
export function turn(o: {
  known: readonly Alarm[];
  downBefore: ReadonlyMap<string, readonly string[]>;
  findings: readonly Finding[];
  now: Date;
  policy: Policy;
  /** How many places where somebody works. */
  sites(nodes: readonly string[]): number;
  explain(f: Finding): Text;
  simulated(f: Finding): boolean;
  uuid(): string;
}): Change[] {
  const { policy, now } = o;
  const at = now.getTime();
  const open = o.known.filter((a) => a.ended === null);
  const out: Change[] = [];
  const taken = new Set<string>();
  const merged = new Map<string, string>();
  const pairs = matches(open, o.findings);
  for (const f of o.findings) {
    const severity = severityOf(f, o.sites(f.down), policy);
    const mine = pairs.get(f);
    const before = mine ?? again(o.known, f, at, policy, taken);
    if (!before) {
      if (at - f.began < 1000 * holdOf(f, policy)) continue;
      const began = new Date(Math.min(f.began, at));
      const alarm: Alarm = { id: o.uuid(), ...fields(f), severity, began, raisedAt: now, changedAt: now, quietSince: null, ended: null, occurrences: 1, explanation: o.explain(f), simulated: o.simulated(f), work: null, mergedInto: null }; // prettier-ignore
      taken.add(alarm.id);
      out.push({ alarm, whats: ["raised"], down: f.down });
      continue;
    }
    taken.add(before.id);
    for (const x of open) if (x !== before && pairs.get(f) === before && !taken.has(x.id) && absorbed(x, f)) merged.set(x.id, before.id);
    const whats: What[] = [];
    if (before.kind !== f.kind || before.element !== f.element) whats.push("cause");
    if (before.quietSince !== null || before.ended !== null) whats.push("again");
    if (before.severity !== severity) whats.push("severity");
    if (!sameSet(o.downBefore.get(before.id) ?? [], f.down)) whats.push("sites");
    const noted = !sameSet(before.spans, f.spans) || !sameSet(before.silent, f.silent);
    if (whats.length === 0 && !noted) continue;
    out.push({
      alarm: {
        ...before,
        ...fields(f),
        severity,
        began: new Date(Math.min(before.began.getTime(), whats.includes("again") ? at : f.began, at)),
        changedAt: whats.length ? now : before.changedAt,
        quietSince: null,
        ended: null,
        occurrences: before.occurrences + (whats.includes("again") ? 1 : 0),
        explanation: o.explain(f),
      },
      whats,
      down: f.down,
    });
  }
  for (const a of open) {
    if (taken.has(a.id)) continue;
    const into = merged.get(a.id);
    if (into) out.push({ alarm: { ...a, ended: now, changedAt: now, mergedInto: into }, whats: ["merged"], down: [], into });
    else if (a.quietSince === null) out.push({ alarm: { ...a, quietSince: now }, whats: [], down: [] });
    else if (at - a.quietSince.getTime() >= 1000 * clearAfter(a, policy))
      out.push({ alarm: { ...a, ended: a.quietSince, changedAt: now }, whats: ["cleared"], down: [] });
  }
  return out;
}

const fields = (f: Finding) => ({ kind: f.kind, element: f.element, others: f.others, spans: f.spans, silent: f.silent });

/** Each finding's own alarm: that of its cause, else the one it shares most with; the older one of two. */
function matches(open: readonly Alarm[], findings: readonly Finding[]): Map<Finding, Alarm> {
  const pairs: { f: Finding; a: Alarm; score: number }[] = [];
  for (const f of findings)
    for (const a of open) {
      const score = a.kind === f.kind && a.element === f.element ? 1e9 : shared(a, f);
      if (score > 0) pairs.push({ f, a, score });
    }
  pairs.sort((x, y) => y.score - x.score || x.a.began.getTime() - y.a.began.getTime() || (x.a.id < y.a.id ? -1 : 1));
  const out = new Map<Finding, Alarm>();
  const used = new Set<Alarm>();
  for (const { f, a } of pairs) {
    if (out.has(f) || used.has(a)) continue;
    out.set(f, a);
    used.add(a);
  }
  return out;
}

/** How much of an alarm's evidence a finding explains too. */
function shared(a: Alarm, f: Finding): number {
  const silence = ["silent-agent", "power"];
  const spans = family(a.kind) === "cut" || a.kind === "power" ? count(a.spans, f.spans) : 0;
  const silent = count(a.silent, f.silent);
  if (family(a.kind) === family(f.kind)) return ["cut", "power", "silent-agent"].includes(family(a.kind)) ? spans * 1000 + silent : 0;
  // a place that was only silent turns out to be cut off, or to have lost its power; a cut turns out to be power
  const turns = (silence.includes(a.kind) && (family(f.kind) === "cut" || f.kind === "power")) || (family(a.kind) === "cut" && (f.kind === "power" || f.kind === "silent-agent")); // prettier-ignore
  return turns ? spans * 1000 + silent : 0;
}

/** All that this alarm told of is explained by the finding now. */
function absorbed(a: Alarm, f: Finding): boolean {
  return a.spans.length + a.silent.length > 0 && a.spans.every((s) => f.spans.includes(s)) && a.silent.every((s) => f.silent.includes(s)) && shared(a, f) > 0; // prettier-ignore
}

/** What ended a moment ago and is there again: the same alarm. */
function again(known: readonly Alarm[], f: Finding, at: number, p: Policy, taken: ReadonlySet<string>): Alarm | undefined {
  return known.findLast(
    (a) => a.ended !== null && a.mergedInto === null && !taken.has(a.id) && a.kind === f.kind && a.element === f.element && at - a.ended.getTime() < 1000 * p.flapping.window, // prettier-ignore
  );
}

export function severityOf(f: Finding, sites: number, p: Policy): Severity {
  switch (f.kind) {
    case "silent-agent":
      return f.silent.length > 1 ? "major" : "warning";
    case "loss":
    case "delay":
    case "saturation":
    case "optical":
      return "warning";
    default:
      if (sites >= p.criticalSites) return "critical";
      if (sites > 0) return "major";
      return f.kind === "power" && f.value !== undefined && f.bound !== undefined && f.value < f.bound ? "major" : "minor";
  }
}

/** Seconds something must have lasted before anybody hears of it. */
export function holdOf(f: Finding, p: Policy): number {
  if (f.kind === "silent-agent") return f.silent.length > 1 ? p.hold.silence : p.hold.silentAgent;
  if (f.by === "figures") return 0;
  if (f.by === "words") return p.hold.power;
  return f.by === "silence" ? p.hold.silence : p.hold.link;
}

/** Seconds its evidence must stay away: longer each time it came back. */
export function clearAfter(a: Alarm, p: Policy): number {
  return Math.min(p.flapping.mostClear, p.clear * 2 ** Math.min(20, a.occurrences - 1));
}

export const isFlapping = (a: Pick<Alarm, "occurrences">, p: Policy) => a.occurrences >= p.flapping.count;

const count = (x: readonly string[], y: readonly string[]) => x.reduce((n, s) => n + (y.includes(s) ? 1 : 0), 0);
function sameSet(x: readonly string[], y: readonly string[]): boolean {
  const set = new Set(x);
  return set.size === new Set(y).size && y.every((s) => set.has(s));
}
