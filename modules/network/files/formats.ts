import { kinds, schemas, type Kind, type Plant, type Point } from "../plant/shapes.ts";
import { csvLine, parseCsv } from "./csv.ts";
import { fromNetBox, toNetBox } from "./netbox.ts";
import type { RawRow, Read } from "./records.ts";

export type Format = "csv" | "geojson" | "netbox";

/** The elements of a file, or why it cannot be read at all. */
export function readFile(format: Format, text: string): Read {
  if (format === "csv") return fromCsv(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message.slice(0, 200);
    return { rows: [], faults: [{ line: 1, column: "", message: { fr: `JSON illisible : ${why}`, en: `Unreadable JSON: ${why}` } }] };
  }
  return format === "geojson" ? fromGeoJson(value) : fromNetBox(value);
}

export function writeFile(format: Format, plant: Plant): string {
  if (format === "csv") return toCsv(plant);
  return `${JSON.stringify(format === "geojson" ? toGeoJson(plant) : toNetBox(plant), null, 1)}\n`;
}

const columns = [...new Set(kinds.flatMap((k) => Object.keys(schemas[k].properties)))];

function toCsv(plant: Plant): string {
  const lines = [csvLine(["type", ...columns])];
  for (const kind of kinds)
    for (const e of plant[kind] as Record<string, unknown>[]) lines.push(csvLine([kind, ...columns.map((c) => cell(c, e[c]))]));
  return `${lines.join("\n")}\n`;
}

function cell(column: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (column === "path") return (value as Point[]).map((p) => p.join(" ")).join(", ");
  return Array.isArray(value) ? value.join(" ") : String(value);
}

function fromCsv(text: string): Read {
  const { rows, unclosed } = parseCsv(text);
  const fault = (line: number, column: string, fr: string, en: string): Read => ({
    rows: [],
    faults: [{ line, column, message: { fr, en } }],
  });
  if (unclosed) return fault(unclosed, "", "Un guillemet ouvert ici n’est jamais fermé.", "A quote opened here never closes.");
  const [head, ...body] = rows;
  const names = head?.cells.map((c) => c.trim().toLowerCase()) ?? [];
  if (!names.includes("type") || !names.includes("id"))
    return fault(1, "", "La première ligne nomme les colonnes : type, id…", "The first line names the columns: type, id…");
  const read: Read = { rows: [], faults: [] };
  for (const name of names)
    if (name !== "type" && !columns.includes(name))
      read.faults.push({ line: 1, column: name, message: { fr: `Colonne inconnue « ${name} ».`, en: `Unknown column “${name}”.` } });
  for (const { line, cells } of body) {
    if (cells.length > names.length)
      read.faults.push({ line, column: "", message: { fr: "Plus de cellules que de colonnes.", en: "More cells than columns." } });
    const values = Object.fromEntries(names.map((n, i) => [n, cells[i]]));
    read.rows.push({ line, kind: (values.type ?? "").trim(), values });
  }
  return read;
}

interface Feature {
  type?: unknown;
  id?: unknown;
  geometry?: { type?: unknown; coordinates?: unknown } | null;
  properties?: Record<string, unknown> | null;
}

/** RFC 7946: nodes are points, cables and circuits lines from node to node, the rest has no geometry. */
export function toGeoJson(plant: Plant): { type: "FeatureCollection"; features: unknown[] } {
  const at = new Map(plant.node.map((n): [string, Point] => [n.id, [n.lon, n.lat]]));
  const feature = (kind: Kind, e: object, geometry: unknown) => ({ type: "Feature", geometry, properties: { type: kind, ...e } });
  const features = kinds.flatMap((kind) =>
    plant[kind].map((e) => {
      if (kind === "node") {
        const { lon, lat, ...rest } = e as Plant["node"][number];
        return feature(kind, rest, { type: "Point", coordinates: [lon, lat] });
      }
      if (kind === "cable" || kind === "circuit") {
        const { path, ...rest } = e as Plant["cable"][number];
        const coordinates = [at.get(rest.a), ...(path ?? []), at.get(rest.b)];
        return feature(kind, rest, { type: "LineString", coordinates });
      }
      return feature(kind, e, null);
    }),
  );
  return { type: "FeatureCollection", features };
}

function fromGeoJson(value: unknown): Read {
  const features = (value as { features?: unknown } | null)?.features;
  if (!Array.isArray(features))
    return {
      rows: [],
      faults: [{ line: 1, column: "", message: { fr: "Une FeatureCollection est attendue.", en: "A FeatureCollection is expected." } }],
    };
  const rows = features.map((one: Feature | null, i): RawRow => {
    const properties: Record<string, unknown> = { ...(one?.properties ?? {}) };
    const { type, coordinates } = one?.geometry ?? {};
    const drawn: Record<string, unknown> = {};
    if (type === "Point" && Array.isArray(coordinates)) [drawn.lon, drawn.lat] = coordinates as unknown[];
    if (type === "LineString" && Array.isArray(coordinates) && coordinates.length > 2)
      drawn.path = coordinates.slice(1, -1).map((p: unknown) => (Array.isArray(p) ? p.slice(0, 2) : p));
    const kind = properties.type ?? (type === "Point" ? "node" : type === "LineString" ? "cable" : "");
    return { line: i + 1, kind: String(kind), values: { id: one?.id, ...properties, ...drawn } };
  });
  return { rows, faults: [] };
}
