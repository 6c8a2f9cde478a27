import { contract, T } from "./contract.ts";
import { official, permission } from "./who.ts";

/** The kernel's own two questions: is the house well, and what happened in it. */
export const operate = permission("kernel.operate", { fr: "Voir l’état de la plateforme", en: "See the platform’s health" });
export const searchFactsPermission = permission("kernel.search-facts", {
  fr: "Chercher dans les faits enregistrés",
  en: "Search recorded facts",
});

const Seconds = T.Number({ description: "seconds" });

export const readHealth = contract({
  id: "kernel.read-health",
  method: "GET",
  path: "/api/kernel/health",
  summary: "Database, jobs, sweeps, ledger backlog and process of this installation",
  who: official(operate),
  input: T.Object({}),
  output: T.Object({
    version: T.String(),
    demo: T.Boolean(),
    country: T.String(),
    database: T.Object({ version: T.String(), sizeBytes: T.Integer(), connections: T.Integer(), migrations: T.Integer() }),
    jobs: T.Array(
      T.Object({
        name: T.String(),
        waiting: T.Integer(),
        active: T.Integer(),
        failed: T.Integer(),
        oldestSeconds: T.Union([Seconds, T.Null()]),
      }),
    ),
    failing: T.Array(T.Object({ job: T.String(), at: T.String(), attempt: T.Integer(), message: T.String() })),
    sweeps: T.Array(
      T.Object({
        name: T.String(),
        everySeconds: Seconds,
        lastRunAt: T.Union([T.String(), T.Null()]),
        tookMs: T.Integer(),
        error: T.Union([T.String(), T.Null()]),
      }),
    ),
    ledger: T.Object({ facts: T.Integer(), sealed: T.Integer(), waiting: T.Integer(), oldestWaitingSeconds: T.Union([Seconds, T.Null()]) }),
    process: T.Object({ startedAt: T.String(), role: T.String(), memoryBytes: T.Integer() }),
  }),
});

export const searchFacts = contract({
  id: "kernel.search-facts",
  method: "GET",
  path: "/api/kernel/facts",
  summary: "Recorded facts, newest first: headers only, never their data",
  who: official(searchFactsPermission),
  input: T.Object({
    type: T.Optional(T.String({ maxLength: 100 })),
    subject: T.Optional(T.String({ maxLength: 200 })),
    institution: T.Optional(T.String({ maxLength: 100 })),
    before: T.Optional(T.String({ pattern: "^\\d{1,18}$", description: "the `seq` of the last row shown" })),
  }),
  output: T.Object({
    facts: T.Array(
      T.Object({
        id: T.String(),
        seq: T.String(),
        type: T.String(),
        title: T.String(),
        at: T.String(),
        actor: T.String(),
        institution: T.Union([T.String(), T.Null()]),
        subject: T.String(),
        index: T.Union([T.Integer(), T.Null()], { description: "leaf index in the ledger; null until sealed" }),
      }),
    ),
    types: T.Array(T.Object({ type: T.String(), title: T.String() })),
  }),
});
