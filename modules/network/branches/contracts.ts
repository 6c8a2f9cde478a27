/** Contracts of branches: data only. */
import { anyOf, contract, official, T } from "#kernel";
import { approveChanges, planChanges, readPlant } from "../permissions.ts";
import { kinds, Point } from "../plant/shapes.ts";
import { items } from "../extension/prices.ts";
import { Change, mostChanges } from "./shapes.ts";

const Id = T.String({ pattern: "^[0-9a-f]{8}-[0-9a-f-]{27}$" });
const Version = T.Integer({ minimum: 1 });
const State = T.Enum(["draft", "proposed", "approved", "refused", "merged", "withdrawn"]);
const Title = T.String({ minLength: 3, maxLength: 200 });
const Reason = T.String({ minLength: 3, maxLength: 2000 });
const planner = official(planChanges);
const either = anyOf(official(planChanges), official(approveChanges));
const Done = T.Object({ id: T.String(), number: T.Integer(), version: T.Integer(), state: State });

const Head = {
  id: T.String(),
  number: T.Integer(),
  title: T.String(),
  state: State,
  study: T.Boolean(),
  version: T.Integer(),
  openedAt: T.String(),
  mine: T.Boolean({ description: "The caller wrote in it, and so cannot approve it" }),
};

export const Bill = T.Object({
  lines: T.Array(
    T.Object({
      item: T.Enum([...items]),
      unit: T.Enum(["km", "each"]),
      quantity: T.Number(),
      price: T.Optional(T.Integer()),
      amount: T.Optional(T.Integer()),
    }),
  ),
  total: T.Optional(T.Integer({ description: "In the country's currency, of the lines that have a price" })),
  unpriced: T.Integer(),
});
const Figures = T.Object({
  sites: T.Integer(),
  cableKm: T.Number(),
  circuitKm: T.Number(),
  unreached: T.Integer(),
  exposed: T.Integer(),
  cutsPerYear: T.Number(),
  siteHoursPerYear: T.Number(),
  availability: T.Number({ description: "Mean over places, by simulation" }),
});
const DifferenceLine = T.Object({
  op: T.Enum(["add", "change", "remove"]),
  kind: T.String(),
  id: T.String(),
  name: T.Optional(T.String()),
  fields: T.Array(T.Object({ field: T.String(), was: T.Optional(T.Unknown()), becomes: T.Optional(T.Unknown()) })),
});

export const listBranches = contract({
  id: "network.list-branches",
  method: "GET",
  path: "/api/network/branches",
  summary: "Planned changes of the network, newest first",
  who: official(readPlant),
  input: T.Object({
    state: T.Optional(State),
    before: T.Optional(T.Integer({ minimum: 1, maximum: 2_000_000_000 })),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: T.Object({ branches: T.Array(T.Object({ ...Head, changes: T.Integer() })), next: T.Optional(T.Integer()) }),
});

export const openBranch = contract({
  id: "network.open-branch",
  method: "POST",
  path: "/api/network/branches",
  summary: "Begin a branch on today's network, empty or with changes; a study stands on nothing and is never applied",
  who: planner,
  input: T.Object({
    title: Title,
    reason: T.Optional(T.String({ maxLength: 2000 })),
    study: T.Optional(T.Boolean()),
    changes: T.Optional(T.Array(Change, { maxItems: mostChanges })),
  }),
  output: Done,
  limit: 4 * 1024 * 1024,
  status: 201,
});

export const readBranch = contract({
  id: "network.read-branch",
  method: "GET",
  path: "/api/network/branches/{id}",
  summary: "One branch: its changes, the difference they make, what conflicts, whom it cuts off, what it costs and what it betters",
  who: official(readPlant),
  input: T.Object({ id: Id }),
  output: T.Object({
    ...Head,
    reason: T.Optional(T.String()),
    base: T.Integer(),
    on: T.Integer({ description: "The revision the figures are worked out on" }),
    forced: T.Optional(T.String()),
    decidedAt: T.Optional(T.String()),
    decision: T.Optional(T.String()),
    merged: T.Optional(T.Integer()),
    mergedAt: T.Optional(T.String()),
    undoes: T.Optional(T.String()),
    changes: T.Array(Change),
    faults: T.Array(T.Object({ position: T.Integer(), message: T.String() })),
    conflicts: T.Array(T.Object({ kind: T.String(), id: T.String(), since: T.Enum(["added", "changed", "removed"]) })),
    isolated: T.Array(T.Object({ id: T.String(), name: T.String() })),
    difference: T.Object({ decided: T.Array(DifferenceLine), derived: T.Array(DifferenceLine) }),
    equipment: T.Object({
      total: T.Integer({ description: "Nodes whose equipment has to do something else" }),
      nodes: T.Array(
        T.Object({
          node: T.String(),
          name: T.String(),
          state: T.Enum(["new", "gone", "changed"]),
          parts: T.Array(
            T.Object({
              part: T.Enum(["addresses", "routing", "segments", "tunnels", "rules", "groups"]),
              added: T.Array(T.String()),
              removed: T.Array(T.String()),
              changed: T.Array(T.String()),
            }),
          ),
        }),
      ),
    }),
    effect: T.Optional(
      T.Object({
        before: Figures,
        after: Figures,
        bill: Bill,
        phases: T.Array(T.Object({ phase: T.Integer(), km: T.Number(), sites: T.Integer(), bill: Bill })),
        illustrativePrices: T.Boolean(),
        currency: T.String(),
      }),
    ),
    drawing: T.Object({
      nodes: T.Array(T.Object({ id: T.String(), name: T.String(), kind: T.String(), point: Point, phase: T.Optional(T.Integer()) })),
      added: T.Array(T.Object({ id: T.String(), line: T.Array(Point), phase: T.Optional(T.Integer()) })),
      removed: T.Array(T.Object({ id: T.String(), line: T.Array(Point) })),
    }),
  }),
});

export const findElements = contract({
  id: "network.find-elements",
  method: "GET",
  path: "/api/network/elements",
  summary: "Elements of one kind by id or name, with their fields: as they stand, or as they would with a branch",
  who: official(readPlant),
  input: T.Object({
    kind: T.Enum([...kinds]),
    q: T.Optional(T.String({ maxLength: 100 })),
    id: T.Optional(T.String({ maxLength: 120 })),
    branch: T.Optional(Id),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 500 })),
  }),
  output: T.Object({
    total: T.Integer(),
    elements: T.Array(T.Object({ id: T.String(), name: T.Optional(T.String()), fields: T.Record(T.String(), T.Unknown()) })),
  }),
});

