/** An import read line by line, pure: what each line says, or what is wrong with it. */
import type { Text } from "#kernel";
import { loops } from "../load/rules.ts";
import { CsvFault, parseCsv } from "./csv.ts";

export interface Entry {
  line: number;
  id: string;
  class: string;
  code: string;
  kind: string;
  name: Text;
  parent: string | undefined;
  division: string;
  point: [number, number] | undefined;
  source: { title: string; date: string | undefined } | undefined;
  basis: "sourced" | "illustrative";
}
export interface Fault {
  line: number;
  column: string;
  message: Text;
}

/** Columns of the CSV, or properties of each GeoJSON feature. */
export const columns = [
  "id",
  "kind",
  "name_fr",
  "name_en",
  "division",
  "class",
  "code",
  "parent",
  "lon",
  "lat",
  "source",
  "source_date",
] as const;
const required = ["id", "kind", "name_fr", "division"] as const;

type Values = Partial<Record<(typeof columns)[number], string>>;

export function isWithin(point: readonly [number, number], box: readonly number[]): boolean {
  const [west, south, east, north] = box as [number, number, number, number];
  return point[0] >= west && point[0] <= east && point[1] >= south && point[1] <= north;
}

export interface Known {
  institutions: ReadonlySet<string>;
  members: ReadonlySet<string>;
  divisions: ReadonlySet<string>;
  box: readonly number[] | undefined;
}

const say = (fr: string, en: string): Text => ({ fr, en });

