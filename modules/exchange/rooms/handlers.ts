import { type Context, type InputOf, malformed, type OutputOf } from "#kernel";
import type { listDeliveries, listRooms } from "./contracts.ts";
import { deliveriesList, roomsList, standings } from "./store-view.ts";

const month = 30 * 86_400_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function roomsShown(ctx: Context): Promise<OutputOf<typeof listRooms>> {
  const all = await standings(ctx.db, new Date(ctx.clock.now().getTime() - month));
  return {
    rooms: (await roomsList(ctx.db)).map((r) => ({
      ...r,
      name: ctx.say(r.name),
      subscriptions: all
        .filter((s) => s.room === r.room)
        .map(({ type, subscriber, delivery, fifo, ttl, waiting, expired, oldest, why }) => ({
          ...{ type, subscriber, delivery, fifo, ttl, waiting, expired },
          ...(oldest ? { oldest: oldest.toISOString() } : {}),
          ...(why === null ? {} : { why }),
        })),
    })),
  };
}

export async function deliveriesShown(ctx: Context, input: InputOf<typeof listDeliveries>): Promise<OutputOf<typeof listDeliveries>> {
  const { room, state, event, limit = 50 } = input;
  if (event !== undefined && !uuid.test(event)) return { deliveries: [] };
  const rows = await deliveriesList(ctx.db, { room, state, event, before: cursorOf(input.after) }, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    deliveries: shown.map(({ endedAt, why, exchange, ...d }) => ({
      ...d,
      sequence: Number(d.sequence),
      expires: d.expires.toISOString(),
      ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
      ...(why === null ? {} : { why }),
      ...(exchange === null ? {} : { exchange }),
    })),
    ...(rows.length > limit && last ? { next: `${last.event}~${last.subscriber}` } : {}),
  };
}

function cursorOf(text: string | undefined): { event: string; subscriber: string } | undefined {
  if (text === undefined) return undefined;
  const [event = "", ...rest] = text.split("~");
  if (!uuid.test(event)) throw malformed();
  return { event, subscriber: rest.join("~") };
}
