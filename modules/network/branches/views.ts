import type { OutputOf } from "#kernel";
import type { readBranch } from "./contracts.ts";
import { lineOf } from "../resilience/views.ts";
import type { Model } from "../resilience/model.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Change } from "./shapes.ts";

/** New and taken-away spans, and the places they touch, to draw over today's map. */
export function drawingOf(e: Evaluation, changes: readonly Change[]): OutputOf<typeof readBranch>["drawing"] {
  const phase = new Map(changes.map((c) => [`${c.kind}\n${c.id}`, c.phase]));
  const phaseOf = (kind: string, id: string) => {
    const n = phase.get(`${kind}\n${id}`);
    return n === undefined ? {} : { phase: n };
  };
  const drawn = (m: Model, other: Model) =>
    m.spans.filter((s) => {
      const twin = other.span.get(s.id);
      return twin === undefined || JSON.stringify(lineOf(other, other.spans[twin]!)) !== JSON.stringify(lineOf(m, s));
    });
  const added = drawn(e.after, e.before);
  const removed = drawn(e.before, e.after);
  const ends = new Set([...added, ...removed].flatMap((s) => [s.a, s.b]));
  const changed = new Set(changes.filter((c) => c.kind === "node").map((c) => c.id));
  const all = new Map([...e.before.nodes, ...e.after.nodes].map((n) => [n.id, n]));
  return {
    nodes: [...all.values()]
      .filter((n) => ends.has(n.id) || changed.has(n.id))
      .map((n) => ({ id: n.id, name: n.name, kind: n.kind, point: [n.lon, n.lat], ...phaseOf("node", n.id) })),
    added: added.map((s) => ({ id: s.id, line: lineOf(e.after, s), ...phaseOf(s.kind, s.id) })),
    removed: removed.map((s) => ({ id: s.id, line: lineOf(e.before, s) })),
  };
}
