import { type Context, type InputOf, notFound, type OutputOf } from "#kernel";
import { failures } from "../errors.ts";
import { awayOf } from "../servers/book.ts";
import { memberNames } from "../directory/store.ts";
import { putOutcome, requestOf } from "../log/store.ts";
import { putTraffic } from "../log/store-traffic.ts";
import type * as api from "./contracts.ts";
import { messageCancelled } from "./facts.ts";
import { here, placeOf } from "./known.ts";
import { messageLeft, messageUnknown } from "./problems.ts";
import { priorities } from "./rules.ts";
import { cancelQueued, depths, outboxList, outboxOf, type OutboxRow, type Way, waysOf } from "./store.ts";
import { heldUp } from "./store-inbox.ts";
import { cancelledType } from "./types.ts";

/** The institution is the caller's own, never one she names. */
function institutionOf(ctx: Context): string {
  const institution = ctx.caller.kind === "official" || ctx.caller.kind === "system" ? ctx.caller.institution : undefined;
  if (institution === undefined) throw notFound();
  return institution;
}

const held = (w: Pick<Way, "nextTry" | "why"> & { since?: Date | null }) => ({
  ...(w.nextTry ? { nextTry: w.nextTry.toISOString() } : {}),
  ...(w.why ? { why: w.why } : {}),
  ...(w.since ? { since: w.since.toISOString() } : {}),
});

export async function destinationsOf(ctx: Context): Promise<OutputOf<typeof api.listDestinations>> {
  const institution = institutionOf(ctx);
  const rows = await depths(ctx.db, institution);
  const names = await memberNames(
    ctx.db,
    rows.map((row) => row.provider),
  );
  const places = rows.map((row) => placeOf(ctx, row.provider));
  const wanted = rows.flatMap((row, i) => (places[i] === here ? row.services.map((s) => `service:${s}`) : [`server:${places[i]}`]));
  const ways = new Map((await waysOf(ctx.db, wanted)).map((way) => [way.name, way]));
  return {
    destinations: rows.map((row, i) => {
      const place = places[i]!;
      const away = place === here ? undefined : awayOf(ctx, place);
      const slow = away
        ? { nextTry: away.until, why: failures.maintenance, since: away.since }
        : (place === here ? row.services.map((s) => ways.get(`service:${s}`)) : [ways.get(`server:${place}`)]).find((w) => w?.nextTry);
      return {
        provider: { institution: row.provider, name: nameOf(ctx, names.get(row.provider), row.provider) },
        ...(place === here ? {} : { server: place }),
        depth: row.depth,
        urgent: row.urgent,
        oldest: row.oldest.toISOString(),
        ...(slow ? held(slow) : {}),
      };
    }),
    systems: (await heldUp(ctx.db, institution)).map((row) => ({
      service: row.service,
      waiting: row.waiting,
      oldest: row.oldest.toISOString(),
      ...held(row),
    })),
  };
}

type Name = Parameters<Context["say"]>[0] | undefined;
const nameOf = (ctx: Context, name: Name, id: string): string => (name ? ctx.say(name) : id);

const view = (ctx: Context, row: OutboxRow, name: Name): OutputOf<typeof api.cancelMessage> => ({
  exchange: row.exchange,
  messageId: row.messageId,
  client: row.client,
  service: row.service,
  provider: { institution: row.provider, name: nameOf(ctx, name, row.provider) },
  priority: priorities[row.priority]!,
  state: row.state,
  acceptedAt: row.at.toISOString(),
  expiresAt: row.deadline.toISOString(),
  ...(row.sentAt ? { sentAt: row.sentAt.toISOString() } : {}),
  ...(row.receivedAt ? { receivedAt: row.receivedAt.toISOString() } : {}),
  ...(row.endedAt ? { endedAt: row.endedAt.toISOString() } : {}),
  ...(row.endedAt && row.why ? { type: row.why } : {}),
});

export async function waitingOf(ctx: Context, q: InputOf<typeof api.listOutbox>): Promise<OutputOf<typeof api.listOutbox>> {
  const limit = q.limit ?? 50;
  const before = q.after === undefined ? undefined : /^\d{1,15}$/.test(q.after) ? Number(q.after) : 0;
  const rows = await outboxList(ctx.db, {
    institution: institutionOf(ctx),
    state: q.state,
    provider: q.provider,
    open: q.open,
    before,
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const names = await memberNames(
    ctx.db,
    shown.map((row) => row.provider),
  );
  return {
    messages: shown.map((row) => view(ctx, row, names.get(row.provider))),
    ...(rows.length > limit ? { next: String(shown.at(-1)!.seq) } : {}),
  };
}

export async function cancelled(
  ctx: Context,
  { exchange }: InputOf<typeof api.cancelMessage>,
): Promise<OutputOf<typeof api.cancelMessage>> {
  const institution = institutionOf(ctx);
  const by = "account" in ctx.caller ? ctx.caller.account : `system:${ctx.caller.kind}`;
  const row = await outboxOf(ctx.db, exchange);
  if (row?.institution !== institution) throw messageUnknown();
  const at = ctx.clock.now();
  if (!(await cancelQueued(ctx.db, { exchange, institution, at, by, why: cancelledType }))) throw messageLeft();
  const { client, service } = row;
  const fact = await ctx.record(messageCancelled, `exchange:${row.exchange}`, { exchange: row.exchange, client, service });
  const request = await requestOf(ctx.db, row.exchange, "client");
  await putOutcome(ctx.db, {
    exchange: row.exchange,
    side: "client",
    institution,
    at,
    outcome: "refused",
    errorType: cancelledType,
    person: request?.person ?? null,
    fact,
  });
  await putTraffic(ctx.db, { exchange: row.exchange, at, outcome: "refused", errorType: cancelledType });
  const names = await memberNames(ctx.db, [row.provider]);
  return view(ctx, (await outboxOf(ctx.db, exchange))!, names.get(row.provider));
}