export function readImport(format: "csv" | "geojson", text: string, known: Known): { entries: Entry[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const lines = format === "csv" ? fromCsv(text, faults) : fromGeojson(text, faults);
  const entries = lines.map(({ line, values }) => readLine(line, values, faults));
  const ids = new Map<string, number>();
  const members = new Map<string, number>();
  const own = new Set(entries.map((e) => e.id));
  const looped = new Set(loops(entries));
  for (const e of entries) {
    const fault = (column: string, message: Text) => faults.push({ line: e.line, column, message });
    if (!e.id) continue;
    if (known.institutions.has(e.id)) fault("id", say("Cet identifiant est déjà pris.", "This identifier is already taken."));
    const twin = ids.get(e.id);
    if (twin) fault("id", say(`Même identifiant qu’à la ligne ${twin}.`, `Same identifier as in line ${twin}.`));
    ids.set(e.id, e.line);
    const member = `${e.class}/${e.code}`;
    const other = members.get(member);
    if (known.members.has(member)) fault("code", say("Ce code de membre est déjà pris.", "This member code is already taken."));
    if (other) fault("code", say(`Même code de membre qu’à la ligne ${other}.`, `Same member code as in line ${other}.`));
    members.set(member, e.line);
    if (e.division && !known.divisions.has(e.division))
      fault("division", say("Ce territoire n’existe pas.", "This division does not exist."));
    if (e.parent && !known.institutions.has(e.parent) && !own.has(e.parent))
      fault("parent", say("Cette institution de tutelle n’existe pas.", "This parent institution does not exist."));
    if (looped.has(e.id)) fault("parent", say("Cette institution serait sa propre tutelle.", "This institution would be its own parent."));
    if (e.point && known.box && !isWithin(e.point, known.box))
      fault("lon", say("Ce point est hors du pays.", "This point lies outside the country."));
  }
  return { entries, faults: faults.toSorted((a, b) => a.line - b.line) };
}

function readLine(line: number, v: Values, faults: Fault[]): Entry {
  const fault = (column: string, message: Text) => faults.push({ line, column, message });
  const get = (name: (typeof columns)[number]) => (v[name] ?? "").trim().normalize("NFC");
  for (const name of required) if (!get(name)) fault(name, say("Cette information est obligatoire.", "This information is required."));
  const id = get("id");
  const shaped = (column: "id" | "kind" | "division" | "parent", value: string) => {
    if (value && !/^[a-z0-9][a-z0-9-]{1,99}$/.test(value))
      fault(column, say("Lettres minuscules, chiffres et traits d’union seulement.", "Lower-case letters, digits and hyphens only."));
  };
  for (const c of ["id", "kind", "division", "parent"] as const) shaped(c, get(c));
  const code = get("code") || id.replace(/^[a-z]{2}-/, "").toUpperCase();
  if (code && !/^[A-Z0-9][A-Z0-9-]{0,79}$/.test(code))
    fault("code", say("Lettres capitales, chiffres et traits d’union seulement.", "Capital letters, digits and hyphens only."));
  const memberClass = get("class") || "GOV";
  if (!/^[A-Z]{2,10}$/.test(memberClass)) fault("class", say("De deux à dix lettres capitales.", "Two to ten capital letters."));
  for (const c of ["name_fr", "name_en"] as const)
    if (get(c).length > 300) fault(c, say("Ce nom est trop long.", "This name is too long."));
  const date = get("source_date");
  if (date && !/^\d{4}-\d\d-\d\d$/.test(date)) fault("source_date", say("Écrivez la date AAAA-MM-JJ.", "Write the date YYYY-MM-DD."));
  return {
    line,
    id,
    class: memberClass,
    code,
    kind: get("kind"),
    name: { fr: get("name_fr"), en: get("name_en") || get("name_fr") },
    parent: get("parent") || undefined,
    division: get("division"),
    point: pointOf(get("lon"), get("lat"), fault),
    source: get("source") ? { title: get("source"), date: date || undefined } : undefined,
    basis: get("source") ? "sourced" : "illustrative",
  };
}

function pointOf(lon: string, lat: string, fault: (column: string, message: Text) => void): [number, number] | undefined {
  if (!lon && !lat) return undefined;
  const read = (text: string) => (/^-?\d{1,3}([.,]\d+)?$/.test(text) ? Number(text.replace(",", ".")) : Number.NaN);
  const [x, y] = [read(lon), read(lat)];
  if (Number.isNaN(x) || Math.abs(x) > 180)
    fault("lon", say("Longitude en degrés décimaux, de -180 à 180.", "Longitude in decimal degrees, -180 to 180."));
  if (Number.isNaN(y) || Math.abs(y) > 90)
    fault("lat", say("Latitude en degrés décimaux, de -90 à 90.", "Latitude in decimal degrees, -90 to 90."));
  return Number.isNaN(x) || Number.isNaN(y) ? undefined : [x, y];
}

function fromCsv(text: string, faults: Fault[]): { line: number; values: Values }[] {
  let rows;
  try {
    rows = parseCsv(text);
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    faults.push({ line: error.line, column: "", message: say("Un guillemet n’est pas refermé.", "A quotation mark is not closed.") });
    return [];
  }
  const [head, ...body] = rows;
  if (!head) return [];
  const names = head.cells.map((c) => c.trim());
  for (const name of names)
    if (!(columns as readonly string[]).includes(name))
      faults.push({ line: head.line, column: name.slice(0, 60), message: say("Colonne inconnue.", "Unknown column.") });
  for (const name of required)
    if (!names.includes(name)) faults.push({ line: head.line, column: name, message: say("Colonne manquante.", "Missing column.") });
  if (faults.length) return [];
  return body.flatMap(({ line, cells }) => {
    if (cells.length !== names.length) {
      faults.push({
        line,
        column: "",
        message: say(`${cells.length} cellules au lieu de ${names.length}.`, `${cells.length} cells instead of ${names.length}.`),
      });
      return [];
    }
    return [{ line, values: Object.fromEntries(names.map((n, i) => [n, cells[i]])) as Values }];
  });
}

/** A feature has no line: its rank stands for it. */
function fromGeojson(text: string, faults: Fault[]): { line: number; values: Values }[] {
  const wrong = (line: number, fr: string, en: string) => {
    faults.push({ line, column: "", message: say(fr, en) });
    return [];
  };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return wrong(1, "Ce texte n’est pas du JSON.", "This text is not JSON.");
  }
  const collection = data as { type?: unknown; features?: unknown };
  if (collection?.type !== "FeatureCollection" || !Array.isArray(collection.features))
    return wrong(1, "Une FeatureCollection est attendue.", "A FeatureCollection is expected.");
  return collection.features.flatMap((feature: unknown, i) => {
    const f = feature as { geometry?: { type?: unknown; coordinates?: unknown }; properties?: Record<string, unknown> } | null;
    const line = i + 1;
    if (!f || typeof f !== "object" || typeof f.properties !== "object" || f.properties === null)
      return wrong(line, "Cet élément n’a pas de propriétés.", "This feature has no properties.");
    const values: Values = {};
    for (const name of columns) if (typeof f.properties[name] === "string") values[name] = f.properties[name];
    const g = f.geometry;
    if (g) {
      if (g.type !== "Point" || !Array.isArray(g.coordinates))
        return wrong(line, "Seuls des points sont attendus.", "Only points are expected.");
      values.lon = String(g.coordinates[0]);
      values.lat = String(g.coordinates[1]);
    }
    return [{ line, values }];
  });
}
