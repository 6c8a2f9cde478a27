/** Whom a question or its answer names, by her identity number: what a service's `subject` says. Pure. */
import { parsePointer } from "./fields.ts";
import type { Subject } from "../pack.ts";

/** Identity numbers differ from country to country; this much is common, and keeps nonsense out. */
const isNumber = (text: unknown): text is string | number =>
  (typeof text === "string" && /^[A-Za-z0-9 ./-]{4,40}$/.test(text.trim())) || (typeof text === "number" && Number.isSafeInteger(text));

/** The number in the query or the path, as the register would write it. */
export function numberAsked(s: Subject, q: { query: Record<string, string> | undefined; path: string }): string | undefined {
  const said = s.query === undefined ? undefined : q.query?.[s.query];
  const segment = s.segment === undefined ? undefined : q.path.split("/")[s.segment];
  const found = said ?? (segment === undefined ? undefined : decoded(segment));
  return isNumber(found) ? String(found).trim() : undefined;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Every number the answer holds at that pointer, each once; a list at its end counts element by element. */
export function numbersIn(value: unknown, pointer: string): string[] {
  const tokens = parsePointer(pointer) ?? [];
  const found = new Set<string>();
  const walk = (at: unknown, depth: number): void => {
    if (at === null || at === undefined) return;
    if (depth === tokens.length) {
      for (const one of Array.isArray(at) ? (at as unknown[]) : [at]) if (isNumber(one)) found.add(String(one).trim());
      return;
    }
    const token = tokens[depth]!;
    if (Array.isArray(at)) {
      if (token === "*") for (const one of at as unknown[]) walk(one, depth + 1);
      else if (/^\d+$/.test(token)) walk((at as unknown[])[Number(token)], depth + 1);
    } else if (typeof at === "object" && Object.hasOwn(at, token)) walk((at as Record<string, unknown>)[token], depth + 1);
  };
  walk(value, 0);
  return [...found];
}
