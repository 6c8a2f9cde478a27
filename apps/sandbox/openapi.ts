/** What the registers offer, as OpenAPI 3.1: a search and an entry a register, its keys as parameters, its rows as schema. */
import type { Register, Row } from "./registers/search.ts";

interface Shape {
  type: string;
  format?: string;
  properties?: Record<string, Shape>;
  items?: Shape;
}

const day = /^\d{4}-\d\d-\d\d$/;

/** The shape of what a register really holds: every name any of its rows has. */
export function shapeOf(values: readonly unknown[]): Shape {
  const said = values.filter((v) => v !== undefined && v !== null);
  const [first] = said;
  if (Array.isArray(first)) return { type: "array", items: shapeOf(said.flat()) };
  if (typeof first === "object" && first !== null) {
    const rows = said as Row[];
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !name.startsWith("_"));
    return { type: "object", properties: Object.fromEntries(names.map((name) => [name, shapeOf(rows.map((row) => row[name]))])) };
  }
  if (typeof first === "number") return { type: said.every(Number.isInteger) ? "integer" : "number" };
  if (typeof first === "boolean") return { type: "boolean" };
  return { type: "string", ...(said.length > 0 && said.every((v) => day.test(String(v))) ? { format: "date" } : {}) };
}

function operations(r: Register, at: string): Record<string, object> {
  const rows = {
    type: "object",
    required: ["rows"],
    properties: { rows: { type: "array", items: { $ref: `#/components/schemas/${r.register}` } } },
  };
  const answer = { description: "None, one, or namesakes", content: { "application/json": { schema: rows } } };
  const key = r.keys[0]!;
  return {
    [at || "/"]: {
      get: {
        operationId: `${r.owner}.${r.register}.search`,
        summary: `Rows of ${r.register} kept by ${r.owner}; every condition must hold, at least one is needed`,
        parameters: r.keys.map((name) => ({ name, in: "query", required: false, schema: { type: "string" } })),
        responses: { 200: answer, 400: { description: "No condition, or one this register does not know" } },
      },
    },
    [`${at}/{${key}}`]: {
      get: {
        operationId: `${r.owner}.${r.register}.entry`,
        summary: `The rows of that ${key}`,
        parameters: [{ name: key, in: "path", required: true, schema: { type: "string" } }],
        responses: { 200: answer },
      },
    },
  };
}

const base = (title: string, url: string) => ({
  openapi: "3.1.0",
  info: { title, version: "1", description: "Simulated: invented persons, served from the country pack." },
  servers: [{ url }],
});
const schemas = (registers: readonly Register[]) => ({
  components: { schemas: Object.fromEntries(registers.map((r) => [r.register, shapeOf(r.rows)])) },
});

/** Everything the outside world answers. */
export function openapi(registers: Iterable<Register>, url: string): object {
  const all = [...registers];
  const paths = Object.assign({}, ...all.map((r) => operations(r, `/registers/${r.owner}/${r.register}`))) as object;
  return { ...base("Registers of the demonstration", url), paths, ...schemas(all) };
}

/** One register as its institution would describe it: paths below its own address. */
export const describe = (r: Register, url: string): object => ({
  ...base(r.title?.en ?? r.register, url),
  paths: operations(r, ""),
  ...schemas([r]),
});
