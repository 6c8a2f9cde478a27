/** Drafts are not kept for ever: after a quarter without a touch they are forgotten, two weeks after a warning. */
import { sweep } from "#kernel";
import { definitionOf } from "../catalogue/definitions.ts";
import * as facts from "../facts.ts";
import { notify } from "../jobs.ts";
import { subjectOf } from "./access.ts";
import { advance } from "./moves.ts";
import { eraseCase, lockCase, takeForgotten, takeIdle } from "./store.ts";

const day = 86_400_000;
const warnAfter = 76 * day;
/** Counted from the warning: a house that slept for months does not forget on waking. */
const grace = 14 * day;

export const draftsSweep = sweep("services.drafts", { seconds: 3600 }, async (j) => {
  await j.transaction(async (ctx) => {
    for (const { number } of await takeIdle(ctx, new Date(ctx.clock.now().getTime() - warnAfter)))
      await ctx.enqueue(notify, { number, what: "draft" });
  });
  const before = new Date(j.clock.now().getTime() - grace);
  for (const { number } of await j.transaction((ctx) => takeForgotten(ctx, before)))
    await j.transaction(async (ctx) => {
      const row = await lockCase(ctx, number);
      if (!row || (row.state !== "draft" && row.state !== "evidence")) return;
      const after = await advance(ctx, row, await definitionOf(ctx, row), "abandon");
      await eraseCase(ctx, row.id);
      await ctx.record(facts.draftForgotten, subjectOf(row), { version: after.version });
    });
});
