/** The public catalogue: what the State offers, by whom, for how much, within how long, on which text. */
import { anyone, contract, T } from "#kernel";
import { EntryView, LifeEventView, ProcedureSummary, ProcedureView } from "./schemas.ts";

const slug = T.String({ minLength: 1, maxLength: 80, pattern: "^[a-z0-9-]+$" });

export const searchCatalogue = contract({
  id: "services.search-catalogue",
  method: "GET",
  path: "/api/services/catalogue",
  summary: "Search procedures: accents, case and small typing errors do not matter; no words lists everything",
  who: anyone(),
  input: T.Object({ q: T.Optional(T.String({ maxLength: 200 })), lifeEvent: T.Optional(slug) }),
  output: T.Object({
    q: T.String(),
    results: T.Array(ProcedureSummary),
    corrected: T.Boolean({ description: "Nothing matched as typed; these are near matches" }),
    lifeEvents: T.Array(LifeEventView),
  }),
});

export const listLifeEvents = contract({
  id: "services.list-life-events",
  method: "GET",
  path: "/api/services/life-events",
  summary: "The moments of a life, each with its procedures",
  who: anyone(),
  input: T.Object({}),
  output: T.Object({ lifeEvents: T.Array(LifeEventView) }),
});

export const readProcedure = contract({
  id: "services.read-procedure",
  method: "GET",
  path: "/api/services/procedures/{slug}",
  summary: "A procedure: who decides, cost line by line, delay, texts, evidence, each with source and date",
  who: anyone(),
  input: T.Object({ slug }),
  output: ProcedureView,
});

export const readEntry = contract({
  id: "services.read-entry",
  method: "GET",
  path: "/api/services/entries/{slug}",
  summary: "A procedure offered elsewhere: office, papers, fees, delay as known, with sources",
  who: anyone(),
  input: T.Object({ slug }),
  output: EntryView,
});

export const readOfficeStatistics = contract({
  id: "services.read-office-statistics",
  method: "GET",
  path: "/api/services/statistics",
  summary: "Public figures per office: cases received, decided, median and 90th percentile of the time taken, share within the legal delay",
  who: anyone(),
  input: T.Object({ procedure: T.Optional(slug) }),
  output: T.Object({
    since: T.String(),
    offices: T.Array(
      T.Object({
        institution: T.String(),
        name: T.String(),
        procedure: T.String(),
        received: T.Integer(),
        issued: T.Integer(),
        refused: T.Integer(),
        corrections: T.Integer(),
        /** Absent under five decided cases: small numbers would speak of persons. */
        medianHours: T.Optional(T.Number()),
        p90Hours: T.Optional(T.Number()),
        withinDelay: T.Optional(T.Number({ description: "Share between 0 and 1" })),
      }),
    ),
  }),
});
