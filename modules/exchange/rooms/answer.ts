/**
 * The exchange answers for a room itself: the call came as any other (authenticated, decided by rights, signed, logged on both sides), the
 * answer goes back the same way. GovStack Information Mediator, PubSub 2.0.0, its 14 operations.
 */
import { type Context, fitsSchema, type JobContext } from "#kernel";
import type { Client, Service } from "../directory/store.ts";
import type { Body } from "../gateway/flow.ts";
import type { Whole } from "../gateway/provider-call.ts";
import type { Received } from "../gateway/message.ts";
import { subscribed, typeAdded, typeRetired, unsubscribed } from "./facts.ts";
import {
  type Asked,
  Change,
  NewEvent,
  NewSubscription,
  NewType,
  partyOf,
  readAsked,
  readBody,
  shownFor,
  typeFault,
  usual,
} from "./rules.ts";
import * as store from "./store.ts";

export interface Call {
  service: Service;
  client: Client;
  envelope: Received;
  body: Body;
}
type Read = Omit<Call, "body"> & { body: Buffer | undefined };
interface Said {
  status: number;
  json?: unknown;
}

const reasons: Record<number, string> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
};

const largestEvent = 1024 * 1024;

export async function answerRoom(j: JobContext, c: Call): Promise<Whole> {
  const asked = readAsked(c.service.code, c.envelope.method, c.envelope.path);
  const said: Said =
    asked === undefined
      ? no(404, "There is no such address in a room.")
      : asked === "method"
        ? no(405, "This address takes other methods.")
        : c.body.size > largestEvent
          ? no(413, "An event is at most 1 MiB.")
          : await reply(j, c, asked);
  const { status, json } = said;
  const body = json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(json));
  return {
    kind: "response",
    status,
    reason: reasons[status] ?? "",
    headers: json === undefined ? [] : [["Content-Type", "application/json; charset=utf-8"]],
    body,
  };
}

async function reply(j: JobContext, c: Call, asked: Asked): Promise<Said> {
  const read = { ...c, body: c.body.size > 0 ? await c.body.whole() : undefined };
  return j.transaction((ctx) => answers[asked.what](ctx, read, asked as never), { institution: c.service.institution });
}

const no = (status: number, message: string): Said => ({ status, json: { message } });
const noType = no(404, "The room has no such event type.");
const room = (c: Read): string => c.service.subsystem;

type Answers = { [W in Asked["what"]]: (ctx: Context, c: Read, a: Extract<Asked, { what: W }>) => Promise<Said> };

const typeView = (t: store.EventType) => ({
  eventType: t.code,
  version: t.version,
  ...(t.title === "" ? {} : { title: t.title }),
  ...(t.schema === null ? {} : { schema: t.schema }),
});
const eventView = (e: store.EventRow) => ({
  id: e.id,
  sequence: Number(e.sequence),
  publisherId: partyOf(e.publisher),
  eventType: e.type,
  event: e.body?.event,
});
const subscriptionView = (s: store.Subscription) => ({
  id: s.id,
  subscriberId: partyOf(s.subscriber),
  eventType: s.type,
  delivery: s.delivery,
  ...(s.service === null ? {} : { service: s.service }),
  options: { TTL: s.ttl, FIFO: s.fifo },
});

