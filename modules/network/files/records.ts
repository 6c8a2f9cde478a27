import { checkInput, invalidInput, type Text, type TSchema } from "#kernel";
import { metres, type Fault } from "../plant/rules.ts";
import { kinds, noPlant, schemas, type Kind, type Plant, type Point } from "../plant/shapes.ts";

/** One element as a file has it, before anybody knows whether it is right. */
export interface RawRow {
  /** Line of a CSV, place of the feature or object in a JSON. */
  line: number;
  kind: string;
  values: Record<string, unknown>;
}
export interface Read {
  rows: RawRow[];
  faults: Fault[];
}

const isKind = (kind: string): kind is Kind => (kinds as string[]).includes(kind);
const yes = /^(true|1|yes|oui|vrai)$/i;
const no = /^(false|0|no|non|faux)$/i;

/** Text to the type its column has: numbers with either decimal sign, lists and points separated by spaces and commas. */
function typed(schema: TSchema, name: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const type = (schema as { type?: string }).type;
  const text = value.trim();
  if (type === "number" || type === "integer") {
    const n = Number(text.replace(",", "."));
    return text !== "" && Number.isFinite(n) ? n : value;
  }
  if (type === "boolean") return yes.test(text) ? true : no.test(text) ? false : value;
  if (name === "path")
    return text.split(",").map((pair) =>
      pair
        .trim()
        .split(/\s+/)
        .map((n) => Number(n)),
    );
  if (type === "array") return text.split(/\s+/).filter(Boolean);
  return text;
}

/** Typed rows of the seven kinds, each checked against its schema; `lines` remembers where each was read. */
export function build(rows: readonly RawRow[]): { plant: Plant; lines: Map<string, number>; faults: Fault[] } {
  const plant = noPlant();
  const lines = new Map<string, number>();
  const faults: Fault[] = [];
  const fault = (line: number, column: string, message: Text) => faults.push({ line, column, message });
  const unmeasured: { kind: "cable" | "circuit"; line: number; value: Record<string, unknown> }[] = [];
  const take = (kind: Kind, line: number, value: Record<string, unknown>) => {
    try {
      checkInput(schemas[kind], value);
    } catch (error) {
      if (!invalidInput.is(error)) throw error;
      for (const f of error.more.fields ?? []) fault(line, f.path, f.message);
      return;
    }
    plant[kind].push(value as never);
  };
  for (const { line, kind, values } of rows) {
    if (!isKind(kind)) {
      const list = kinds.join(", ");
      fault(line, "type", { fr: `Type inconnu « ${kind} » : ${list}.`, en: `Unknown type “${kind}”: ${list}.` });
      continue;
    }
    const properties = schemas[kind].properties as Record<string, TSchema>;
    const value: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(properties)) {
      const raw = values[name];
      if (raw === undefined || raw === null || (typeof raw === "string" && raw.trim() === "")) continue;
      value[name] = typed(schema, name, raw);
    }
    value.illustrative ??= false;
    if ("ducts" in properties) value.ducts ??= [];
    if (typeof value.id === "string") {
      const key = `${kind}\n${value.id}`;
      const before = lines.get(key);
      if (before !== undefined) {
        fault(line, "id", { fr: `« ${value.id} » est déjà à la ligne ${before}.`, en: `“${value.id}” is on line ${before} already.` });
        continue;
      }
      lines.set(key, line);
    }
    if ((kind === "cable" || kind === "circuit") && value.length === undefined) unmeasured.push({ kind, line, value });
    else take(kind, line, value);
  }
  // a drawn route measures itself; its ends are the nodes'
  const nodes = new Map(plant.node.map((n) => [n.id, n]));
  for (const { kind, line, value } of unmeasured) {
    const [a, b] = [nodes.get(String(value.a)), nodes.get(String(value.b))];
    if (a && b) value.length = Math.max(1, Math.round(routeLength([[a.lon, a.lat], ...pointsOf(value.path), [b.lon, b.lat]])));
    take(kind, line, value);
  }
  return { plant, lines, faults };
}

function pointsOf(path: unknown): Point[] {
  const good = (p: unknown): p is Point => Array.isArray(p) && p.length === 2 && p.every((n) => Number.isFinite(n));
  return Array.isArray(path) ? path.filter(good) : [];
}

function routeLength(points: readonly Point[]): number {
  return points.slice(1).reduce((sum, p, i) => sum + metres(points[i]!, p), 0);
}
