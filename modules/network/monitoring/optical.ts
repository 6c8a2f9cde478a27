/** Light that arrives too weak, as equipment without an agent tells it, in the words of the alarm list. Pure. */
import type { EquipmentState } from "../equipment/troubles.ts";
import type { Model } from "../resilience/model.ts";
import type { Finding } from "./correlate.ts";

/** One finding a cable, by its weakest end. A port of no known cable is a difference of the inventory, not an alarm of the network. */
export function optical(m: Model, states: readonly EquipmentState[], at: number): Finding[] {
  const weakest = new Map<string, Finding>();
  const cables = new Map(m.plant.port.map((p) => [p.id, p.cable]));
  for (const s of states) {
    const began = s.readAt ? Math.min(at, Date.parse(s.readAt)) : at;
    for (const o of s.optics) {
      const cable = o.port === undefined ? undefined : cables.get(o.port);
      if (cable === undefined || !m.span.has(cable)) continue;
      const before = weakest.get(cable);
      if (before && before.value! <= o.margin) continue;
      weakest.set(cable, { kind: "optical", element: cable, began, others: [], spans: [], silent: [], down: [], by: "figures", value: o.margin, bound: 0 }); // prettier-ignore
    }
  }
  return [...weakest.values()].toSorted((a, b) => (a.element < b.element ? -1 : 1));
}
