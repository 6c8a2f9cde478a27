/** Connecting a service to a view or a dropped file, and seeing how it fares. Only one's own institution's, never an address or a password. */
import { contract, official, T } from "#kernel";
import { manageServices } from "../permissions.ts";
import { At, Identifier } from "../shapes.ts";
import { ConnectionName, FileDefinition, Name, ViewDefinition } from "./definition.ts";

const words = T.Object({ fr: T.String({ minLength: 1, maxLength: 200 }), en: T.String({ minLength: 1, maxLength: 200 }) });
const FieldTyped = T.Object({
  name: T.String({ pattern: "^[A-Za-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*)*$", maxLength: 80 }),
  label: words,
  type: T.Optional(T.Union([T.Literal("text"), T.Literal("date"), T.Literal("number"), T.Literal("boolean"), T.Literal("choice")])),
  required: T.Optional(T.Boolean()),
  options: T.Optional(T.Array(T.Object({ value: T.String({ maxLength: 100 }), label: words }), { maxItems: 100 })),
});
const Typed = {
  subsystem: Identifier,
  code: T.String({ pattern: "^[A-Za-z0-9'()+,\\-.=?]+$", maxLength: 60 }),
  title: words,
  query: T.Array(T.Object({ name: T.String({ pattern: "^[A-Za-z][A-Za-z0-9._-]*$", maxLength: 80 }), label: words }), {
    minItems: 1,
    maxItems: 10,
  }),
  fields: T.Array(FieldTyped, { minItems: 1, maxItems: 100 }),
  timeoutSeconds: T.Optional(T.Integer({ minimum: 1, maximum: 120 })),
  keepDays: T.Optional(T.Integer({ minimum: 0, maximum: 3650 })),
  source: T.Optional(T.String({ maxLength: 300 })),
  /** The query parameter that names the person: her page then shows the reads. */
  person: T.Optional(T.String({ maxLength: 80 })),
};

export const ConnectorView = T.Object({
  service: Identifier,
  title: T.String(),
  kind: T.Union([T.Literal("view"), T.Literal("file")]),
  enabled: T.Boolean(),
  definition: T.Union([ViewDefinition, FileDefinition]),
  /** The connection is set on this server and is this institution's. */
  connected: T.Boolean(),
  trouble: T.Optional(T.Object({ cause: T.String(), since: At, last: At })),
  /** A file's data in force; `late`: no new file came in its time. */
  data: T.Optional(T.Object({ file: T.String(), asOf: At, takenAt: At, rows: T.Integer(), ageSeconds: T.Integer(), late: T.Boolean() })),
  /** The newest file, where it was refused after the one in force was taken. */
  refused: T.Optional(T.Object({ file: T.String(), at: At, cause: T.String(), faults: T.Integer() })),
});

export const listConnectors = contract({
  id: "exchange.list-connectors",
  method: "GET",
  path: "/api/exchange/connectors",
  summary: "Services of one’s institution that are views or dropped files, and how they fare",
  who: official(manageServices),
  input: T.Object({}),
  output: T.Object({ connectors: T.Array(ConnectorView) }),
});

export const lookConnection = contract({
  id: "exchange.look-connection",
  method: "GET",
  path: "/api/exchange/connections/{connection}",
  summary: "What a connection of one’s institution shows: tables and views with their columns, or the files of its folder",
  who: official(manageServices),
  input: T.Object({ connection: ConnectionName }),
  output: T.Object({
    kind: T.Union([T.Literal("postgres"), T.Literal("mysql"), T.Literal("folder")]),
    trouble: T.Optional(T.String()),
    tables: T.Array(T.Object({ schema: T.String(), name: T.String(), columns: T.Array(T.Object({ name: T.String(), type: T.String() })) })),
    files: T.Array(T.Object({ name: T.String(), size: T.Integer(), modified: At })),
  }),
});

export const connectView = contract({
  id: "exchange.connect-view",
  method: "POST",
  path: "/api/exchange/connectors/views",
  summary: "Publish a service of one’s own subsystem that a database view answers; nobody may ask it until a right is given",
  who: official(manageServices),
  input: T.Object({ ...Typed, definition: ViewDefinition }),
  output: ConnectorView,
});

export const connectFile = contract({
  id: "exchange.connect-file",
  method: "POST",
  path: "/api/exchange/connectors/files",
  summary: "Publish a service of one’s own subsystem that a dropped file answers; nobody may ask it until a right is given",
  who: official(manageServices),
  input: T.Object({ ...Typed, definition: FileDefinition }),
  output: ConnectorView,
});

export const tryConnector = contract({
  id: "exchange.try-connector",
  method: "GET",
  path: "/api/exchange/connectors/trial",
  summary: "Does the connection answer, are table and columns there? No row is read",
  who: official(manageServices),
  input: T.Object({ service: Identifier }),
  output: T.Object({
    works: T.Boolean(),
    milliseconds: T.Integer(),
    /** A trouble of the connection, or `no-table`, `no-column`, `no-file`, with the name. */
    faults: T.Array(T.Object({ fault: T.String(), name: T.Optional(Name) })),
  }),
});

export const listDrops = contract({
  id: "exchange.list-drops",
  method: "GET",
  path: "/api/exchange/connectors/files",
  summary: "Files taken and refused for a service, newest first, each wrong line by its number and cause; never a value",
  who: official(manageServices),
  input: T.Object({ service: Identifier }),
  output: T.Object({
    drops: T.Array(
      T.Object({
        file: T.String(),
        state: T.Union([T.Literal("loading"), T.Literal("whole"), T.Literal("replaced"), T.Literal("refused")]),
        asOf: At,
        beganAt: At,
        endedAt: T.Optional(At),
        rows: T.Optional(T.Integer()),
        cause: T.Optional(T.String()),
        faultCount: T.Integer(),
        faults: T.Array(T.Object({ line: T.Integer(), column: T.Optional(T.String()), fault: T.String() })),
      }),
    ),
  }),
});
