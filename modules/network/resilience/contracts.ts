/** Contracts of the availability of people and services, and of the report. Data only. */
import { contract, official, T } from "#kernel";
import { readPlant } from "../permissions.ts";

const who = official(readPlant);
const reached = {
  id: T.String(),
  name: T.String(),
  value: T.Number(),
  low: T.Number({ description: "95 % confidence" }),
  high: T.Number(),
  hours: T.Number({ description: "Hours a year without network or power" }),
};

export const readReach = contract({
  id: "network.read-reach",
  method: "GET",
  path: "/api/network/reach",
  summary: "Availability of each institution and of each online service it publishes, with intervals, the worst first",
  who,
  input: T.Object({ limit: T.Optional(T.Integer({ minimum: 1, maximum: 5000 })) }),
  output: T.Object({
    samples: T.Integer(),
    seed: T.Integer(),
    institutions: T.Array(T.Object({ ...reached, nodes: T.Array(T.String()), services: T.Integer() })),
    services: T.Array(T.Object({ ...reached, institution: T.String(), institutionName: T.String() })),
    total: T.Object({ institutions: T.Integer(), services: T.Integer() }),
  }),
});

export const makeReport = contract({
  id: "network.make-report",
  method: "POST",
  path: "/api/network/reports",
  summary:
    "The state of the network as a PDF a minister can read: figures, weakest points, who is out of reach, what to lay next; recorded",
  who,
  input: T.Object({ km: T.Optional(T.Number({ minimum: 0.1, maximum: 1000, description: "Budget of the plan it proposes" })) }),
  output: T.Object({ fileName: T.String(), mediaType: T.Literal("application/pdf"), content: T.String({ description: "base64" }) }),
  // the same paper again harms nobody, and is not kept to answer a repeat
  once: false,
});
