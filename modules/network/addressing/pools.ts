import { addressText, parseCidr, type Cidr } from "./prefix.ts";
import type { Prefix, uses } from "../plant/shapes.ts";

export type Use = (typeof uses)[number];

/** How long a prefix each use gets: /31 and /127 between two routers (RFC 3021, RFC 6164), a whole /24 and /64 for people. */
export const lengths: Record<Use, { 4: number; 6: number }> = {
  loopback: { 4: 32, 6: 128 },
  link: { 4: 31, 6: 127 },
  overlay: { 4: 32, 6: 128 },
  segment: { 4: 24, 6: 64 },
};

/** Private numbers of four octets (RFC 6996). */
export const asNumbers = { first: 4_200_000_000, last: 4_294_967_294 };

/** VLANs below are the equipment's own. */
export const firstVlan = 100;

/**
 * The pools where nobody recorded others: 10.0.0.0/8 (RFC 1918) and one unique local /48 (RFC 4193) whose 40 random bits the
 * caller gives, so that two countries that join their networks do not meet.
 */
export function usualPools(globalId: Uint8Array): Prefix[] {
  const id = globalId.subarray(0, 5).reduce((n, b) => (n << 8n) | BigInt(b), 0xfdn);
  const v6 = (subnet: bigint, length: number) => `${addressText(6, (id << 80n) | (subnet << 64n))}/${length}`;
  const pool = (serves: Use, prefix: string): Prefix => ({
    id: `pool-${serves}-${prefix.includes(":") ? 6 : 4}`,
    illustrative: false,
    prefix,
    role: "pool",
    serves,
  });
  return [
    pool("segment", "10.0.0.0/9"),
    pool("overlay", "10.250.0.0/15"),
    pool("link", "10.252.0.0/15"),
    pool("loopback", "10.254.0.0/15"),
    pool("segment", v6(0n, 49)),
    pool("overlay", v6(0xff02n, 64)),
    pool("link", v6(0xff01n, 64)),
    pool("loopback", v6(0xff00n, 64)),
  ];
}

/** The pools of a use in a family, in the order of their addresses. */
export function poolsOf(all: readonly Prefix[], use: Use, family: 4 | 6): Cidr[] {
  return all
    .flatMap((p) => (p.role === "pool" && p.serves === use ? [parseCidr(p.prefix)] : []))
    .filter((c): c is Cidr => c?.family === family)
    .toSorted((x, y) => (x.base < y.base ? -1 : 1));
}
