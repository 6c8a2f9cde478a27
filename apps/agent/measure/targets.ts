/** Whom to measure, from what the site was told to be: the neighbour on each link, the gateways of its tunnels. Pure. */
import type { InterfacesPart, OverlayPart } from "#network/api";

export interface Target {
  /** Interface name of a link, or `node:<id>`. */
  to: string;
  address: string;
}
/** A gateway's peers are the other gateways first, then hundreds of sites: so many ways are measured. */
const mostWays = 6;
const mostLinks = 400;

export function targets(parts: { interfaces?: string | undefined; overlay?: string | undefined }): Target[] {
  const out: Target[] = [];
  if (parts.interfaces)
    for (const l of (JSON.parse(parts.interfaces) as InterfacesPart).links.slice(0, mostLinks)) {
      const far = l.addresses.map(otherEnd).find((a) => a !== undefined);
      if (far) out.push({ to: l.name, address: far });
    }
  if (parts.overlay) {
    const ways = new Map<string, string>();
    for (const i of (JSON.parse(parts.overlay) as OverlayPart).interfaces)
      for (const x of i.conf.matchAll(/^# (\S+)\n\[Peer\]\n(?:(?!\[Peer\]).*\n)*?Endpoint = (\S+):\d+$/gm)) {
        const address = x[2]!.replace(/^\[|\]$/g, "");
        if (isAddress(address) && ways.size < mostWays && !ways.has(x[1]!)) ways.set(x[1]!, address);
      }
    for (const [node, address] of ways) out.push({ to: `node:${node}`, address });
  }
  return out.filter((t) => isAddress(t.address));
}

/** It becomes a word of a command: digits, letters a to f, dots and colons, and nothing that begins like an option. */
const isAddress = (a: string): boolean => /^[0-9a-fA-F][0-9a-fA-F.:]{1,44}$/.test(a);

/** RFC 3021 and RFC 6164: a link has two addresses, and the last bit tells them apart. */
export function otherEnd(address: string): string | undefined {
  const [ip = "", length] = address.split("/");
  if (length === "31") {
    const parts = ip.split(".");
    return parts.length === 4 ? [...parts.slice(0, 3), String(Number(parts[3]) ^ 1)].join(".") : undefined;
  }
  if (length !== "127") return undefined;
  const last = /^(.*:)([0-9a-fA-F]{0,4})$/.exec(ip);
  return last ? last[1]! + (Number.parseInt(last[2] || "0", 16) ^ 1).toString(16) : undefined;
}
