/**
 * Maintenance mode (X-Road 7.8): a server says until when it is away and why. Others choose another server of the institution or
 * say so; what may wait, waits. It ends at the announced end, or earlier by hand.
 */
import { type Context, type JobContext, sweep, T } from "#kernel";
import { readAs } from "../configuration/head.ts";
import { pullNow } from "../configuration/pull.ts";
import { directoryChanged, publish } from "../configuration/publish.ts";
import { bookOf, refreshBook } from "./book.ts";
import { callCentre } from "./centre.ts";
import { maintenanceAnnounced, maintenanceEnded } from "./facts.ts";
import { currentIdentity } from "./identity.ts";
import { maintenanceEndUnfit, notInMaintenance, serverUnknown } from "./problems.ts";
import { awaited } from "./running.ts";
import { joinedRow, type ServerRow, serverRows } from "./store.ts";
import { endMaintenance, endPast, maintenanceOf, type MaintenanceRow, markTold, putMaintenance } from "./store-maintenance.ts";

export const longestDays = 30;
export const longestNotice = 300;

export interface Announced {
  until: Date;
  notice?: string | undefined;
}

const subject = (server: string): string => `exchange-server:${server}`;

/** The house is never away as a whole: it is the directory's own place. Its services are closed one by one. */
async function ofServer(ctx: Context, id: string): Promise<ServerRow> {
  const row = (await serverRows(ctx.db)).find((one) => one.id === id && one.retiredAt === null && !one.centre);
  if (!row) throw serverUnknown();
  return row;
}

/** In the caller’s transaction; said again, the new end counts. */
export async function announce(ctx: Context, server: string, a: Announced): Promise<void> {
  const { institution } = await ofServer(ctx, server);
  const now = ctx.clock.now();
  if (a.until <= now || a.until.getTime() - now.getTime() > longestDays * 86_400_000) throw maintenanceEndUnfit();
  const before = await maintenanceOf(ctx.db, server);
  const notice = a.notice?.trim() ? a.notice.trim().slice(0, longestNotice) : null;
  const under = before && before.endedAt === null && before.until > now;
  if (under && before.until.getTime() === a.until.getTime() && before.notice === notice) return;
  await putMaintenance(ctx.db, { server, since: under ? before.since : now, until: a.until, notice });
  await ctx.record(maintenanceAnnounced, subject(server), {
    server,
    institution: institution ?? "",
    until: a.until.toISOString(),
    ...(notice === null ? {} : { notice }),
  });
}

export async function end(ctx: Context, server: string): Promise<void> {
  const { institution } = await ofServer(ctx, server);
  const now = ctx.clock.now();
  const before = await maintenanceOf(ctx.db, server);
  if (!before || before.until <= now || (await endMaintenance(ctx.db, server, now)) === 0) throw notInMaintenance();
  await ctx.record(maintenanceEnded, subject(server), { server, institution: institution ?? "", by: "hand" });
}

export interface OwnMaintenance {
  server: string;
  /** Undefined: not in maintenance. */
  until?: string;
  notice?: string;
  /** Has the centre heard? Other servers hear from it, and from this one when they call. */
  told: boolean;
  /** Exchanges still under way here. */
  running: number;
}

async function self(j: JobContext): Promise<string> {
  const { server } = (await j.transaction((ctx) => joinedRow(ctx), { readOnly: true })) ?? {};
  if (!server) throw serverUnknown();
  return server;
}

/** A gateway, of itself: new calls are refused from now on; those under way may end, at most `drainSeconds` long. */
export async function enterMaintenance(j: JobContext, a: Announced & { drainSeconds: number }): Promise<OwnMaintenance> {
  const server = await self(j);
  await j.transaction((ctx) => announce(ctx, server, a));
  await refreshBook(j);
  await Promise.all([tellCentre(j, server), awaited(j, a.drainSeconds * 1000)]);
  return ownState(j);
}

export async function leaveMaintenance(j: JobContext): Promise<OwnMaintenance> {
  const server = await self(j);
  await j.transaction((ctx) => end(ctx, server));
  await refreshBook(j);
  await tellCentre(j, server);
  return ownState(j);
}

export async function ownState(j: JobContext): Promise<OwnMaintenance> {
  const server = await self(j);
  const row = await j.transaction((ctx) => maintenanceOf(ctx.db, server), { readOnly: true });
  const away = row && row.endedAt === null && row.until > j.clock.now();
  return {
    server,
    ...(away ? { until: row.until.toISOString(), ...(row.notice === null ? {} : { notice: row.notice }) } : {}),
    told: row === undefined || row.told !== null,
    running: await awaited(j, 0),
  };
}

const Heard = T.Object({ version: T.Integer({ minimum: 1 }) });

/** The centre hears it now, or at the next look: nothing here waits for it. */
async function tellCentre(j: JobContext, server: string): Promise<void> {
  const { row, joined } = await j.transaction(async (ctx) => ({ row: await maintenanceOf(ctx.db, server), joined: await joinedRow(ctx) }), {
    readOnly: true,
  });
  const identity = row && row.told === null && joined ? await currentIdentity(j, server) : undefined;
  if (!row || !identity) return;
  const reply = await callCentre(j, {
    centre: joined!.centre,
    method: "POST",
    path: maintenancePath,
    body: JSON.stringify(row.endedAt === null ? { until: row.until.toISOString(), notice: row.notice ?? "" } : { ended: true }),
    as: { server, key: identity.key },
  });
  const heard = reply.ok && reply.status === 200 ? readAs(Heard, reply.body.toString("utf8")) : undefined;
  if (!heard) {
    j.log.warn({ why: reply.ok ? reply.status : reply.why }, "exchange: the centre has not heard of this maintenance yet");
    return;
  }
  await j.transaction((ctx) => markTold(ctx.db, row, heard.version));
  await pullNow(j);
}
export const maintenancePath = "/exchange/maintenance";

/** At the centre: a server speaks of itself. Answers the version of the directory that says the same. */
export async function heardOf(j: JobContext, server: string, said: { ended: true } | Announced): Promise<number> {
  await j.transaction(async (ctx) => {
    if (!("ended" in said)) return announce(ctx, server, said);
    const row = await maintenanceOf(ctx.db, server);
    // ended twice, or by its own end meanwhile: it is ended
    if (row && row.endedAt === null && row.until > ctx.clock.now()) await end(ctx, server);
  });
  directoryChanged(j);
  await refreshBook(j);
  return (await publish(j, { fresh: true })).version;
}

/** The announced end has come; and what the centre has not heard it is told again. */
export const keepMaintenance = sweep("exchange.maintenance", { seconds: 10 }, async (j) => {
  const now = j.clock.now();
  const past = await j.transaction(async (ctx) => {
    const ended: MaintenanceRow["server"][] = [];
    for (const { server } of await endPast(ctx.db, now)) {
      ended.push(server);
      const row = (await serverRows(ctx.db)).find((one) => one.id === server);
      // on a gateway the others' ends are theirs to remember
      if (row && (ctx.config.role !== "gateway" || server === bookOf(j)?.self))
        await ctx.record(maintenanceEnded, subject(server), { server, institution: row.institution ?? "", by: "time" });
    }
    return ended;
  });
  if (past.length > 0) {
    directoryChanged(j);
    await refreshBook(j);
  }
  const server = j.config.role === "gateway" ? bookOf(j)?.self : undefined;
  if (server !== undefined) await tellCentre(j, server);
});
