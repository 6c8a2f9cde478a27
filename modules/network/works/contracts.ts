/** Contracts of planned works: data only. */
import { anyOf, contract, official, T } from "#kernel";
import { approveWorks, followService, planWorks, readPlant } from "../permissions.ts";
import { Id as Element } from "../plant/shapes.ts";
import { EffectName, Instant, noticeKinds, WorkState } from "./shapes.ts";

const Id = T.String({ pattern: "^[0-9a-f]{8}-[0-9a-f-]{27}$" });
const Version = T.Integer({ minimum: 1, maximum: 1_000_000 });
const Reason = T.String({ minLength: 3, maxLength: 2000 });
const Title = T.String({ minLength: 3, maxLength: 200 });
const reader = official(readPlant);
const planner = official(planWorks);
const either = anyOf(official(planWorks), official(approveWorks));
const Done = T.Object({ id: T.String(), number: T.Integer(), version: T.Integer(), state: WorkState });
const Phase = T.Enum(["ahead", "under-way", "over"]);
const head = {
  id: T.String(),
  number: T.Integer(),
  title: T.String(),
  state: WorkState,
  version: T.Integer(),
  starts: T.String(),
  ends: T.String(),
  phase: Phase,
};

export const listWorks = contract({
  id: "network.list-works",
  method: "GET",
  path: "/api/network/works",
  summary: "Works on the network, newest first; `coming` leaves out what is over",
  who: reader,
  input: T.Object({
    state: T.Optional(WorkState),
    coming: T.Optional(T.Boolean()),
    before: T.Optional(T.Integer({ minimum: 1, maximum: 2_000_000_000 })),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: T.Object({ works: T.Array(T.Object({ ...head, elements: T.Integer() })), next: T.Optional(T.Integer()) }),
});

const Place = T.Object({ id: T.String(), name: T.String(), effect: EffectName });
export const readWork = contract({
  id: "network.read-work",
  method: "GET",
  path: "/api/network/works/{id}",
  summary: "One work: what it touches, who is cut off or left with one way, which works meet it, who was told what",
  who: reader,
  input: T.Object({ id: Id }),
  output: T.Object({
    ...head,
    reason: T.String(),
    mine: T.Boolean({ description: "The caller wrote in it, and so cannot approve it" }),
    forced: T.Optional(T.String()),
    decision: T.Optional(T.String()),
    decidedAt: T.Optional(T.String()),
    elements: T.Array(
      T.Object({ id: T.String(), kind: T.Enum(["cable", "circuit", "duct", "node", "device", "unknown"]), name: T.String() }),
    ),
    sites: T.Array(Place),
    lines: T.Array(T.Array(T.Tuple([T.Number(), T.Number()])), { description: "Spans out of use meanwhile" }),
    institutions: T.Array(T.Object({ id: T.String(), name: T.String(), effect: EffectName, sites: T.Integer() })),
    services: T.Array(T.Object({ id: T.String(), name: T.String(), institution: T.String() }), {
      description: "Of institutions that lose all their places",
    }),
    together: T.Array(
      T.Object({
        works: T.Array(T.Object({ id: T.String(), number: T.Integer(), title: T.String() })),
        sites: T.Array(T.Object({ id: T.String(), name: T.String() })),
      }),
      { description: "Places cut off only because other works are under way at the same time" },
    ),
    notices: T.Array(
      T.Object({
        institution: T.String(),
        name: T.String(),
        kind: T.Enum([...noticeKinds]),
        state: T.Enum(["due", "sent", "unaddressed", "superseded"]),
        dueAt: T.String(),
        sentAt: T.Optional(T.String()),
      }),
    ),
    preview: T.Optional(
      T.Object({ institution: T.String(), subject: T.String(), body: T.String(), noticeAt: T.String({ description: "When it goes out" }) }),
    ),
  }),
});

const written = {
  title: Title,
  reason: Reason,
  starts: Instant,
  ends: Instant,
  elements: T.Array(Element, { minItems: 1, maxItems: 200 }),
};
export const openWork = contract({
  id: "network.open-work",
  method: "POST",
  path: "/api/network/works",
  summary: "Prepare a work: when, on which spans, ducts, nodes or devices",
  who: planner,
  input: T.Object(written),
  output: Done,
  status: 201,
});
export const changeWork = contract({
  id: "network.change-work",
  method: "POST",
  path: "/api/network/works/{id}/changes",
  summary: "Change a work that has not begun; an approval falls away, who was told hears of the new decision",
  who: planner,
  input: T.Object({ id: Id, version: Version, ...T.Partial(T.Object(written)).properties }),
  output: Done,
});
export const proposeWork = contract({
  id: "network.propose-work",
  method: "POST",
  path: "/api/network/works/{id}/proposal",
  summary: "Submit it to a second person; refused when it would cut somebody off, alone or with other works, unless a reason is given",
  who: planner,
  input: T.Object({ id: Id, version: Version, force: T.Optional(Reason) }),
  output: Done,
});
export const approveWork = contract({
  id: "network.approve-work",
  method: "POST",
  path: "/api/network/works/{id}/approval",
  summary: "Approve what others prepared: the institutions touched are told, each once",
  who: official(approveWorks),
  input: T.Object({ id: Id, version: Version }),
  output: T.Object({ ...Done.properties, notices: T.Integer() }),
});
export const refuseWork = contract({
  id: "network.refuse-work",
  method: "POST",
  path: "/api/network/works/{id}/refusal",
  summary: "Refuse it with a reason",
  who: official(approveWorks),
  input: T.Object({ id: Id, version: Version, reason: Reason }),
  output: Done,
});
export const cancelWork = contract({
  id: "network.cancel-work",
  method: "POST",
  path: "/api/network/works/{id}/cancellation",
  summary: "Cancel it; who was told is told again",
  who: either,
  input: T.Object({ id: Id, version: Version, reason: Reason }),
  output: T.Object({ ...Done.properties, notices: T.Integer() }),
});

// ---- the institution's side
export const listOwnWorks = contract({
  id: "network.list-own-works",
  method: "GET",
  path: "/api/network/own/works",
  summary: "Works one’s institution was told of: the last word of each",
  who: official(followService),
  input: T.Object({}),
  output: T.Object({
    works: T.Array(
      T.Object({
        number: T.Integer(),
        kind: T.Enum([...noticeKinds]),
        effect: T.Enum(["down", "one-way", "none"]),
        starts: T.String(),
        ends: T.String(),
        phase: Phase,
        subject: T.String(),
        body: T.String(),
        sentAt: T.Optional(T.String()),
      }),
    ),
  }),
});
export const readContact = contract({
  id: "network.read-contact",
  method: "GET",
  path: "/api/network/own/contact",
  summary: "Where one’s institution is told of works",
  who: official(followService),
  input: T.Object({}),
  output: T.Object({ email: T.Optional(T.String()), phone: T.Optional(T.String()), lang: T.Enum(["fr", "en"]) }),
});
export const changeContact = contract({
  id: "network.change-contact",
  method: "POST",
  path: "/api/network/own/contact",
  summary: "Say where one’s institution wants to be told of works: an address of the office; what could not be sent goes out",
  who: official(followService),
  input: T.Object({
    email: T.Optional(T.String({ maxLength: 254 })),
    phone: T.Optional(T.String({ maxLength: 30 })),
    lang: T.Enum(["fr", "en"]),
  }),
  output: T.Object({ due: T.Integer({ description: "Notices that go out now" }) }),
});
