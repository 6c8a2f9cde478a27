/** Addresses and prefixes of both families as numbers. RFC 4632 (v4), RFC 4291 (v6); written as RFC 5952 has it. */
export interface Cidr {
  family: 4 | 6;
  base: bigint;
  length: number;
}
const bits = (family: 4 | 6) => (family === 4 ? 32 : 128);

/** Undefined for what is no prefix, or has bits set beyond its length. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash < 0 || !/^\d{1,3}$/.test(text.slice(slash + 1))) return undefined;
  const length = Number(text.slice(slash + 1));
  const found = parseAddress(text.slice(0, slash));
  if (!found || length > bits(found.family)) return undefined;
  if (found.base & (size({ family: found.family, length }) - 1n)) return undefined;
  return { ...found, length };
}

export function parseAddress(text: string): { family: 4 | 6; base: bigint } | undefined {
  if (!text.includes(":")) {
    const parts = text.split(".");
    if (parts.length !== 4 || parts.some((p) => !/^(0|[1-9]\d{0,2})$/.test(p) || Number(p) > 255)) return undefined;
    return { family: 4, base: parts.reduce((n, p) => (n << 8n) | BigInt(p), 0n) };
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((h) => (h === "" ? [] : h.split(":")));
  const given = groups.reduce((n, g) => n + g.length, 0);
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined;
  const all = [...groups[0]!, ...Array.from({ length: 8 - given }, () => "0"), ...(groups[1] ?? [])];
  if (all.some((g) => !/^[0-9a-fA-F]{1,4}$/.test(g))) return undefined;
  return { family: 6, base: all.reduce((n, g) => (n << 16n) | BigInt(`0x${g}`), 0n) };
}

export function size(c: { family: 4 | 6; length: number }): bigint {
  return 1n << BigInt(bits(c.family) - c.length);
}
export const last = (c: Cidr): bigint => c.base + size(c) - 1n;

export function addressText(family: 4 | 6, n: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((s) => (n >> s) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => Number((n >> BigInt(112 - 16 * i)) & 0xffffn));
  // the longest run of zero groups, the first of equals, at least two (RFC 5952, 4.2)
  let [from, run] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0) j++;
    if (j - i > run) [from, run] = [i, j - i];
    i = Math.max(i, j - 1);
  }
  const hex = (list: number[]) => list.map((g) => g.toString(16)).join(":");
  return from < 0 ? hex(groups) : `${hex(groups.slice(0, from))}::${hex(groups.slice(from + run))}`;
}
export const cidrText = (c: Cidr): string => `${addressText(c.family, c.base)}/${c.length}`;

/** The n-th address of a prefix, from 0. */
export function addressIn(c: Cidr, n: number): string {
  return addressText(c.family, c.base + BigInt(n));
}
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.base <= last(b) && b.base <= last(a);
}
export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && outer.length <= inner.length && outer.base <= inner.base && last(inner) <= last(outer);
}
