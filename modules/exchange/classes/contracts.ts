/** Classes of data: how long services may be used on a directory the centre has not confirmed since. */
import { contract, official, T } from "#kernel";
import { readRights } from "../permissions.ts";
import { Identifier } from "../shapes.ts";

export const listDataClasses = contract({
  id: "exchange.list-data-classes",
  method: "GET",
  path: "/api/exchange/data-classes",
  summary: "Classes of data, for how many days each may pass without word of the centre, and which services are of it",
  who: official(readRights),
  input: T.Object({}),
  output: T.Object({
    classes: T.Array(
      T.Object({
        dataClass: T.String(),
        /** Absent: nobody set any, what holds for `ordinary` holds. */
        days: T.Optional(T.Integer()),
        /** Services of the class; the first of them by name, the usual class only counted. */
        count: T.Integer(),
        services: T.Array(T.Object({ id: Identifier, title: T.String() })),
      }),
    ),
  }),
});

export const readDataClass = contract({
  id: "exchange.read-data-class",
  method: "GET",
  path: "/api/exchange/service/data-class",
  summary: "The class of data of one service, and for how many days it may be used without word of the centre",
  who: official(readRights),
  input: T.Object({ id: Identifier }),
  output: T.Object({ id: Identifier, dataClass: T.String(), days: T.Integer(), known: T.Array(T.String()) }),
});
