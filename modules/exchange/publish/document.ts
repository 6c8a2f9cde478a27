/** Reads a text as JSON or YAML into plain values, with bounds: documents come from other people's systems. */
import { parse } from "yaml";

export type Node = null | boolean | number | string | Node[] | { [name: string]: Node };
export type Fields = { [name: string]: Node };

/** Characters. YAML is read far more slowly than JSON, so it gets less. */
export const longest = { json: 2_000_000, yaml: 300_000 } as const;
const deepest = 100;
const mostNodes = 300_000;

export type DocumentFault = "too-long" | "unreadable" | "too-deep";

export const isFields = (node: unknown): node is Fields => typeof node === "object" && node !== null && !Array.isArray(node);
/** A value under a name of its own: never one that every object inherits. */
export const own = (node: unknown, name: string): Node | undefined =>
  isFields(node) && Object.hasOwn(node, name) ? node[name] : undefined;
export const text = (node: unknown): string | undefined => (typeof node === "string" ? node : undefined);

export function readDocument(source: string): { ok: true; value: Fields } | { ok: false; fault: DocumentFault } {
  const looksLikeJson = /^\s*\{/.test(source);
  if (source.length > longest[looksLikeJson ? "json" : "yaml"]) return { ok: false, fault: "too-long" };
  let value: unknown;
  try {
    // Aliases are counted while they unfold, so that a few lines cannot become a billion values; no tag makes anything but plain data.
    value = looksLikeJson
      ? JSON.parse(source)
      : parse(source, { schema: "core", customTags: [], maxAliasCount: 100, prettyErrors: false, logLevel: "silent" });
  } catch {
    return { ok: false, fault: "unreadable" };
  }
  if (!isFields(value)) return { ok: false, fault: "unreadable" };
  return shallow(value) ? { ok: true, value } : { ok: false, fault: "too-deep" };
}

/** Breadth first, so that depth costs no stack; an alias counts each time it stands somewhere. */
function shallow(root: Fields): boolean {
  let level: unknown[] = [root];
  let seen = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest || (seen += level.length) > mostNodes) return false;
    const below: unknown[] = [];
    for (const node of level) {
      if (typeof node === "object" && node !== null) for (const one of Object.values(node)) below.push(one);
      if (below.length > mostNodes) return false;
    }
    level = below;
  }
  return true;
}
