import { sweep, work } from "#kernel";
import { keepUp } from "../servers/run.ts";
import { federate } from "./decide.ts";
import { ensureAnchor } from "./own.ts";
import { hearAll } from "./pull.ts";
import { approvedRows, ownAnchor } from "./store.ts";

/** Twice a minute, so that what another instance revokes or closes is known here within one. */
export const hearInstances = sweep("exchange.hear-instances", { seconds: 30 }, async (j) => {
  if (j.config.role === "gateway") return;
  const [rows, own] = await j.transaction(async (ctx) => [await approvedRows(ctx.db), await ownAnchor(ctx.db)] as const, {
    readOnly: true,
  });
  if (own) await ensureAnchor(j);
  if (rows.length === 0) return;
  await hearAll(j);
  await keepUp(j);
});

export const federationSweeps = [hearInstances];
export const federationJobs = [
  work(federate, async (j, { anchor }) => {
    if (anchor) await ensureAnchor(j);
    await keepUp(j);
    await hearAll(j);
    await keepUp(j);
  }),
];
