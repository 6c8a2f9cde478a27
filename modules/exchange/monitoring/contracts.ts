/** Operational monitoring and the year's figures, for an institution about itself. */
import { contract, official, permission, T } from "#kernel";
import { followTraffic } from "../permissions.ts";
import { At, Identifier, Outcome } from "../shapes.ts";
import { stepNames } from "./probe.ts";
import { fieldNames } from "./record.ts";

export const readOperations = permission("exchange.read-operations", {
  fr: "Lire les mesures de fonctionnement et le bilan annuel des échanges de son institution",
  en: "Read operational monitoring and the yearly figures of the exchanges of one’s institution",
});

const Seconds = T.Integer({ minimum: 0, maximum: 32_503_680_000 });
const Value = T.Union([T.String(), T.Number(), T.Boolean()]);

export const listOperations = contract({
  id: "exchange.list-operations",
  method: "GET",
  path: "/api/exchange/operations",
  summary: "Messages of one’s institution with the fields of X-Road’s operational monitoring, by period; the last minute comes later",
  who: official(readOperations),
  input: T.Object({
    /** Seconds since 1970, both included. */
    recordsFrom: Seconds,
    recordsTo: Seconds,
    client: T.Optional(Identifier),
    /** Names joined by commas; all unless said. */
    fields: T.Optional(T.String({ pattern: `^(${fieldNames.join("|")})(,(${fieldNames.join("|")})){0,39}$` })),
  }),
  output: T.Object({
    recordsCount: T.Integer(),
    records: T.Array(T.Partial(T.Object(Object.fromEntries(fieldNames.map((name) => [name, Value]))))),
    /** Ask on from here; absent when there is nothing more. */
    nextRecordsFrom: T.Optional(T.Integer()),
  }),
});

const Line = T.Object({
  service: Identifier,
  title: T.String(),
  /** The institution on the other side. */
  other: T.Object({ institution: T.String(), name: T.String() }),
  total: T.Integer(),
  answered: T.Integer(),
  /** Milliseconds; of the busiest month, where the months differ. */
  median: T.Integer(),
});

const YearAsked = T.Object({
  year: T.Integer({ minimum: 2000, maximum: 2200 }),
  /** One’s own unless said. */
  institution: T.Optional(T.String({ minLength: 1, maxLength: 120 })),
});

export const readYear = contract({
  id: "exchange.read-year",
  method: "GET",
  path: "/api/exchange/years/{year}",
  summary:
    "The year of one’s institution (of any for who follows all traffic): what it asked and answered, by service, partner, month and outcome; no person, no case",
  who: official(readOperations),
  input: YearAsked,
  output: T.Object({
    institution: T.String(),
    name: T.String(),
    year: T.Integer(),
    /** The year of the oldest exchange the log knows. */
    since: T.Integer(),
    /** Until now, when the year is not over. */
    over: T.Boolean(),
    asked: T.Array(Line),
    answered: T.Array(Line),
    months: T.Array(T.Object({ month: T.Integer(), asked: T.Integer(), answered: T.Integer() })),
    outcomes: T.Array(T.Object({ role: T.Enum(["asked", "answered"]), outcome: Outcome, count: T.Integer() })),
  }),
});

export const makeYearReport = contract({
  id: "exchange.make-year-report",
  method: "POST",
  path: "/api/exchange/years/{year}/report",
  summary: "The same year as a PDF to be printed and filed; recorded",
  who: official(readOperations),
  input: YearAsked,
  output: T.Object({ fileName: T.String(), mediaType: T.Literal("application/pdf"), content: T.String({ description: "base64" }) }),
  // the same paper again harms nobody, and is not kept to answer a repeat
  once: false,
});

export const readNationalYear = contract({
  id: "exchange.read-national-year",
  method: "GET",
  path: "/api/exchange/years/{year}/institutions",
  summary: "How much each institution asked and answered in a year, the busiest first",
  who: official(followTraffic),
  input: T.Object({ year: T.Integer({ minimum: 2000, maximum: 2200 }) }),
  output: T.Object({
    institutions: T.Array(T.Object({ institution: T.String(), name: T.String(), asked: T.Integer(), answered: T.Integer() })),
  }),
});

// ---- what fails, and why does it not answer?

export const listTroubles = contract({
  id: "exchange.list-troubles",
  method: "GET",
  path: "/api/exchange/troubles",
  summary: "What did not succeed lately, by service and cause, the latest first: of one’s institution, of all for who follows all traffic",
  who: official(readOperations),
  input: T.Object({
    /** The last day unless said. */
    from: T.Optional(At),
    everyone: T.Optional(T.Boolean()),
  }),
  output: T.Object({
    troubles: T.Array(
      T.Object({
        service: Identifier,
        title: T.String(),
        /** An error type of X-Road, or `unknown`. */
        errorType: T.String(),
        /** One’s own institution asked or answered; `others` when it did neither. */
        role: T.Enum(["asked", "answered", "others"]),
        count: T.Integer(),
        last: At,
      }),
    ),
    /** Exchanges of the period, those that succeeded included. */
    total: T.Integer(),
  }),
});

const Uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });

const Step = T.Object({
  step: T.Enum(stepNames),
  state: T.Enum(["good", "bad"]),
  cause: T.Optional(T.String()),
  detail: T.Optional(T.String()),
});
const DiagnosisLine = {
  service: T.Optional(Identifier),
  server: T.Optional(Identifier),
  client: T.Optional(Identifier),
  purpose: T.Optional(T.String()),
  at: At,
  ended: T.Boolean(),
};

export const startDiagnosis = contract({
  id: "exchange.start-diagnosis",
  method: "POST",
  path: "/api/exchange/diagnoses",
  summary:
    "Look into why a service or another server does not answer: directory, access, DNS, connection, TLS, certificate, provider, time; six a minute and person",
  who: official(readOperations),
  input: T.Object({
    service: T.Optional(Identifier),
    server: T.Optional(Identifier),
    /** May this client ask it, for this purpose? */
    client: T.Optional(Identifier),
    purpose: T.Optional(T.String({ minLength: 1, maxLength: 200 })),
  }),
  output: T.Object({ id: Uuid }),
});

export const readDiagnosis = contract({
  id: "exchange.read-diagnosis",
  method: "GET",
  path: "/api/exchange/diagnoses/{id}",
  summary: "What was found, step by step until the one that failed",
  who: official(readOperations),
  input: T.Object({ id: Uuid }),
  output: T.Object({ ...DiagnosisLine, steps: T.Array(Step) }),
});

export const listDiagnoses = contract({
  id: "exchange.list-diagnoses",
  method: "GET",
  path: "/api/exchange/diagnoses",
  summary: "What one’s institution lately had looked into, the latest first",
  who: official(readOperations),
  input: T.Object({ service: T.Optional(Identifier) }),
  output: T.Object({ diagnoses: T.Array(T.Object({ id: Uuid, ...DiagnosisLine, found: T.Optional(Step) })) }),
});
