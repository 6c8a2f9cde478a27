/** Sites as they really run, and the operations that make them so. */
import { contract, official, T } from "#kernel";
import { operateFabric, readPlant } from "../permissions.ts";
import { Id } from "../plant/shapes.ts";

const who = official(readPlant);
const operate = official(operateFabric);
const State = T.Enum(["STARTING", "PROCESSING", "COMPLETED", "FAILED_TEMP", "ROLLING_BACK", "ROLLED_BACK", "FAILED"]);
const Command = T.Enum(["retry", "rollBack", "giveUp", "cancel", "undo"]);
const Line = T.Object({
  id: T.String(),
  node: T.String(),
  name: T.String(),
  cause: T.Enum(["change", "undo", "drift"]),
  state: State,
  label: T.String(),
  ref: T.Optional(T.String()),
  askedAt: T.String(),
  startedAt: T.Optional(T.String()),
  endedAt: T.Optional(T.String()),
  seconds: T.Optional(T.Number({ description: "From its first step to its verified end" })),
  problem: T.Optional(T.String({ description: "In the words of the site’s own tools" })),
  simulated: T.Boolean(),
});

export const listOperations = contract({
  id: "network.list-operations",
  method: "GET",
  path: "/api/network/operations",
  summary: "What was asked of sites and what became of it, newest first",
  who,
  input: T.Object({
    node: T.Optional(Id),
    ref: T.Optional(T.String({ maxLength: 100 })),
    state: T.Optional(State),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 500 })),
  }),
  output: T.Object({ operations: T.Array(Line), more: T.Boolean() }),
});

export const readOperation = contract({
  id: "network.read-operation",
  method: "GET",
  path: "/api/network/operations/{id}",
  summary: "One operation with its journal: each step’s intent and receipt, and the text that was put in place",
  who,
  input: T.Object({ id: T.String({ format: "uuid" }) }),
  output: T.Object({
    ...Line.properties,
    generation: T.Optional(T.Integer()),
    back: T.Boolean(),
    commands: T.Array(Command),
    changes: T.Array(
      T.Object({ part: T.String(), before: T.Optional(T.String()), after: T.Optional(T.String()) }, { description: "Parts that differ" }),
    ),
    journal: T.Array(
      T.Object({
        number: T.Integer(),
        back: T.Boolean(),
        step: T.String(),
        fence: T.String(),
        attempts: T.Integer(),
        intentAt: T.String(),
        receiptAt: T.Optional(T.String()),
        problem: T.Optional(T.String()),
      }),
    ),
  }),
});

export const commandOperation = contract({
  id: "network.command-operation",
  method: "POST",
  path: "/api/network/operations/{id}/commands",
  summary: "Try again, go back, give up (it waits for people), stop (before its end), undo (it is through); recorded",
  who: operate,
  input: T.Object({ id: T.String({ format: "uuid" }), command: Command }),
  output: T.Object({ id: T.String({ description: "The operation that goes on: another one after an undo" }) }),
});

export const readFabric = contract({
  id: "network.read-fabric",
  method: "GET",
  path: "/api/network/fabric",
  summary: "Every site as it runs: by its agent or simulated, as desired or not, its power, its neighbours",
  who,
  input: T.Object({ real: T.Optional(T.Boolean({ description: "Only sites with an agent" })) }),
  output: T.Object({
    inService: T.Boolean(),
    rotation: T.Optional(T.Object({ number: T.Integer(), phase: T.String() })),
    counts: T.Object({ nodes: T.Integer(), agents: T.Integer(), inStep: T.Integer(), open: T.Integer(), waiting: T.Integer() }),
    nodes: T.Array(
      T.Object({
        id: T.String(),
        name: T.String(),
        driver: T.Enum(["agent", "simulated", "none"]),
        status: T.Enum(["none", "new", "in-step", "changing", "repairing", "waiting", "held"]),
        takenBack: T.Optional(
          T.Boolean({
            description: "People took the last change back: it is not what the plant says until something else is wanted of it",
          }),
        ),
        problem: T.Optional(T.String()),
        verifiedAt: T.Optional(T.String()),
        heardAt: T.Optional(T.String()),
        away: T.Optional(T.Boolean({ description: "Its agent has not been heard for a minute" })),
        power: T.Optional(
          T.Object({ source: T.Enum(["mains", "battery", "unknown"]), charge: T.Optional(T.Number()), simulated: T.Boolean() }),
        ),
        links: T.Optional(T.Object({ up: T.Integer(), of: T.Integer() })),
        clockSkew: T.Optional(T.Integer({ description: "Seconds its clock is ahead of ours" })),
        lacking: T.Optional(T.Array(T.String({ description: "Parts its machine cannot carry" }))),
      }),
    ),
  }),
});

export const putInService = contract({
  id: "network.put-in-service",
  method: "POST",
  path: "/api/network/fabric/service",
  summary: "From now on every site is kept as the plant says; recorded",
  who: operate,
  input: T.Object({}),
  output: T.Object({ nodes: T.Integer() }),
});

export const rotateKeys = contract({
  id: "network.rotate-keys",
  method: "POST",
  path: "/api/network/fabric/rotations",
  summary: "New keys for every tunnel, in three phases without a gap; recorded",
  who: operate,
  input: T.Object({}),
  output: T.Object({ rotation: T.Integer() }),
});

export const enrolAgent = contract({
  id: "network.enrol-agent",
  method: "POST",
  path: "/api/network/agents",
  summary: "From now on this key speaks for this site: what `agent … key` prints; recorded",
  who: operate,
  input: T.Object({
    node: Id,
    publicKey: T.String({ maxLength: 200, description: "Ed25519, SPKI, DER, base64" }),
    keys: T.Tuple([T.String({ maxLength: 44 }), T.String({ maxLength: 44 })], { description: "WireGuard public keys of both slots" }),
  }),
  output: T.Object({ house: T.String({ description: "The house’s key, for the agent’s config" }), port: T.Integer() }),
});

export const dismissAgent = contract({
  id: "network.dismiss-agent",
  method: "POST",
  path: "/api/network/agents/{node}/dismissal",
  summary: "This site’s agent is not heard any more; what runs there runs on; recorded",
  who: operate,
  input: T.Object({ node: Id }),
  output: T.Object({}),
});
