/** What a call into a room asks for, and what its words mean (GovStack Information Mediator, PubSub 2.0.0). */
import { fitsSchema, schemaFault, type Static, T } from "#kernel";
import { parseClient, parseIdentifier } from "../protocol/identifier.ts";

/** The three services of a room and the paths below each. */
export const roomServices = ["api", "pub", "pull"] as const;
export type RoomService = (typeof roomServices)[number];

export type Asked =
  | { what: "types" | "add-type" | "subscriptions" }
  | { what: "type" | "drop-type" | "publish" | "next" | "subscribe" | "subscription" | "change" | "unsubscribe"; type: string }
  | { what: "event" | "withdraw" | "acknowledge"; type: string; id: string };

const code = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const verbs: Record<string, Partial<Record<string, Asked["what"]>>> = {
  "api v1/eventType": { GET: "types", POST: "add-type" },
  "api v1/eventType/": { GET: "type", DELETE: "drop-type" },
  "api v1/subs": { GET: "subscriptions" },
  "api v1/subs/": { GET: "subscription", POST: "subscribe", PATCH: "change", DELETE: "unsubscribe" },
  "pub v1/": { POST: "publish" },
  "pub v1//": { GET: "event", DELETE: "withdraw" },
  "pull v1/": { GET: "next" },
  "pull v1//": { DELETE: "acknowledge" },
};

/** Undefined: no such address. "method": the address exists, for another method. */
export function readAsked(service: string, method: string, path: string): Asked | "method" | undefined {
  const parts = path.split("/").slice(1);
  const named = service === "api" ? parts.slice(2) : parts.slice(1);
  const shape = [service, " ", parts.slice(0, parts.length - named.length).join("/"), "/".repeat(named.length)].join("");
  const known = Object.hasOwn(verbs, shape) ? verbs[shape]! : undefined;
  if (!known) return undefined;
  const [type, id] = named.map((one) => decodeURIComponent(one));
  if (type !== undefined && !code.test(type)) return undefined;
  if (id !== undefined && !uuid.test(id)) return undefined;
  const what = known[method === "HEAD" ? "GET" : method];
  return what === undefined ? "method" : ({ what, type, id } as Asked);
}

export const NewType = T.Object({
  eventType: T.String({ pattern: code.source }),
  version: T.Optional(T.String({ maxLength: 40 })),
  title: T.Optional(T.String({ maxLength: 300 })),
  schema: T.Optional(T.Unknown()),
});
export const NewEvent = T.Object({ eventType: T.Optional(T.String({ maxLength: 100 })), event: T.Unknown() });
export const Options = T.Object({ TTL: T.Optional(T.Integer({ minimum: 1, maximum: 2_592_000 })), FIFO: T.Optional(T.Boolean()) });
export const NewSubscription = T.Object({
  delivery: T.Union([T.Literal("PUSH"), T.Literal("PULL")]),
  /** PUSH: the subscriber's own service that takes events; `events` unless said. */
  service: T.Optional(T.String({ pattern: "^[A-Za-z0-9'()+,\\-.=?]{1,60}$" })),
  options: T.Optional(Options),
});
export const Change = T.Partial(NewSubscription);
export type Change = Static<typeof Change>;

/** Seconds an event waits for its subscriber, and whether one follows another; PubSub's defaults. */
export const usual = { ttl: 3600, fifo: false, service: "events" };

/** The JSON of a body if it fits; the same judge as for the schemas of events. */
export function readBody<S extends import("#kernel").TSchema>(schema: S, body: Buffer | undefined): Static<S> | undefined {
  if (!body) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
  return fitsSchema(schema, value) ? (value as Static<S>) : undefined;
}

const largestSchema = 64 * 1024;
export const typeFault = (schema: unknown): string | undefined =>
  schema === undefined || schema === null
    ? undefined
    : JSON.stringify(schema).length > largestSchema
      ? "the schema is larger than 64 KiB"
      : schemaFault(schema);

/** The one purpose of a room: of what enters it, and of the right it needs at a subscriber to push. */
export const roomPurpose = "publication";

/** Who, in the words of the interface. */
export function partyOf(id: string): { instanceId: string; memberClass: string; memberCode: string; applicationCode?: string } {
  const { instance, memberClass, member, subsystem } = parseClient(id) ?? parseIdentifier(id)!;
  return { instanceId: instance, memberClass, memberCode: member, ...(subsystem === undefined ? {} : { applicationCode: subsystem }) };
}

/** Seconds to the next try: doubled each time from two seconds to ten minutes, up to a quarter of it by `chance` in [0, 1) more. */
export const backOff = (attempts: number, chance: number): number => Math.min(600, 2 ** Math.min(attempts, 10)) * (1 + chance / 4);
/** Seconds a pulled event is not shown again while its subscriber works on it, where no order is asked for. */
export const shownFor = 30;
/** Seconds within which a push is over, one way or the other. */
export const pushLease = 150;

/** A 2xx says yes; where the subscriber names an event, it must be this one. */
export function acknowledges(id: string, status: number, body: unknown): boolean {
  if (status < 200 || status > 299) return false;
  const said = typeof body === "object" && body !== null && "id" in body ? (body as { id: unknown }).id : undefined;
  return said === undefined || said === id;
}
