import type { NodeIntent } from "../intent/shapes.ts";
import { hostname } from "./hostname.ts";

const families = [4, 6] as const;
type Family = (typeof families)[number];
/** More specific prefixes are believed down to what the Internet carries. */
const smallest: Record<Family, number> = { 4: 24, 6: 48 };
const of = (family: Family, all: readonly string[]) => all.filter((x) => x.includes(":") === (family === 6));

/**
 * Sessions with other networks (BGP-4, RFC 4271): only the written prefixes go out and come in; a neighbour that tells far more
 * is shut out, and only who is one hop away is heard (RFC 5082).
 */
export function bgp(n: NodeIntent): string[] {
  const peerings = n.peerings ?? [];
  if (peerings.length === 0) return [];
  const sessions = peerings.flatMap((x, i) =>
    families.flatMap((family) => {
      const at = family === 4 ? x.v4 : x.v6;
      return at ? [{ x, family, peer: at.peer, name: `p${i}-${family}` }] : [];
    }),
  );
  const lists = sessions.flatMap((s) => [
    ...prefixList(`in-${s.name}`, s.family, s.x.accepts, true),
    ...prefixList(`out-${s.name}`, s.family, s.x.announces, false),
  ]);
  return [
    ...lists,
    "!",
    `router bgp ${peerings[0]!.localAs}`,
    ` bgp router-id ${n.routerId}`,
    " no bgp default ipv4-unicast",
    " no bgp network import-check",
    ...sessions.flatMap((s) => [
      ` neighbor ${s.peer} remote-as ${s.x.remoteAs}`,
      ` neighbor ${s.peer} description ${hostname(s.x.id)}`,
      ` neighbor ${s.peer} ttl-security hops 1`,
      ` neighbor ${s.peer} timers connect 5`,
    ]),
    ...families.flatMap((family) => {
      const here = sessions.filter((s) => s.family === family);
      if (here.length === 0) return [];
      const announced = new Set(here.flatMap((s) => of(family, s.x.announces)));
      return [
        " !",
        ` address-family ipv${family} unicast`,
        ...[...announced].toSorted().map((prefix) => `  network ${prefix}`),
        ...here.flatMap((s) => [
          `  neighbor ${s.peer} activate`,
          `  neighbor ${s.peer} prefix-list in-${s.name} in`,
          `  neighbor ${s.peer} prefix-list out-${s.name} out`,
          `  neighbor ${s.peer} maximum-prefix ${Math.max(100, 4 * of(family, s.x.accepts).length)}`,
        ]),
        " exit-address-family",
      ];
    }),
    "exit",
    "!",
  ];
}

function prefixList(name: string, family: Family, all: readonly string[], wide: boolean): string[] {
  const ip = family === 4 ? "ip" : "ipv6";
  const prefixes = of(family, all);
  if (prefixes.length === 0) return [`${ip} prefix-list ${name} seq 5 deny any`];
  return prefixes.map((prefix, i) => {
    const length = Number(prefix.split("/")[1]);
    const more = wide && length > 0 && length < smallest[family] ? ` le ${smallest[family]}` : "";
    return `${ip} prefix-list ${name} seq ${5 * (i + 1)} permit ${prefix}${more}`;
  });
}