export const editBranch = contract({
  id: "network.edit-branch",
  method: "PUT",
  path: "/api/network/branches/{id}",
  summary: "Write a branch anew: title, reason, all its changes in order; an approval falls",
  who: planner,
  input: T.Object({
    id: Id,
    version: Version,
    title: T.Optional(Title),
    reason: T.Optional(T.String({ maxLength: 2000 })),
    changes: T.Optional(T.Array(Change, { maxItems: mostChanges })),
  }),
  output: Done,
  limit: 4 * 1024 * 1024,
});

const act = (name: "approve" | "withdraw" | "rebase", summary: string, who: ReturnType<typeof official>) =>
  contract({
    id: `network.${name}-branch`,
    method: "POST",
    path: `/api/network/branches/{id}/${name}`,
    summary,
    who,
    input: T.Object({ id: Id, version: Version }),
    output: Done,
  });

export const proposeBranch = contract({
  id: "network.propose-branch",
  method: "POST",
  path: "/api/network/branches/{id}/propose",
  summary: "Submit a branch for review; one that cuts somebody off needs `force`, a reason that is kept",
  who: planner,
  input: T.Object({ id: Id, version: Version, force: T.Optional(Reason) }),
  output: Done,
});
export const approveBranch = act("approve", "Approve exactly this version; whoever wrote in it cannot", official(approveChanges));
export const withdrawBranch = act("withdraw", "Give a branch up", planner);
export const rebaseBranch = act("rebase", "Begin again from today's network with the same changes", planner);
export const refuseBranch = contract({
  id: "network.refuse-branch",
  method: "POST",
  path: "/api/network/branches/{id}/refuse",
  summary: "Refuse a branch with a reason; its author may correct it",
  who: official(approveChanges),
  input: T.Object({ id: Id, version: Version, reason: Reason }),
  output: Done,
});
export const mergeBranch = contract({
  id: "network.merge-branch",
  method: "POST",
  path: "/api/network/branches/{id}/merge",
  summary: "Make an approved branch the network's intended state: replayed on today's network, refused when it conflicts",
  who: either,
  input: T.Object({ id: Id, version: Version }),
  output: T.Object({ ...Done.properties, revision: T.Integer() }),
});
export const undoBranch = contract({
  id: "network.undo-branch",
  method: "POST",
  path: "/api/network/branches/{id}/undo",
  summary: "Begin a new branch that takes a merged one back",
  who: planner,
  input: T.Object({ id: Id }),
  output: Done,
  status: 201,
});
