/** Contracts of the service levels: data only. */
import { anyOf, contract, official, T } from "#kernel";
import { CauseKind } from "../monitoring/shapes.ts";
import { closeMonths, followService, readPlant } from "../permissions.ts";

const Month = T.String({ pattern: "^20[0-9]{2}-(0[1-9]|1[0-2])$", description: "YYYY-MM, in the country’s time zone" });
const Institution = T.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$" });
const Number_ = T.Integer({ minimum: 1, maximum: 10_000 });
const either = anyOf(official(readPlant), official(followService));
const Seconds = T.Integer({ description: "seconds" });
const Percent = T.Optional(T.Number({ description: "Percent, rounded down to three decimals; absent when less than half was measured" }));
const times = {
  service: Seconds,
  up: Seconds,
  down: Seconds,
  excludedWorks: Seconds,
  excludedPower: Seconds,
  unknown: Seconds,
  availability: Percent,
  atBest: T.Optional(T.Number({ description: "If all that nobody measured had been in service" })),
  late: T.Integer({ description: "Interruptions that outlasted the repair time" }),
  fee: T.Integer({ description: "Whole units of the currency" }),
  credit: T.Integer(),
};
const Terms = T.Object({
  class: T.String(),
  name: T.String(),
  target: T.Number(),
  responseHours: T.Number(),
  repairHours: T.Number(),
  fee: T.Integer(),
  credits: T.Array(T.Object({ below: T.Number(), percent: T.Number() })),
  lateRepair: T.Number(),
  cap: T.Number(),
  worksHours: T.Number(),
  worksNoticeHours: T.Number(),
});

export const listServiceLevels = contract({
  id: "network.list-service-levels",
  method: "GET",
  path: "/api/network/service-levels",
  summary: "A month, institution by institution, the worst first; provisional until the month is closed",
  who: official(readPlant),
  input: T.Object({ month: T.Optional(Month) }),
  output: T.Object({
    month: T.String(),
    closed: T.Optional(T.String({ description: "When" })),
    over: T.Boolean(),
    months: T.Array(T.String(), { description: "Closed ones, newest first" }),
    currency: T.String(),
    notice: T.Optional(T.String()),
    totals: T.Object({ institutions: T.Integer(), ...times, met: T.Integer(), missed: T.Integer(), unmeasured: T.Integer() }),
    lines: T.Array(
      T.Object({
        institution: T.String(),
        name: T.String(),
        class: T.String(),
        target: T.Number(),
        sites: T.Integer(),
        ...times,
        met: T.Optional(T.Boolean()),
        number: T.Optional(T.Integer({ description: "Above 1: corrected since it was closed" })),
      }),
    ),
  }),
});

export const readServiceLevel = contract({
  id: "network.read-service-level",
  method: "GET",
  path: "/api/network/service-levels/{institution}",
  summary:
    "One institution’s month: its agreement, each place, each interruption, what is owed; one’s own without the right to see the plant",
  who: either,
  input: T.Object({ institution: Institution, month: T.Optional(Month), number: T.Optional(Number_) }),
  output: T.Object({
    institution: T.String(),
    name: T.String(),
    month: T.String(),
    from: T.String(),
    to: T.String(),
    currency: T.String(),
    number: T.Optional(T.Integer()),
    numbers: T.Integer({ description: "How many there are: the statement and its corrections" }),
    madeAt: T.Optional(T.String()),
    sealed: T.Boolean({ description: "The signed paper is ready" }),
    simulated: T.Boolean(),
    months: T.Array(T.String(), { description: "Closed ones, newest first" }),
    terms: Terms,
    totals: T.Object({ sites: T.Integer(), ...times }),
    met: T.Optional(T.Boolean()),
    tickets: T.Object({ opened: T.Integer(), answeredLate: T.Integer() }),
    sites: T.Array(
      T.Object({
        node: T.String(),
        name: T.String(),
        ...times,
        percent: T.Number(),
        interruptions: T.Integer(),
        longest: Seconds,
        outages: T.Array(T.Object({ from: T.String(), to: T.Optional(T.String()), kind: CauseKind, alarm: T.String() })),
      }),
    ),
  }),
});

export const closeMonth = contract({
  id: "network.close-month",
  method: "POST",
  path: "/api/network/service-levels/{month}/closing",
  summary: "Make the month’s statements: they do not change any more, what is learnt later makes a correction",
  who: official(closeMonths),
  input: T.Object({ month: Month }),
  output: T.Object({ month: T.String(), statements: T.Integer(), credit: T.Integer() }),
});

export const readStatementPaper = contract({
  id: "network.read-statement-paper",
  method: "GET",
  path: "/api/network/service-levels/{institution}/paper",
  summary: "The sealed statement as PDF",
  who: either,
  input: T.Object({ institution: Institution, month: Month, number: T.Optional(Number_) }),
  output: T.Object({ fileName: T.String(), mediaType: T.Literal("application/pdf"), content: T.String({ description: "base64" }) }),
});
