/** A small house whose register is in memory or on disk: a birth service that is a view, one that is a file, a right for the court. */
import { ask, exchange } from "#exchange";
import { type MemoryFault, memoryRows } from "#exchange/conformance";
import { connectFile, connectView } from "#exchange/api";
import { dropFolder, mysqlRows, postgresRows, type RowsDriver, type RowsQuestion } from "#exchange/ports";
import { provide } from "#kernel";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { filesOfFolders } from "../../drivers/rows-file/index.ts";

export const office = "bf-oni";
export const subsystem = "BF/GOV/ONI/IDENTITE";
export const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
export const viewService = `${subsystem}/registre`;
export const fileService = `${subsystem}/registre-nuit`;
export const both = (text: string) => ({ fr: text, en: text });

export const typed = {
  subsystem,
  title: both("Registre"),
  query: [
    { name: "nip", label: both("Numéro") },
    { name: "born", label: both("Né le") },
  ],
  fields: [
    { name: "nip", label: both("Numéro"), required: true },
    { name: "family", label: both("Nom"), required: true },
    { name: "birth.date", label: both("Né le"), type: "date" as const },
    { name: "birth.weight", label: both("Poids"), type: "number" as const },
    {
      name: "sex",
      label: both("Sexe"),
      type: "choice" as const,
      options: [
        { value: "female", label: both("F") },
        { value: "male", label: both("M") },
      ],
    },
  ],
};
export const columns = [
  { field: "nip", column: "NIP" },
  { field: "family", column: "NOM" },
  { field: "birth.date", column: "NE_LE", date: "DD/MM/YYYY" as const },
  { field: "birth.weight", column: "POIDS", decimal: "," as const },
  { field: "sex", column: "SEXE", values: { F: "female", M: "male" } },
];
export const parameters = [
  { name: "nip", column: "NIP", required: true },
  { name: "born", column: "NE_LE", type: "date" as const, date: "DD/MM/YYYY" as const },
];
export const viewDefinition = { connection: "registre", table: "naissances", columns, parameters, most: 3 };
export const fileDefinition = { connection: "nuit", file: "naissances-{date}.csv", format: "csv" as const, columns, parameters, most: 3 };

export const line = (nip: string, more: Partial<Record<string, string | null>> = {}): Record<string, string | null> => ({
  NIP: nip,
  NOM: "Ouédraogo",
  NE_LE: "28/02/1990",
  POIDS: "3,25",
  SEXE: "F",
  ...more,
});

export interface Register {
  tables: Record<string, Record<string, string | null>[]>;
  fault?: MemoryFault;
  asked: RowsQuestion[];
}

export async function houseOf(
  o: { env?: Record<string, string>; postgres?: RowsDriver; mysql?: RowsDriver; register?: Register } = {},
): Promise<World> {
  const memory = memoryRows(o.register ?? { tables: {}, asked: [] });
  return world({
    modules: [registry, trust, exchange],
    drivers: [
      testKeys,
      provide(postgresRows, () => o.postgres ?? memory),
      provide(mysqlRows, () => o.mysql ?? memory),
      provide(dropFolder, () => filesOfFolders),
    ],
    country: "bf",
    env: {
      TOGUNA_CONNECTOR_REGISTRE_URL: "postgres://registre:secret@memory/registre",
      TOGUNA_CONNECTOR_REGISTRE_INSTITUTION: office,
      ...o.env,
    },
  });
}

export const manager = (w: World, institution = office) => w.clerk(institution, ["exchange.manage-services"]);
export const publishView = (w: World, more: object = {}) =>
  w.call(connectView, { ...typed, code: "registre", definition: viewDefinition, ...more }, { as: manager(w) });
export const publishFile = (w: World, more: object = {}) =>
  w.call(connectFile, { ...typed, code: "registre-nuit", definition: fileDefinition, ...more }, { as: manager(w) });

/** What the court may ask, and which fields it receives. */
export const giveRight = (w: World, service: string, fields: string[] | null) =>
  w.owner(
    `insert into exchange.access_right (id, service, subject, methods, path, purposes, fields, basis, from_day)
     values ('court', $1, $2, '{GET}', '/', '{criminal-record-extract}', $3, '{"fr":"Accord","en":"Agreement"}', '2026-01-01')
     on conflict (service, id, subject) do update set fields = excluded.fields`,
    [service, justice, fields],
  );

export const question = (w: World, service: string, query: Record<string, string>, more: object = {}) =>
  ask(w.kernel.jobContext("exchange.test"), { client: justice, service, purpose: "criminal-record-extract", query, ...more });
