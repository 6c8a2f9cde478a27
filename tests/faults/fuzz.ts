/**
 * Every contract the running program publishes, with inputs made from its own schema and then spoilt: whatever is sent,
 * the answer is ours (a code, a status, a sentence in the caller's language) and never a fault of ours.
 */
import { allProblems, say, type Lang, type ProblemKind } from "#kernel";
import { modules } from "../../apps/server/house.ts";
import { seeded } from "./seeded.ts";

interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
}
interface Operation {
  operationId: string;
  parameters: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: { "application/json": { schema: Schema } } };
}
export interface FuzzResult {
  requests: number;
  contracts: number;
  statuses: Record<string, number>;
  wrong: string[];
}

const nasty: unknown[] = [
  "",
  " ",
  "\u0000",
  "x".repeat(10_000),
  "é".normalize("NFD").repeat(3000),
  "<script>alert(1)</script>",
  "' or 1=1; drop table kernel.fact --",
  "../../../etc/passwd",
  "%00%2e%2e",
  "__proto__",
  "00000000-0000-7000-8000-000000000000",
  "99199400000169139",
  "+22670000011",
  "1994-13-45",
  "\ud800",
  0,
  -1,
  1e308,
  2 ** 53,
  null,
  true,
  [],
  {},
  [[[[[[[[]]]]]]]],
  { toString: 1, constructor: null },
  Array.from({ length: 500 }, (_, i) => i),
];

/** Calls that would end the fuzzer's own sessions. */
const left = new Set(["identity.sign-out", "identity.refresh-session", "identity.end-sessions", "identity.end-session"]);

export async function fuzz(o: { origin: string; tokens: string[]; each: number; seed: number; known: string[] }): Promise<FuzzResult> {
  const random = seeded(o.seed);
  const pick = <V>(list: readonly V[]): V => list[Math.floor(random() * list.length)] as V;
  void modules; // their problems are registered when they are loaded
  const problems = new Map(allProblems().map((p) => [p.code, p]));
  const make = (s: Schema, depth = 0): unknown => {
    if (random() < 0.25) return pick(nasty);
    if (s.const !== undefined) return s.const;
    if (s.enum) return pick(s.enum);
    if (s.anyOf) return make(pick(s.anyOf), depth);
    if (s.type === "string") return pick([...o.known, "bf-anptic", "casier-judiciaire-b3", "2026-11-21", "abc", "é’« »"]);
    if (s.type === "integer" || s.type === "number") return pick([1, 2, 3, 0, 100, 7.5]);
    if (s.type === "boolean") return random() < 0.5;
    if (s.type === "array") return Array.from({ length: Math.floor(random() * 3) }, () => make(s.items ?? {}, depth + 1));
    if (s.properties) {
      const out: Record<string, unknown> = {};
      for (const [name, one] of Object.entries(s.properties)) if (random() > 0.15) out[name] = make(one, depth + 1);
      if (random() < 0.1) out[pick(["role", "__proto__", "constructor", "unscoped", "x".repeat(300)])] = pick(nasty);
      return out;
    }
    return pick(nasty);
  };
  const { paths } = (await (await fetch(`${o.origin}/api/openapi.json`)).json()) as { paths: Record<string, Record<string, Operation>> };
  const result: FuzzResult = { requests: 0, contracts: 0, statuses: {}, wrong: [] };
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods)) {
      if (left.has(operation.operationId)) continue;
      result.contracts++;
      for (let i = 0; i < o.each; i++) {
        const lang: Lang = random() < 0.5 ? "fr" : "en";
        const token = pick([...o.tokens, "", "x".repeat(43)]);
        let url = path;
        const query = new URLSearchParams();
        for (const p of operation.parameters) {
          const v = make(p.schema);
          const text = (typeof v === "string" ? v : JSON.stringify(v)).replaceAll("\ud800", "?").slice(0, 1200);
          if (p.in === "path") url = url.replace(`{${p.name}}`, encodeURIComponent(text) || "x");
          else if (p.in === "query" && random() < 0.8) query.set(p.name, text);
        }
        const schema = operation.requestBody?.content["application/json"].schema;
        const whole = schema ? JSON.stringify(make(schema)) : "{}";
        const body =
          random() < 0.05
            ? pick([
                "{",
                `{"procedure":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
                '{"procedure":"\\ud800"}',
                "[]",
                "null",
                '"x"',
                '{"a":1,"a":2}',
                "\u0000",
                '{"__proto__":{"x":1}}',
              ])
            : whole;
        const address = `${o.origin}${url}${query.size ? `?${query}` : ""}`;
        const answer = await fetch(address, {
          method: method.toUpperCase(),
          redirect: "manual",
          headers: {
            "accept-language": lang,
            ...(token ? { authorization: `Bearer ${token}` } : {}),
            ...(random() < 0.9 ? { "idempotency-key": `fuzz-${o.seed}-${result.requests % 997}-0123456789` } : {}),
            ...(method === "get" ? {} : { "content-type": random() < 0.95 ? "application/json" : "text/xml" }),
          },
          ...(method === "get" || method === "delete" ? {} : { body }),
        });
        result.requests++;
        result.statuses[answer.status] = (result.statuses[answer.status] ?? 0) + 1;
        const text = await answer.text();
        const fault = judge(answer.status, text, lang, problems);
        if (fault && result.wrong.length < 20)
          result.wrong.push(`${operation.operationId} ${fault}\n  ${address.slice(0, 300)}\n  ${body.slice(0, 300)}`);
      }
    }
  return result;
}

function judge(status: number, text: string, lang: Lang, problems: Map<string, ProblemKind>): string {
  if (status < 400) return "";
  let p: { code?: string; status?: number; title?: string };
  try {
    p = JSON.parse(text) as typeof p;
  } catch {
    return `answered ${status} without a problem: ${text.slice(0, 200)}`;
  }
  const kind = problems.get(p.code ?? "");
  if (!kind) return `answered ${status} with an unknown code ${p.code}`;
  if (p.status !== status || kind.status !== status) return `said ${p.status} in a ${status}`;
  if (p.title !== say(kind.title, lang)) return `spoke another language than ${lang}: ${p.title}`;
  return status >= 500 && status !== 503 ? `answered ${status} ${p.code}` : "";
}
