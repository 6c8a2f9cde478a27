import type { AccessRule, NodeIntent } from "../intent/shapes.ts";

/** HTB classes by the class's name: the minor number of 1:x. */
export const classIds = { voice: 10, critical: 20, standard: 30, bulk: 40 } as const;

/**
 * nftables, one table replaced as a whole (one netlink transaction): whatever is not let through is dropped. The underlay
 * lets pass only its own routing and the encrypted overlay; segments meet only by rules between groups of addresses.
 */
export function nftRules(n: NodeIntent, overlay: { interfaces: readonly string[]; ports: readonly number[] }): string {
  const links = n.links.map((l) => l.interface);
  const segments = n.segments.map((s) => s.interface);
  const outside = n.peerings ?? [];
  const transit = n.role !== "site";
  const out: string[] = [
    "table inet toguna",
    "delete table inet toguna",
    "table inet toguna {",
    ...sets("links", links),
    ...sets("segments", segments),
    ...sets("tunnels", overlay.interfaces),
    ...(outside.length ? sets("outside", outside.map((x) => x.interface)) : []), // prettier-ignore
  ];
  n.groups.forEach((g, i) => {
    for (const [family, list] of [
      ["ipv4", g.v4],
      ["ipv6", g.v6],
    ] as const)
      // prettier-ignore
      out.push(
        `  # ${g.id.replaceAll(/[^\x20-\x7e]/g, "?")}`,
        `  set ${setName(i, family)} {`,
        `    type ${family}_addr`,
        "    flags interval",
        "    auto-merge",
        ...(list.length ? [`    elements = { ${list.join(", ")} }`] : []),
        "  }",
      );
  });
  const operator = n.groups.findIndex((g) => g.id === "operator");
  const wg = overlay.ports.length ? [`    iifname @links udp dport { ${overlay.ports.join(", ")} } accept`] : [];
  out.push(
    "  chain input {",
    "    type filter hook input priority filter; policy drop;",
    '    iifname "lo" accept',
    "    ct state established,related accept",
    "    ct state invalid drop",
    "    iifname @links meta l4proto 89 accept",
    "    iifname @links udp dport { 3784, 3785, 4784 } accept",
    "    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, nd-router-solicit } accept",
    ...wg,
    // the underlay answers pings of its own addresses: loss and delay are measured with them
    "    iifname @links meta l4proto { icmp, icmpv6 } accept",
    "    iifname @segments meta l4proto { icmp, icmpv6 } accept",
    ...outside.flatMap((x) => [
      ...(x.v4 ? [`    iifname "${x.interface}" ip saddr ${x.v4.peer} tcp dport 179 accept`] : []),
      ...(x.v6 ? [`    iifname "${x.interface}" ip6 saddr ${x.v6.peer} tcp dport 179 accept`] : []),
    ]),
    ...(operator === -1
      ? []
      : [
          `    iifname @tunnels ip saddr @${setName(operator, "ipv4")} meta l4proto icmp accept`,
          `    iifname @tunnels ip6 saddr @${setName(operator, "ipv6")} meta l4proto icmpv6 accept`,
        ]),
    "    counter drop",
    "  }",
    "  chain forward {",
    "    type filter hook forward priority filter; policy drop;",
    // answers may come another way than questions went: what only passes by is not judged by its state
    "    iifname @links oifname @links udp dport 51820-51829 accept",
    "    iifname @links oifname @links meta l4proto { icmp, icmpv6 } accept",
    // between other sites' tunnels: both ends have filtered or will
    ...(transit ? ["    iifname @tunnels oifname @tunnels accept"] : []),
    "    ct state established,related accept",
    "    ct state invalid drop",
    "    iifname @segments jump between",
    "    iifname @tunnels oifname @segments jump between",
    ...(outside.length ? ["    iifname @outside oifname @segments jump between"] : []),
    "    counter drop",
    "  }",
    "  chain between {",
    ...n.rules.flatMap((r) => accepts(n, r)),
    "  }",
    "  chain marking {",
    "    type filter hook forward priority mangle; policy accept;",
    ...n.segments.flatMap((s) => {
      const dscp = n.qos.find((q) => q.name === s.qos)?.dscp ?? 0;
      return [`    iifname "${s.interface}" ip dscp set ${dscp}`, `    iifname "${s.interface}" ip6 dscp set ${dscp}`];
    }),
    "  }",
    "  chain queueing {",
    "    type filter hook postrouting priority 10; policy accept;",
    // routing and BFD before everything: they carry the rest
    `    ip dscp cs6 meta priority set 1:${classIds.voice} return`,
    `    ip6 dscp cs6 meta priority set 1:${classIds.voice} return`,
    ...n.qos.flatMap((q) => [
      `    ip dscp ${q.dscp} meta priority set 1:${classIds[q.name]}`,
      `    ip6 dscp ${q.dscp} meta priority set 1:${classIds[q.name]}`,
    ]),
    "  }",
    "}",
  );
  return `${out.join("\n")}\n`;
}

function sets(name: string, interfaces: readonly string[]): string[] {
  return [
    `  set ${name} {`,
    "    type ifname",
    ...(interfaces.length ? [`    elements = { ${interfaces.map((i) => `"${i}"`).join(", ")} }`] : []),
    "  }",
  ];
}

const setName = (index: number, family: "ipv4" | "ipv6") => `g${index}_${family === "ipv4" ? 4 : 6}`;

function accepts(n: NodeIntent, r: AccessRule): string[] {
  const [from, to] = [n.groups.findIndex((g) => g.id === r.from), n.groups.findIndex((g) => g.id === r.to)];
  if (from === -1 || to === -1) return [];
  const ports = r.ports.length ? ` dport { ${r.ports.join(", ")} }` : "";
  return (["ipv4", "ipv6"] as const).map((family) => {
    const ip = family === "ipv4" ? "ip" : "ip6";
    const what =
      r.protocol === "any"
        ? ""
        : r.protocol === "icmp"
          ? ` meta l4proto ${family === "ipv4" ? "icmp" : "icmpv6"}`
          : ports
            ? ` ${r.protocol}${ports}`
            : ` meta l4proto ${r.protocol}`;
    return `    ${ip} saddr @${setName(from, family)} ${ip} daddr @${setName(to, family)}${what} accept`;
  });
}
