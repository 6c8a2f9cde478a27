/** For monitoring: what is wrong with equipment now, as a neighbour inside the module hears it. */
import type { Context } from "#kernel";
import { compared } from "./compared.ts";

export interface EquipmentState {
  equipment: string;
  name: string;
  address: string;
  device?: string;
  node?: string;
  /** Why it cannot be read, since when (ISO 8601). */
  trouble?: string;
  since?: string;
  /** Of the last reading. */
  readAt?: string;
  ports: {
    name: string;
    port?: string;
    cable?: string;
    strand?: number;
    state: "down" | "missing" | "other-neighbour" | "neighbour-lost";
  }[];
  /** dBm as read; `margin` in dB below the worst allowed, always negative. */
  optics: { name: string; port?: string; margin: number }[];
}

const states = {
  "port-down": "down",
  "missing-port": "missing",
  "other-neighbour": "other-neighbour",
  "unknown-neighbour": "other-neighbour",
  "neighbour-lost": "neighbour-lost",
} as const;

/** Only those with something wrong; what somebody accepted, or switched off by hand, is not. */
export async function equipmentTroubles(ctx: Context): Promise<EquipmentState[]> {
  const { plant, lines } = await compared(ctx);
  const ports = new Map(plant.port.map((p) => [p.id, p]));
  return lines.flatMap(({ e, device, list }) => {
    if (e.paused) return [];
    const open = list.filter((d) => !d.accepted && (d.severity === "serious" || d.kind === "light"));
    const state: EquipmentState = {
      equipment: e.id,
      name: e.name,
      address: e.address,
      ...(device ? { device: device.id, node: device.node } : {}),
      ...(e.trouble && e.trouble !== "identity-unknown" ? { trouble: e.trouble, since: e.trouble_at!.toISOString() } : {}),
      ...(e.read_at ? { readAt: e.read_at.toISOString() } : {}),
      ports: open.flatMap((d) => {
        const s = (states as Record<string, EquipmentState["ports"][number]["state"]>)[d.kind];
        if (!s) return [];
        const p = d.port === undefined ? undefined : ports.get(d.port);
        return [
          {
            name: d.subject,
            state: s,
            ...(p ? { port: p.id, ...(p.cable === undefined ? {} : { cable: p.cable, strand: p.strand! }) } : {}),
          },
        ];
      }),
      optics: open.flatMap((d) =>
        d.kind === "light" ? [{ name: d.subject, margin: d.margin!, ...(d.port ? { port: d.port } : {}) }] : [],
      ),
    };
    return state.trouble || state.ports.length || state.optics.length ? [state] : [];
  });
}