const answers: Answers = {
  async types(ctx, c) {
    const all = await store.typesOf(ctx.db, room(c));
    return all.length === 0 ? { status: 204 } : { status: 200, json: all.map(typeView) };
  },
  async type(ctx, c, { type }) {
    const found = await store.typeOf(ctx.db, room(c), type);
    return found ? { status: 200, json: typeView(found) } : { status: 204 };
  },
  async "add-type"(ctx, c) {
    const said = readBody(NewType, c.body);
    if (!said) return no(400, "An event type is JSON: eventType, version, title, schema.");
    const fault = typeFault(said.schema);
    if (fault) return no(400, `The schema cannot be used: ${fault}.`);
    const { eventType: code, version = "1.0", title = "", schema = null } = said;
    const added = await store.putType(ctx.db, {
      room: room(c),
      code,
      institution: c.service.institution,
      version,
      title,
      schema,
      origin: "room",
    });
    if (added === 0) return no(409, "The room has this event type already.");
    await ctx.record(typeAdded, `room:${room(c)}`, { room: room(c), type: code, version, by: c.client.id });
    return { status: 200, json: typeView((await store.typeOf(ctx.db, room(c), code))!) };
  },
  async "drop-type"(ctx, c, { type }) {
    const at = ctx.clock.now();
    if ((await store.retireType(ctx.db, room(c), type, at)) === 0) return noType;
    for (const s of await store.subscriptionsOf(ctx.db, room(c), undefined)) if (s.type === type) await end(ctx, s, at);
    await ctx.record(typeRetired, `room:${room(c)}`, { room: room(c), type, by: c.client.id });
    return { status: 204 };
  },

  async publish(ctx, c, { type }) {
    const { messageId, exchange } = c.envelope;
    // the same message again is the same event: a publisher that heard no answer asks again without fear
    const before = await store.published(ctx.db, room(c), c.client.id, messageId);
    if (before) return before.type === type ? { status: 201, json: { id: before.id } } : no(409, "This X-Road-Id published another event.");
    const known = await store.typeOf(ctx.db, room(c), type);
    if (!known) return noType;
    const said = readBody(NewEvent, c.body);
    if (!said || (said.eventType !== undefined && said.eventType !== type)) return no(400, "An event is JSON: eventType, event.");
    if (known.schema !== null && !fitsSchema(known.schema, said.event)) return no(400, "The event does not fit the schema of its type.");
    const id = ctx.ids.uuid();
    const { institution } = c.service;
    const at = ctx.clock.now();
    const row = { id, room: room(c), type, institution, publisher: c.client.id, messageId, exchange, at, event: said.event };
    const { deliveries } = await store.putEvent(ctx.db, row);
    ctx.metric.count("exchange_events_total", { room: room(c) });
    ctx.metric.count("exchange_event_deliveries_total", { room: room(c) }, deliveries);
    return { status: 201, json: { id } };
  },
  async event(ctx, c, { type, id }) {
    const found = await own(ctx, c, type, id);
    return found?.body ? { status: 200, json: eventView(found) } : noEvent;
  },
  async withdraw(ctx, c, { type, id }) {
    const found = await own(ctx, c, type, id);
    if (!found || found.withdrawnAt) return noEvent;
    await store.withdraw(ctx.db, id, ctx.clock.now());
    return { status: 204 };
  },

  async subscriptions(ctx, c) {
    // the room's own institution sees who listens; others see themselves
    const manager = c.client.institution === c.service.institution;
    return { status: 200, json: (await store.subscriptionsOf(ctx.db, room(c), manager ? undefined : c.client.id)).map(subscriptionView) };
  },
  async subscription(ctx, c, { type }) {
    const found = await mine(ctx, c, type);
    return found ? { status: 200, json: subscriptionView(found) } : notSubscribed;
  },
  async subscribe(ctx, c, { type }) {
    const said = readBody(NewSubscription, c.body);
    if (!said) return no(400, "A subscription is JSON: delivery PUSH or PULL, options TTL (seconds) and FIFO.");
    if (!(await store.typeOf(ctx.db, room(c), type))) return noType;
    const { institution } = c.service;
    const s = { id: ctx.ids.uuid(), room: room(c), type, institution, subscriber: c.client.id, ...choice(said) };
    if ((await store.putSubscription(ctx.db, { ...s, since: ctx.clock.now() })) === 0)
      return no(409, "This application has subscribed already.");
    await ctx.record(subscribed, `room:${room(c)}`, { room: room(c), type, subscriber: c.client.id, delivery: s.delivery });
    return { status: 200, json: subscriptionView(s) };
  },
  async change(ctx, c, { type }) {
    const said = readBody(Change, c.body);
    if (!said) return no(400, "A change is JSON: delivery, options.");
    const found = await mine(ctx, c, type);
    if (!found) return notSubscribed;
    const changed = { ...found, ...choice({ delivery: found.delivery, ...said }, found) };
    await store.changeSubscription(ctx.db, changed);
    await ctx.record(subscribed, `room:${room(c)}`, { room: room(c), type, subscriber: c.client.id, delivery: changed.delivery });
    return { status: 201, json: subscriptionView(changed) };
  },
  async unsubscribe(ctx, c, { type }) {
    const found = await mine(ctx, c, type);
    if (!found) return notSubscribed;
    await end(ctx, found, ctx.clock.now());
    return { status: 204 };
  },

  async next(ctx, c, { type }) {
    const found = await mine(ctx, c, type);
    if (found?.delivery !== "PULL") return notSubscribed;
    const now = ctx.clock.now();
    const event = await store.nextFor(ctx.db, found, now, new Date(now.getTime() + shownFor * 1000));
    return event ? { status: 200, json: eventView(event) } : no(404, "No event waits.");
  },
  async acknowledge(ctx, c, { type, id }) {
    const found = await mine(ctx, c, type);
    const done = found ? await store.acknowledge(ctx.db, found.id, id, ctx.clock.now(), c.envelope.exchange) : 0;
    return done > 0 ? { status: 204 } : noEvent;
  },
};

const noEvent = no(404, "There is no such event for this application.");
const notSubscribed = no(404, "This application has not subscribed to this event type in this way.");

const own = async (ctx: Context, c: Read, type: string, id: string): Promise<store.EventRow | undefined> => {
  const found = await store.eventOf(ctx.db, room(c), type, id);
  return found?.publisher === c.client.id ? found : undefined;
};
const mine = (ctx: Context, c: Read, type: string) => store.subscriptionOf(ctx.db, room(c), type, c.client.id);

function choice(said: Change & { delivery: "PUSH" | "PULL" }, before?: store.Subscription) {
  const { delivery, options } = said;
  return {
    delivery,
    service: delivery === "PUSH" ? (said.service ?? before?.service ?? usual.service) : null,
    ttl: options?.TTL ?? before?.ttl ?? usual.ttl,
    fifo: options?.FIFO ?? before?.fifo ?? usual.fifo,
  };
}

async function end(ctx: Context, s: store.Subscription, at: Date): Promise<void> {
  await store.forgetBodies(ctx.db, await store.endSubscription(ctx.db, s.id, at));
  await ctx.record(unsubscribed, `room:${s.room}`, { room: s.room, type: s.type, subscriber: s.subscriber });
}
