import type { NodeIntent } from "../intent/shapes.ts";
import { frrConfig } from "./frr.ts";
import { nftRules } from "./nft.ts";
import { overlayPart, slotInterface, slotPort, type OverlayState } from "./overlay.ts";
import { part, type Rendered } from "./parts.ts";
import { tcBatch } from "./tc.ts";

/** Addresses by interface; an interface of a segment is made, one of a link is there or the link is not. */
export interface InterfacesPart {
  loopback: string[];
  links: { name: string; addresses: string[] }[];
  segments: { name: string; addresses: string[] }[];
}

export function interfacesPart(n: NodeIntent): InterfacesPart {
  const some = (...list: (string | undefined)[]) => list.filter((x) => x !== undefined);
  const within = (gateway?: string, prefix?: string) => (gateway && prefix ? `${gateway}/${prefix.split("/")[1]}` : undefined);
  return {
    loopback: some(n.loopback4 && `${n.loopback4}/32`, n.loopback6 && `${n.loopback6}/128`, n.overlay?.v4, n.overlay?.v6),
    links: [...n.links, ...(n.peerings ?? [])].map((l) => ({ name: l.interface, addresses: some(l.v4?.address, l.v6?.address) })),
    segments: n.segments.map((s) => ({
      name: s.interface,
      addresses: some(within(s.v4?.gateway, s.v4?.prefix), within(s.v6?.gateway, s.v6?.prefix)),
    })),
  };
}

/** What a node must be, as the text its tools take. Pure: the same intent and keys give the same bytes. */
export function render(n: NodeIntent, state: OverlayState): Rendered {
  const tunnels = n.overlay ? state.slots.map(slotInterface) : [];
  const ports = n.overlay ? state.slots.map((s) => slotPort(n.overlay!.port, s)) : [];
  return {
    interfaces: part(`${JSON.stringify(interfacesPart(n), null, 1)}\n`),
    filter: part(nftRules(n, { interfaces: tunnels, ports })),
    overlay: part(`${JSON.stringify(overlayPart(n, state), null, 1)}\n`),
    routing: part(frrConfig(n)),
    classes: part(tcBatch(n, tunnels)),
  };
}
