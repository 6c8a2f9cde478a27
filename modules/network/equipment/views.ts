import type { Context, OutputOf, Problem, Text } from "#kernel";
import type { Change } from "../branches/shapes.ts";
import type { Plant } from "../plant/shapes.ts";
import { troubles, type Line } from "./compared.ts";
import type { listEquipment } from "./contracts.ts";
import { addressRefused, deviceUnknown, nothingToAdopt } from "./problems.ts";
import type { Severity } from "./shapes.ts";
import type { Equipment } from "./store.ts";

type Head = OutputOf<typeof listEquipment>["equipment"][number];

export function headOf(ctx: Context, plant: Plant, { e, device, list }: Line): Head {
  const t = e.trouble ? troubles[e.trouble] : undefined;
  const count = (s: Severity) => list.filter((d) => !d.accepted && d.severity === s).length;
  return {
    id: e.id,
    name: e.name,
    protocol: e.protocol,
    address: e.address,
    port: e.port,
    ...(device
      ? {
          device: {
            id: device.id,
            name: device.name,
            node: device.node,
            nodeName: plant.node.find((n) => n.id === device.node)?.name ?? device.node,
          },
        }
      : {}),
    paused: e.paused,
    weak: e.weak,
    ...(e.read_at ? { readAt: e.read_at.toISOString() } : {}),
    ...(t
      ? {
          trouble: {
            cause: e.trouble!,
            words: ctx.say(t.words),
            remedy: ctx.say(t.remedy),
            since: e.trouble_at!.toISOString(),
            ...(e.detail ? { detail: e.detail } : {}),
          },
        }
      : {}),
    differences: {
      serious: count("serious"),
      warning: count("warning"),
      note: count("note"),
      accepted: list.filter((d) => d.accepted).length,
    },
  };
}

const whys: Record<"malformed" | "never" | "outside" | "too-wide" | "port", Text> = {
  malformed: {
    fr: "Ce n’est ni une adresse ni un préfixe\u202f; les noms ne sont pas acceptés.",
    en: "This is neither an address nor a prefix; names are not accepted.",
  },
  never: {
    fr: "Adresse de cette machine, du lien local, d’un groupe ou de l’hôte\u202f: jamais appelée.",
    en: "An address of this machine, of the local link, of a group or of the host: never called.",
  },
  outside: {
    fr: "Aucun préfixe de l’inventaire ne contient cette adresse\u202f: ajoutez-le d’abord par un projet.",
    en: "No prefix of the inventory holds this address: add it first by a branch.",
  },
  "too-wide": {
    fr: "Au plus 1\u202f024 adresses à la fois\u202f: /22 en IPv4, /118 en IPv6.",
    en: "At most 1,024 addresses at once: /22 in IPv4, /118 in IPv6.",
  },
  port: {
    fr: "Port 22, 161, 830, ou à partir de 1024.",
    en: "Port 22, 161, 830, or from 1024 up.",
  },
};
export const refusalOf = (why: keyof typeof whys): Problem => addressRefused({ detail: whys[why] });

/** A device nobody planned, as new elements of the inventory: itself and its ports in use. */
export function additions(plant: Plant, e: Equipment, node: string | undefined): { device: string; changes: Change[] } {
  if (node === undefined || !plant.node.some((n) => n.id === node)) throw deviceUnknown();
  if (!e.reading) throw nothingToAdopt();
  const slug = (s: string) => s.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, "-").replace(/^[^a-z0-9]+/, "").slice(0, 60) || "x"; // prettier-ignore
  const taken = new Set(plant.device.map((d) => d.id));
  const wanted = slug(e.reading.system?.name ?? e.name);
  let device = wanted;
  for (let n = 2; taken.has(device); n++) device = `${wanted}-${n}`;
  const ports = (e.reading.interfaces ?? []).filter((i) => i.kind === "ethernet" && i.oper === "up");
  const serial = e.reading.system?.serial;
  return {
    device,
    changes: [
      {
        op: "add",
        kind: "device",
        id: device,
        fields: { node, name: e.reading.system?.name ?? e.name, ...(serial ? { serial } : {}), illustrative: false },
      },
      ...ports.map((i): Change => ({
        op: "add",
        kind: "port",
        id: `${device}:${slug(i.name)}`,
        fields: { device, name: i.name, ...(i.speed && i.speed >= 1 ? { capacity: Math.round(i.speed) } : {}), illustrative: false },
      })),
    ],
  };
}
