import type { BfdProfile, NodeIntent } from "../intent/shapes.ts";
import { bgp } from "./bgp.ts";
import { hostname } from "./hostname.ts";

/**
 * FRRouting, one frr.conf: OSPFv2 (RFC 2328) and OSPFv3 (RFC 5340) point to point on every link, loopbacks announced, BFD
 * (RFC 5880) under both so that silence is noticed in milliseconds. Hellos each second bring a mended link back quickly.
 */
export function frrConfig(n: NodeIntent): string {
  const v4 = n.links.some((l) => l.v4) || n.loopback4 !== undefined;
  const v6 = n.links.some((l) => l.v6) || n.loopback6 !== undefined;
  const profiles = new Map<string, BfdProfile>(n.links.map((l) => [l.bfd.name, l.bfd]));
  const out: string[] = [
    "frr defaults traditional",
    `hostname ${hostname(n.id)}`,
    "!",
    "interface lo",
    ...(n.loopback4 ? [" ip ospf area 0"] : []),
    ...(n.loopback6 ? [" ipv6 ospf6 area 0"] : []),
    "exit",
    "!",
  ];
  for (const l of n.links) {
    out.push(`interface ${l.interface}`, ` description ${l.kind} to ${l.peer}`);
    if (l.v4)
      out.push(
        " ip ospf area 0",
        " ip ospf bfd",
        ` ip ospf bfd profile ${l.bfd.name}`,
        ` ip ospf cost ${l.cost}`,
        " ip ospf dead-interval 4",
        " ip ospf hello-interval 1",
        " ip ospf network point-to-point",
      );
    if (l.v6)
      out.push(
        " ipv6 ospf6 area 0",
        ` ipv6 ospf6 bfd profile ${l.bfd.name}`,
        ` ipv6 ospf6 cost ${l.cost}`,
        " ipv6 ospf6 dead-interval 4",
        " ipv6 ospf6 hello-interval 1",
        " ipv6 ospf6 network point-to-point",
      );
    out.push("exit", "!");
  }
  // thinks 10 ms after a change, at most every half second in a storm; tells others of the next change after 100 ms, not after
  // the usual 5 s, in which a link that has just come back would not count
  const timers = [" timers lsa min-arrival 50", " timers throttle spf 10 50 500"];
  if (v4) out.push("router ospf", ` ospf router-id ${n.routerId}`, " timers throttle lsa all 100", ...timers, "exit", "!");
  if (v6) out.push("router ospf6", ` ospf6 router-id ${n.routerId}`, ...timers, "exit", "!");
  out.push(...bgp(n));
  if (profiles.size) {
    out.push("bfd");
    for (const [name, p] of [...profiles].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      out.push(
        ` profile ${name}`,
        `  detect-multiplier ${p.multiplier}`,
        `  receive-interval ${p.interval}`,
        `  transmit-interval ${p.interval}`,
        " exit",
        " !",
      );
    out.push("exit", "!");
  }
  return `${out.join("\n")}\n`;
}
