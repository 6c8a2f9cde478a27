/** A service whose answers are rows of a view, or lines of a file dropped each night: what its institution says of them. No secret is in here. */
import { type Static, T } from "#kernel";

const strict = { additionalProperties: false };
/** As the database writes it. Quoted wherever it is used; what no sane column is called is refused already here. */
export const Name = T.String({ pattern: "^[^\\u0000-\\u001f\\u007f\"'`;\\\\\\[\\]]+$", minLength: 1, maxLength: 63 });
/** Which `TOGUNA_CONNECTOR_<NAME>_…` settings. */
export const ConnectionName = T.String({ pattern: "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$" });

/** How dates are written where they are text. */
export const DateFormat = T.Union([
  T.Literal("DD/MM/YYYY"),
  T.Literal("DD-MM-YYYY"),
  T.Literal("DD.MM.YYYY"),
  T.Literal("MM/DD/YYYY"),
  T.Literal("YYYY/MM/DD"),
  T.Literal("YYYYMMDD"),
]);
export type DateFormat = Static<typeof DateFormat>;

/** A field of the service (its type is the field's) and the column that holds it. */
const Column = T.Object(
  {
    field: T.String({ pattern: "^[A-Za-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*)*$", maxLength: 80 }),
    column: Name,
    date: T.Optional(DateFormat),
    /** Decimal sign where it is a comma. */
    decimal: T.Optional(T.Literal(",")),
    /** What stands there -> what is answered: `{ "M": "male" }`, `{ "O": "true" }`. Nothing else passes. */
    values: T.Optional(T.Record(T.String({ maxLength: 100 }), T.String({ maxLength: 100 }))),
  },
  strict,
);
export type Column = Static<typeof Column>;

/** A query parameter of the service and the column it must equal. */
const Parameter = T.Object(
  {
    name: T.String({ pattern: "^[A-Za-z][A-Za-z0-9._-]*$", maxLength: 80 }),
    column: Name,
    type: T.Optional(T.Union([T.Literal("text"), T.Literal("number"), T.Literal("date"), T.Literal("boolean")])),
    /** At least one parameter is: nobody asks for everything. */
    required: T.Optional(T.Boolean()),
    /** The column is text and writes its dates so. */
    date: T.Optional(DateFormat),
  },
  strict,
);
export type Parameter = Static<typeof Parameter>;

const common = {
  connection: ConnectionName,
  columns: T.Array(Column, { minItems: 1, maxItems: 100 }),
  parameters: T.Array(Parameter, { minItems: 1, maxItems: 10 }),
  /** A question that more rows answer is refused as too wide; 20 unless said. */
  most: T.Optional(T.Integer({ minimum: 1, maximum: 1000 })),
};

export const ViewDefinition = T.Object({ ...common, schema: T.Optional(Name), table: Name }, strict);
export type ViewDefinition = Static<typeof ViewDefinition>;

export const FileDefinition = T.Object(
  {
    ...common,
    /** Of the folder's files; `{date}` stands for YYYY-MM-DD or YYYYMMDD, the day the data is of. Without it, the file's own time counts. */
    file: T.String({ pattern: "^[A-Za-z0-9_-][A-Za-z0-9 ._-]*(\\{date\\}[A-Za-z0-9 ._-]*)?\\.(csv|txt|xlsx)$", maxLength: 120 }),
    format: T.Union([T.Literal("csv"), T.Literal("xlsx")]),
    separator: T.Optional(T.Union([T.Literal(";"), T.Literal(","), T.Literal("\t"), T.Literal("|")])),
    encoding: T.Optional(T.Union([T.Literal("utf-8"), T.Literal("latin-1")])),
    quote: T.Optional(T.Union([T.Literal('"'), T.Literal("'")])),
    sheet: T.Optional(T.String({ minLength: 1, maxLength: 31 })),
    /** Line of the column names; 1 unless said. */
    header: T.Optional(T.Integer({ minimum: 1, maximum: 100 })),
    /** Fewer lines than this is a file cut short, whatever it looks like. */
    least: T.Optional(T.Integer({ minimum: 1, maximum: 10_000_000 })),
    /** A new file is expected within so many hours: beyond, the data is said to be late. 36 unless said. */
    hours: T.Optional(T.Integer({ minimum: 1, maximum: 24 * 400 })),
  },
  strict,
);
export type FileDefinition = Static<typeof FileDefinition>;

export type Definition = ViewDefinition | FileDefinition;
export const isFile = (d: Definition): d is FileDefinition => "file" in d;
export const mostRows = (d: Definition): number => d.most ?? 20;
