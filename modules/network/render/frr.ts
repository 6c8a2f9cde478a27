import type { BfdProfile, NodeIntent } from "../intent/shapes.ts";

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

/**
 * Sessions with other networks (BGP-4, RFC 4271): only the written prefixes go out and come in, more specific ones too where
 * they are no smaller than the Internet carries; a neighbour that tells far more is shut out, and only who is one hop away
 * is heard (RFC 5082).
 */
function bgp(n: NodeIntent): string[] {
  const out: string[] = [];
  const lists: string[] = [];
  const list = (name: string, family: 4 | 6, prefixes: readonly string[], wide: boolean) => {
    const most = family === 4 ? 24 : 48;
    prefixes.forEach((x, i) => {
      const more = wide && Number(x.split("/")[1]) > 0 && Number(x.split("/")[1]) < most ? ` le ${most}` : "";
      lists.push(`${family === 4 ? "ip" : "ipv6"} prefix-list ${name} seq ${5 * (i + 1)} permit ${x}${more}`);
    });
    if (prefixes.length === 0) lists.push(`${family === 4 ? "ip" : "ipv6"} prefix-list ${name} seq 5 deny any`);
  };
  const of = (family: 4 | 6, all: readonly string[]) => all.filter((x) => x.includes(":") === (family === 6));
  const peerings = n.peerings ?? [];
  if (peerings.length) {
    out.push(
      `router bgp ${peerings[0]!.localAs}`,
      ` bgp router-id ${n.routerId}`,
      " no bgp default ipv4-unicast",
      " no bgp network import-check",
    );
    const sessions = peerings.flatMap((x, i) =>
      ([4, 6] as const).flatMap((family) => {
        const at = family === 4 ? x.v4 : x.v6;
        return at ? [{ x, family, peer: at.peer, name: `p${i}-${family}` }] : [];
      }),
    );
    for (const s of sessions)
      out.push(
        ` neighbor ${s.peer} remote-as ${s.x.remoteAs}`,
        ` neighbor ${s.peer} description ${hostname(s.x.id)}`,
        ` neighbor ${s.peer} ttl-security hops 1`,
        ` neighbor ${s.peer} timers connect 5`,
      );
    for (const family of [4, 6] as const) {
      const here = sessions.filter((s) => s.family === family);
      if (here.length === 0) continue;
      out.push(" !", ` address-family ipv${family} unicast`);
      for (const prefix of [...new Set(here.flatMap((s) => of(family, s.x.announces)))].toSorted()) out.push(`  network ${prefix}`);
      for (const s of here) {
        const accepted = of(family, s.x.accepts);
        out.push(
          `  neighbor ${s.peer} activate`,
          `  neighbor ${s.peer} prefix-list in-${s.name} in`,
          `  neighbor ${s.peer} prefix-list out-${s.name} out`,
          `  neighbor ${s.peer} maximum-prefix ${Math.max(100, 4 * accepted.length)}`,
        );
        list(`in-${s.name}`, family, accepted, true);
        list(`out-${s.name}`, family, of(family, s.x.announces), false);
      }
      out.push(" exit-address-family");
    }
    out.push("exit", "!");
  }
  return [...lists, ...(lists.length ? ["!"] : []), ...out];
}

/** RFC 1123: letters, digits, hyphens, at most 63. */
function hostname(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9-]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 63) || "node"; // prettier-ignore
}
