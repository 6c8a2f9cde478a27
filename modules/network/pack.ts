/** The country's network as data: countries/<cc>/network/plant.json, columns named once, one short list an element. */
import { packSection, T } from "#kernel";
import { build, type RawRow } from "./files/records.ts";
import { kinds, type Kind, type Plant } from "./plant/shapes.ts";

const Words = T.Object({ fr: T.String({ minLength: 1 }), en: T.String({ minLength: 1 }) }, { additionalProperties: T.String() });
const Rows = T.Array(T.Array(T.Unknown()));

const PlantFile = T.Object({
  /** What is known and what is made up, in words people read on the map. */
  notice: Words,
  sources: T.Array(T.Object({ title: T.String(), date: T.Optional(T.String()), reliability: T.String() })),
  columns: T.Partial(T.Record(T.Enum([...kinds]), T.Array(T.String()))),
  rows: T.Partial(T.Record(T.Enum([...kinds]), Rows)),
  /** Every element of the file is made up. */
  illustrative: T.Boolean(),
});
export const plantFile = packSection("network.plant", T.Union([PlantFile, T.Array(T.Unknown(), { maxItems: 0 })]), { optional: true });

interface File {
  columns: { [K in Kind]?: string[] };
  rows: { [K in Kind]?: unknown[][] };
  illustrative: boolean;
}

/** The elements of a pack; a bad one stops the start and is named. */
export function packPlant(file: File): Plant {
  const raw: RawRow[] = [];
  for (const kind of kinds) {
    const names = file.columns[kind] ?? [];
    (file.rows[kind] ?? []).forEach((cells, i) => {
      const values = Object.fromEntries(names.map((n, k) => [n, cells[k]]));
      raw.push({ line: i + 1, kind, values: { illustrative: file.illustrative, ...values } });
    });
  }
  const { plant, faults } = build(raw);
  if (faults.length) {
    const first = faults.slice(0, 5).map((f) => `${f.line}.${f.column}: ${f.message.en}`);
    throw new Error(`network of the country pack: ${first.join("; ")}`);
  }
  return plant;
}
