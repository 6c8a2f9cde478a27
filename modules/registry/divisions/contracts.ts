/** Territory: public. */
import { anyone, contract, T } from "#kernel";

export const Level = T.Enum(["country", "abroad", "region", "province", "commune", "district"]);
const Day = T.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const Id = T.String({ pattern: "^[a-z0-9][a-z0-9-]{1,99}$" });

export const DivisionView = T.Object({
  id: T.String(),
  level: T.String(),
  name: T.String(),
  from: T.Optional(T.String()),
  until: T.Optional(T.String({ description: "Last day; the division then no longer exists" })),
  formerNames: T.Array(T.Object({ name: T.String(), until: T.String() })),
  capital: T.Optional(T.String()),
  successors: T.Array(T.String()),
  point: T.Optional(T.Tuple([T.Number(), T.Number()])),
});

export const listDivisions = contract({
  id: "registry.list-divisions",
  method: "GET",
  path: "/api/registry/divisions",
  summary: "Divisions of the country on a day: by level, by parent",
  who: anyone(),
  input: T.Object({
    level: T.Optional(Level),
    parent: T.Optional(Id),
    on: T.Optional(Day),
    /** Also those that ended or are not born yet. */
    always: T.Optional(T.Boolean()),
  }),
  output: T.Object({ divisions: T.Array(DivisionView) }),
});

export const readDivision = contract({
  id: "registry.read-division",
  method: "GET",
  path: "/api/registry/divisions/{id}",
  summary: "One division, with what it lies in on a day, and the institutions competent for it",
  who: anyone(),
  input: T.Object({ id: Id, on: T.Optional(Day) }),
  output: T.Object({
    division: DivisionView,
    within: T.Array(T.Object({ id: T.String(), level: T.String(), name: T.String() })),
    competent: T.Array(T.Object({ kind: T.String(), institution: T.String(), name: T.String() })),
  }),
});

export const findCompetent = contract({
  id: "registry.find-competent",
  method: "GET",
  path: "/api/registry/competent",
  summary: "The institution competent for a division, by kind of competence",
  who: anyone(),
  input: T.Object({ kind: Id, division: Id, on: T.Optional(Day) }),
  output: T.Object({ institution: T.Optional(T.String()), name: T.Optional(T.String()) }),
});
