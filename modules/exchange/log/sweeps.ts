/** The log's housekeeping: what nobody will conclude any more is said unknown; bodies go when their time has come. */
import { sweep } from "#kernel";
import { failures } from "../errors.ts";
import { failed } from "../facts.ts";
import { putTraffic } from "./store-traffic.ts";
import { eraseBodies, eraseQuestions, orphans, putOutcome, setWatermark, sweepSize, watermark } from "./store.ts";

const mark = "orphans";

export const concludeOrphans = sweep("exchange.orphans", { seconds: 30 }, async (j) => {
  await j.transaction(async (ctx) => {
    const at = ctx.clock.now();
    const seen = await watermark(ctx.db, mark);
    // Rows of a transaction that was still open at the last look may carry an earlier time; so may all, once the clock was set back.
    const found = await orphans(ctx.db, new Date(Math.min(seen.getTime(), at.getTime()) - 10 * 60_000), at);
    if (found.length < sweepSize) await setWatermark(ctx.db, mark, at);
    for (const r of found) {
      const { exchange, side, institution, client, service, purpose, issue, person } = r;
      const fact =
        side === "provider"
          ? null
          : await ctx.record(failed, person === null ? `exchange:${exchange}` : `person:${person}`, {
              exchange,
              client,
              service,
              purpose,
              ...(issue === null ? {} : { issue }),
              type: failures.interrupted,
              outcome: "unknown",
            });
      if (side === "client") await putTraffic(ctx.db, { exchange, at, outcome: "unknown", errorType: failures.interrupted });
      await putOutcome(ctx.db, { exchange, side, institution, at, outcome: "unknown", errorType: failures.interrupted, person, fact });
    }
  });
});

const keysKept = 90 * 86_400_000;

export const erase = sweep("exchange.erase-bodies", { seconds: 3600 }, async (j) => {
  await j.transaction(async ({ db, clock }) => {
    await eraseBodies(db, clock.now());
    await eraseQuestions(db, new Date(clock.now().getTime() - keysKept));
  });
});
