/** What a room sends by itself: a push is an exchange like any other, from the room to a service of the subscriber. */
import { type JobContext, sweep } from "#kernel";
import { ask } from "../gateway/ask.ts";
import { chance } from "../outbox/chance.ts";
import { undeliverable } from "./facts.ts";
import { acknowledges, backOff, partyOf, pushLease, roomPurpose } from "./rules.ts";
import { acknowledge, type Due, expire, takeDue, tryAgain } from "./store.ts";

const atOnce = 16;
const later = (j: JobContext, seconds: number) => new Date(j.clock.now().getTime() + seconds * 1000);

/** A batch at a time until nothing is due: an event waits for the slowest of its batch at most, not for all. */
export const push = sweep("exchange.push-events", { seconds: 1 }, async (j) => {
  for (let taken = atOnce; taken === atOnce && !j.signal.aborted;) {
    const due = await j.transaction((ctx) => takeDue(ctx.db, ctx.clock.now(), later(j, pushLease), atOnce));
    await Promise.all(due.map((one) => deliver(j, one)));
    taken = due.length;
  }
});

async function deliver(j: JobContext, { subscription: s, event: e, attempts }: Due): Promise<void> {
  const answer = await ask(j, {
    client: s.room,
    service: `${s.subscriber}/${s.service}`,
    method: "POST",
    purpose: roomPurpose,
    issue: e.id,
    // each try is a message of its own; the subscriber tells a second one by the event's id
    idempotencyKey: `event:${s.id}:${e.id}:${attempts}`,
    body: { id: e.id, sequence: Number(e.sequence), publisherId: partyOf(e.publisher), eventType: e.type, event: e.body?.event },
  });
  const { exchangeId } = answer;
  const taken = answer.outcome === "answered" && acknowledges(e.id, answer.status, answer.body);
  const why = answer.outcome === "answered" ? `HTTP ${answer.status}` : "type" in answer ? answer.type : answer.outcome;
  await j.transaction(async (ctx) => {
    if (taken) await acknowledge(ctx.db, s.id, e.id, ctx.clock.now(), exchangeId);
    else await tryAgain(ctx.db, { subscription: s.id, event: e.id, at: later(j, backOff(attempts, chance(j))), why, exchange: exchangeId });
  });
  j.metric.count("exchange_pushes_total", { outcome: taken ? "acknowledged" : "again" });
}

export const lapseEvents = sweep("exchange.expire-events", { seconds: 10 }, async (j) => {
  await j.transaction(async (ctx) => {
    for (const o of await expire(ctx.db, ctx.clock.now(), 500)) {
      const { room, type, subscriber, event, why } = o;
      await ctx.record(undeliverable, `room:${room}`, {
        room,
        type,
        subscriber,
        event,
        sequence: Number(o.sequence),
        ...(why === null ? {} : { why }),
      });
    }
  });
});
export const roomSweeps = [push, lapseEvents];
