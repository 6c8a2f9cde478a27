/** When something is an alarm: countries/<cc>/network/monitoring.json, every figure with a default. */
import { packSection, T, type Context, type Static } from "#kernel";

const Seconds = T.Optional(T.Number({ minimum: 0, maximum: 86_400 }));
const Ratio = T.Optional(T.Number({ minimum: 0, maximum: 1 }));
/** Raised above one figure, cleared below a lower one: what lies between changes nothing. */
const Bounds = T.Object({ loss: Ratio, lossClear: Ratio, delay: T.Optional(T.Number({ minimum: 0, description: "ms above what the length of glass takes" })), delayClear: T.Optional(T.Number({ minimum: 0 })), load: Ratio, loadClear: Ratio }); // prettier-ignore
const File = T.Object({
  late: Seconds,
  silent: Seconds,
  hold: T.Optional(T.Object({ link: Seconds, silence: Seconds, silentAgent: Seconds, power: Seconds })),
  clear: Seconds,
  flapping: T.Optional(T.Object({ window: Seconds, count: T.Optional(T.Integer({ minimum: 2 })), mostClear: Seconds })),
  criticalSites: T.Optional(T.Integer({ minimum: 1 })),
  /** Minutes looked at, and the fewest probes that say anything. */
  window: T.Optional(
    T.Object({ minutes: T.Optional(T.Integer({ minimum: 1, maximum: 60 })), probes: T.Optional(T.Integer({ minimum: 5 })) }),
  ),
  classes: T.Optional(T.Partial(T.Record(T.Enum(["cable", "circuit", "path"]), Bounds))),
});
export type PolicyFile = Static<typeof File>;
export const monitoringFile = packSection("network.monitoring", T.Union([File, T.Array(T.Unknown(), { maxItems: 0 })]), { optional: true });

export interface LinkClass {
  loss: number;
  lossClear: number;
  /** Milliseconds beyond the time light takes there and back. */
  delay: number;
  delayClear: number;
  /** Share of the line's rate. */
  load: number;
  loadClear: number;
}
export interface Policy {
  /** Seconds without a word after which a place is late, after which it is silent. */
  late: number;
  silent: number;
  hold: { link: number; silence: number; silentAgent: number; power: number };
  clear: number;
  flapping: { window: number; count: number; mostClear: number };
  criticalSites: number;
  window: { minutes: number; probes: number };
  classes: { cable: LinkClass; circuit: LinkClass; path: LinkClass };
}
/** Own fibre hardly loses anything; a leased circuit may; a way across the country adds both up. */
export const usualPolicy: Policy = {
  late: 15,
  silent: 35,
  hold: { link: 2, silence: 5, silentAgent: 60, power: 30 },
  clear: 10,
  flapping: { window: 600, count: 3, mostClear: 300 },
  criticalSites: 10,
  window: { minutes: 5, probes: 50 },
  classes: {
    cable: { loss: 0.02, lossClear: 0.005, delay: 10, delayClear: 5, load: 0.9, loadClear: 0.75 },
    circuit: { loss: 0.03, lossClear: 0.01, delay: 40, delayClear: 20, load: 0.9, loadClear: 0.75 },
    path: { loss: 0.05, lossClear: 0.02, delay: 80, delayClear: 40, load: 1, loadClear: 1 },
  },
};

export function withDefaults(file: PolicyFile): Policy {
  const over = <T extends object>(base: T, more: object | undefined): T => ({ ...base, ...Object.fromEntries(Object.entries(more ?? {}).filter(([, v]) => v !== undefined)) }); // prettier-ignore
  const u = usualPolicy;
  return {
    ...over(u, file),
    hold: over(u.hold, file.hold),
    flapping: over(u.flapping, file.flapping),
    window: over(u.window, file.window),
    classes: {
      cable: over(u.classes.cable, file.classes?.cable),
      circuit: over(u.classes.circuit, file.classes?.circuit),
      path: over(u.classes.path, file.classes?.path),
    },
  };
}

export function policyOf(ctx: Pick<Context, "country">): Policy {
  const file = ctx.country.get(monitoringFile);
  return Array.isArray(file) ? usualPolicy : withDefaults(file);
}
