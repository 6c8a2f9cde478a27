import type { Plant } from "./shapes.ts";

export interface Hop {
  cable: string;
  strand: number;
  /** The node this strand leads to. */
  node: string;
  /** What happens to it there. */
  end: "splice" | "port" | "open" | "loop";
  splice?: string;
  port?: string;
  device?: string;
}

/** Where a strand leads, from the middle of any cable, towards both of its ends: no active port is needed. */
export function trace(p: Plant, start: Start): Traced {
  return tracer(p)(start);
}

export interface Start {
  cable: string;
  strand: number;
}
export interface Traced {
  towardsA: Hop[];
  towardsB: Hop[];
}

/** For many traces of one plant. */
export function tracer(p: Plant): (start: Start) => Traced {
  const cables = new Map(p.cable.map((c) => [c.id, c]));
  const devices = new Map(p.device.map((d) => [d.id, d]));
  const joined = new Map<string, { splice: string; cable: string; strand: number }>();
  const key = (cable: string, strand: number, node: string) => `${cable}\n${strand}\n${node}`;
  for (const s of p.splice)
    for (let i = 0; i < s.count; i++) {
      const [x, y] = [
        { splice: s.id, cable: s.cable, strand: s.strand + i },
        { splice: s.id, cable: s.into_cable, strand: s.into_strand + i },
      ];
      joined.set(key(x.cable, x.strand, s.node), y);
      joined.set(key(y.cable, y.strand, s.node), x);
    }
  const ports = new Map(
    p.port.flatMap((port) =>
      port.cable === undefined ? [] : [[key(port.cable, port.strand!, devices.get(port.device)?.node ?? ""), port] as const],
    ),
  );
  const walk = (start: Start, towards: "a" | "b"): Hop[] => {
    const hops: Hop[] = [];
    const seen = new Set<string>();
    let { cable, strand } = start;
    let node = cables.get(cable)?.[towards];
    while (node !== undefined) {
      const here = key(cable, strand, node);
      const port = ports.get(here);
      const next = joined.get(here);
      if (seen.has(here)) {
        hops.push({ cable, strand, node, end: "loop" });
        break;
      }
      seen.add(here);
      if (port) {
        hops.push({ cable, strand, node, end: "port", port: port.id, device: port.device });
        break;
      }
      if (!next) {
        hops.push({ cable, strand, node, end: "open" });
        break;
      }
      hops.push({ cable, strand, node, end: "splice", splice: next.splice });
      const c = cables.get(next.cable);
      const from: string = node;
      node = c === undefined ? undefined : c.a === from ? c.b : c.a;
      ({ cable, strand } = next);
    }
    return hops;
  };
  return (start) => ({ towardsA: walk(start, "a"), towardsB: walk(start, "b") });
}
