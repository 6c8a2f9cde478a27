/** How simulated sites would report with these faults: whoever no way from a core reaches says nothing. Pure. */
import type { SimulatedSite, SimulatedWorld } from "#network/ports";

/** A battery that is full lasts this long. */
const batteryMs = 4 * 3600_000;
/** A site reports this often: its last words are at most so much older than what silenced it. */
const reportMs = 10_000;

export function simulateSites(w: SimulatedWorld): SimulatedSite[] {
  const of = (kind: string) => new Map(w.faults.filter((f) => f.kind === kind).map((f) => [f.element, f.since]));
  const [cut, dark, mute, battery] = [of("span"), of("node"), of("agent"), of("power")];
  const near = new Map<string, { span: string; other: string }[]>(w.nodes.map((n) => [n.id, []]));
  for (const l of w.links) {
    near.get(l.a)?.push({ span: l.span, other: l.b });
    near.get(l.b)?.push({ span: l.span, other: l.a });
  }
  const reached = new Set(w.nodes.filter((n) => n.core && !dark.has(n.id)).map((n) => n.id));
  const queue = [...reached];
  for (let v = queue.pop(); v !== undefined; v = queue.pop())
    for (const { span, other } of near.get(v)!) {
      if (cut.has(span) || dark.has(other) || reached.has(other)) continue;
      reached.add(other);
      queue.push(other);
    }
  const last = Math.max(0, ...w.faults.filter((f) => f.kind !== "power").map((f) => f.since));
  return w.nodes
    .filter((n) => n.simulated)
    .map((n): SimulatedSite => {
      const since = battery.get(n.id);
      const charge = since === undefined ? 100 : Math.max(0, Math.round(100 - (100 * (w.at - since)) / batteryMs));
      const heard = reached.has(n.id) && !mute.has(n.id);
      return {
        node: n.id,
        heard,
        at: heard ? w.at : (mute.get(n.id) ?? dark.get(n.id) ?? last) - (reportMs >> 1),
        power: { source: since === undefined ? "mains" : "battery", charge, simulated: true },
        ...(since === undefined ? {} : { batterySince: since }),
        links: near.get(n.id)!.map(({ span, other }) => {
          const gone = cut.get(span) ?? dark.get(other);
          return { span, up: gone === undefined, carrier: gone === undefined, since: gone ?? 0 };
        }),
      };
    });
}
