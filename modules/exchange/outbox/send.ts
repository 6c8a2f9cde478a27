/** The client's side sends what waits: to the provider's side in this house directly, to other servers in parcels; one sender a destination. */
import { type JobContext, sweep } from "#kernel";
import { refusals } from "../errors.ts";
import { forgetBundles } from "../courier/store.ts";
import { endFailed } from "./end.ts";
import { here, placeOf } from "./known.ts";
import { heed } from "./hear.ts";
import { linkTurns } from "./link-client.ts";
import { takeOut } from "./letters.ts";
import { endedElsewhere, endOutbox, forgetEnded, overdue, providersWaiting } from "./store.ts";
import { awayOf, ownMaintenance } from "../servers/book.ts";
import { readStatement } from "./statement.ts";
import { forgetTold } from "./store-inbox.ts";
import { forgetParcels } from "./store-parcels.ts";
import { takeIn } from "./take.ts";
import { expiredType } from "./types.ts";

/** The provider's side minds the same deadline: its last word may still be on its way so long after. */
const lastWord = 86_400_000;

export const sendWaiting = sweep("exchange.outbox", { seconds: 1 }, async (j) => {
  const loops = new Map<string, Promise<void>>();
  for (let first = true; first || (loops.size > 0 && !j.signal.aborted); first = false) {
    await conclude(j);
    if (ownMaintenance(j)) return void (await Promise.all(loops.values()));
    const places = new Map<string, { providers: string[]; queued: boolean }>();
    const waiting = await j.transaction(({ db }) => providersWaiting(db), { readOnly: true });
    j.metric.gauge(
      "exchange_outbox_queued",
      waiting.reduce((sum, one) => sum + one.queued, 0),
    );
    j.metric.gauge(
      "exchange_outbox_under_way",
      waiting.reduce((sum, one) => sum + one.outstanding, 0),
    );
    for (const one of waiting) {
      const place = placeOf(j, one.provider);
      // its queue waits, as long as its messages live
      if (place !== here && awayOf(j, place)) continue;
      const at = places.get(place);
      if (place !== here || one.queued > 0)
        places.set(place, { providers: [...(at?.providers ?? []), one.provider], queued: (at?.queued ?? false) || one.queued > 0 });
    }
    for (const [place, { providers, queued }] of places)
      if (!loops.has(place)) {
        const turns = place === here ? handOver(j, providers) : linkTurns(j, place, providers, queued);
        if (turns)
          loops.set(
            place,
            turns.finally(() => loops.delete(place)),
          );
      }
    if (loops.size > 0) await Promise.race([...loops.values(), new Promise((done) => setTimeout(done, 500))]);
  }
});

/** Both sides live here: taken in at once. */
async function handOver(j: JobContext, providers: readonly string[]): Promise<void> {
  while (!j.signal.aborted) {
    const out = await j.transaction((ctx) => takeOut(ctx, providers));
    if (out.letters.length === 0) return;
    const said = (await takeIn(j, here, out.letters, out.certificates)).map((one) => readStatement(one.text)!);
    for (const one of said) await heed(j, one);
    const told = new Set(said.flatMap((one) => one.messages.map((m) => m.exchange)));
    // whose service left the directory meanwhile
    for (const { exchange } of out.letters) if (!told.has(exchange)) await endFailed(j, exchange, "refused", refusals.unknownService.type);
  }
}

async function conclude(j: JobContext): Promise<void> {
  const now = j.clock.now();
  const late = await j.transaction(({ db }) => overdue(db, now, new Date(now.getTime() - lastWord), 200), { readOnly: true });
  for (const row of late) await endFailed(j, row.exchange, row.state === "queued" || row.reading ? "expired" : "unknown", expiredType);
  const ended = await j.transaction(({ db }) => endedElsewhere(db, 200), { readOnly: true });
  for (const one of ended)
    await j.transaction(({ db }) =>
      endOutbox(db, {
        exchange: one.exchange,
        state: one.outcome === "answered" ? "answered" : one.outcome === "unknown" ? "unknown" : "refused",
        at: now,
        why: one.errorType,
      }),
    );
}

const remembered = 90 * 86_400_000;

/** The log keeps its rows; the queues forget who ended long ago. A number is remembered longer than any message may live. */
export const tidy = sweep("exchange.tidy-queues", { seconds: 3600 }, async (j) => {
  await j.transaction(async ({ db, clock }) => {
    const before = new Date(clock.now().getTime() - remembered);
    await forgetEnded(db, before);
    await forgetTold(db, before);
    await forgetParcels(db, before);
    await forgetBundles(db, before);
  });
});
