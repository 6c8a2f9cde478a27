import { type Context, forbidden, type InputOf, notFound, type OfficialCaller, type OutputOf, tooMany } from "#kernel";
import { clientOf, serviceOf } from "../directory/store.ts";
import { followTraffic, readRights } from "../permissions.ts";
import type { listDiagnoses, listOperations, listTroubles, readDiagnosis, startDiagnosis } from "./contracts.ts";
import { diagnoseJob } from "./diagnose.ts";
import { diagnosisOfOthers, diagnosisUnfit, diagnosisUnknown } from "./problems.ts";
import { isField, recordsOf } from "./query.ts";
import { askedSince, type Diagnosis, diagnosesOf, diagnosisOf, putDiagnosis } from "./store-diagnosis.ts";
import { passed, troubleRows } from "./store-troubles.ts";

function official(ctx: Context): OfficialCaller {
  if (ctx.caller.kind !== "official") throw notFound();
  return ctx.caller;
}

export async function operationsShown(ctx: Context, q: InputOf<typeof listOperations>): Promise<OutputOf<typeof listOperations>> {
  const { recordsFrom, recordsTo, client } = q;
  const fields = q.fields?.split(",").filter(isField);
  const whose = { institution: official(ctx).institution };
  return recordsOf(ctx.db, ctx.clock.now(), whose, { recordsFrom, recordsTo, client, fields });
}

const day = 86_400_000;

export async function troublesShown(ctx: Context, q: InputOf<typeof listTroubles>): Promise<OutputOf<typeof listTroubles>> {
  const { institution: own, permissions } = official(ctx);
  if (q.everyone && !permissions.has(followTraffic.id)) throw forbidden();
  const from = q.from === undefined ? new Date(ctx.clock.now().getTime() - day) : new Date(q.from);
  const period = { from, institution: q.everyone ? undefined : own };
  const rows = await troubleRows(ctx.db, { ...period, own });
  return {
    troubles: rows.map(({ title, last, ...one }) => ({ ...one, title: title ? ctx.say(title) : one.service, last: last.toISOString() })),
    total: await passed(ctx.db, period),
  };
}

// ---- looking into it

/** A minute's share: each look opens connections that somebody else has to answer. */
const minute = 60_000;
const perPerson = 6;
const perInstitution = 30;

export async function diagnosisStarted(ctx: Context, asked: InputOf<typeof startDiagnosis>): Promise<OutputOf<typeof startDiagnosis>> {
  const { account, institution, permissions } = official(ctx);
  if ((asked.service === undefined) === (asked.server === undefined)) throw diagnosisUnfit();
  if (asked.client !== undefined && !permissions.has(readRights.id)) await refuseStranger(ctx, asked, institution);
  const now = ctx.clock.now();
  const lately = await askedSince(ctx.db, { institution, account, since: new Date(now.getTime() - minute) });
  if (lately.person >= perPerson || lately.all >= perInstitution) throw tooMany({ retryAfter: minute / 1000 });
  const id = ctx.ids.uuid();
  await putDiagnosis(ctx.db, { id, institution, account, asked, at: now });
  await ctx.enqueue(diagnoseJob, { id });
  return { id };
}

/** Whether one may ask another is theirs to know, unless one reads all rights anyway. */
async function refuseStranger(ctx: Context, asked: InputOf<typeof startDiagnosis>, institution: string): Promise<void> {
  const sides = [await clientOf(ctx.db, asked.client!), asked.service && (await serviceOf(ctx.db, asked.service))];
  if (!sides.some((side) => side && side.institution === institution)) throw diagnosisOfOthers();
}

const line = ({ asked, at, endedAt }: Diagnosis) => ({
  ...(asked.service === undefined ? {} : { service: asked.service }),
  ...(asked.server === undefined ? {} : { server: asked.server }),
  ...(asked.client === undefined ? {} : { client: asked.client }),
  ...(asked.purpose === undefined ? {} : { purpose: asked.purpose }),
  at: at.toISOString(),
  ended: endedAt !== null,
});

export async function diagnosisShown(ctx: Context, { id }: InputOf<typeof readDiagnosis>): Promise<OutputOf<typeof readDiagnosis>> {
  const d = await diagnosisOf(ctx.db, id);
  if (!d || d.institution !== official(ctx).institution) throw diagnosisUnknown();
  return { ...line(d), steps: d.steps ?? [] };
}

export async function diagnosesShown(ctx: Context, { service }: InputOf<typeof listDiagnoses>): Promise<OutputOf<typeof listDiagnoses>> {
  const found = await diagnosesOf(ctx.db, { institution: official(ctx).institution, service, limit: 30 });
  return {
    diagnoses: found.map((d) => {
      const bad = d.steps?.find((one) => one.state === "bad");
      return { id: d.id, ...line(d), ...(bad ? { found: bad } : {}) };
    }),
  };
}
