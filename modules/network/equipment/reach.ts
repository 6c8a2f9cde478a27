/** Which addresses this house may call on somebody's word: those of the inventory, and never its own or its host's. Pure. */
import { addressText, contains, parseAddress, parseCidr, size, type Cidr } from "../addressing/prefix.ts";
import type { Prefix } from "../plant/shapes.ts";

/** Never, whatever the inventory says: this machine, the local link, groups, what a cloud's host answers on. RFC 6890, RFC 4291. */
const never = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "100.100.100.200/32",
  "224.0.0.0/3",
  "::/96",
  "::ffff:0:0/96",
  "64:ff9b::/96",
  "2002::/16",
  "fd00:ec2::/32",
  "fe80::/10",
  "ff00::/8",
].map((p) => parseCidr(p)!);

/** Addresses of one sweep. */
export const mostSwept = 1024n;

const known = (list: readonly Prefix[]): Cidr[] => list.flatMap((p) => parseCidr(p.prefix) ?? []);
const one = (a: { family: 4 | 6; base: bigint }): Cidr => ({ ...a, length: a.family === 4 ? 32 : 128 });

export type Reach = { address: string } | { refused: "malformed" | "never" | "outside" };

/** The address as it will be called, one way to write each. */
export function reach(prefixes: readonly Prefix[], text: string): Reach {
  const a = parseAddress(text);
  if (!a) return { refused: "malformed" };
  const at = one(a);
  if (never.some((n) => contains(n, at))) return { refused: "never" };
  if (!known(prefixes).some((p) => contains(p, at))) return { refused: "outside" };
  return { address: addressText(a.family, a.base) };
}

/** SSH, NETCONF, SNMP, or above what services of a machine listen on. */
export const portAllowed = (port: number): boolean => port === 22 || port === 161 || port === 830 || (port >= 1024 && port <= 65_535);

/** Every address of a prefix a sweep may ask, in their order; v4 without the network's own and the broadcast address. */
export function swept(
  prefixes: readonly Prefix[],
  text: string,
): { prefix: string; addresses: string[] } | { refused: "malformed" | "never" | "outside" | "too-wide" } {
  const c = parseCidr(text);
  if (!c) return { refused: "malformed" };
  if (never.some((n) => contains(n, c) || contains(c, n))) return { refused: "never" };
  if (!known(prefixes).some((p) => contains(p, c))) return { refused: "outside" };
  if (size(c) > mostSwept) return { refused: "too-wide" };
  const edges = c.family === 4 && c.length < 31 ? 1n : 0n;
  const addresses: string[] = [];
  for (let n = edges; n < size(c) - edges; n++) addresses.push(addressText(c.family, c.base + n));
  return { prefix: text, addresses };
}
