import type { Context, InputOf, OutputOf } from "#kernel";
import { retireServerCertificates, serverCertificates } from "#trust";
import { latestVersion, versionRows } from "../configuration/store.ts";
import { memberNames } from "../directory/store.ts";
import { serviceUnknown } from "../errors.ts";
import { connectionsOf } from "../transport/connections.ts";
import { actor } from "./actor.ts";
import type * as api from "./contracts.ts";
import { offlinePolicySet, serverRetired, serviceClassified } from "./facts.ts";
import { decide, invite, withdraw } from "./invite.ts";
import { announce, end } from "./maintenance.ts";
import { serverUnknown } from "./problems.ts";
import { maintenanceRows } from "./store-maintenance.ts";
import { policyRows, putClass, putPolicy, retire, seenRows, type ServerRow, serverRows } from "./store.ts";
import { type InvitationRow, invitationRows } from "./store-invitations.ts";
import { requestFingerprint } from "./token.ts";

type View = OutputOf<typeof api.listServers>["servers"][number];
const silentAfter = 5 * 60_000;

async function serverViews(ctx: Context, rows: readonly ServerRow[]): Promise<{ servers: View[]; version: number | undefined }> {
  const certificates = await serverCertificates(ctx);
  const seen = new Map((await seenRows(ctx.db)).map((one) => [one.server, one]));
  const away = new Map((await maintenanceRows(ctx.db)).map((one) => [one.server, one]));
  const newest = (await latestVersion(ctx.db))?.version;
  const names = await memberNames(
    ctx.db,
    rows.flatMap((row) => (row.institution ? [row.institution] : [])),
  );
  const now = ctx.clock.now().getTime();
  const state = (row: ServerRow): View["state"] => {
    const last = seen.get(row.id);
    if (row.centre) return "house";
    if (row.retiredAt) return "retired";
    if (!last) return "never";
    if (now - last.at.getTime() > silentAfter) return "silent";
    return Number(last.version ?? 0) === newest ? "current" : "behind";
  };
  const servers = rows.map((row): View => {
    const last = seen.get(row.id);
    const name = row.institution ? names.get(row.institution) : undefined;
    const said = away.get(row.id);
    return {
      id: row.id,
      ...(row.institution ? { institution: { id: row.institution, name: name ? ctx.say(name) : row.institution } } : {}),
      address: row.address,
      centre: row.centre,
      since: row.since.toISOString(),
      ...(row.retiredAt ? { retiredAt: row.retiredAt.toISOString() } : {}),
      certificates: certificates
        .filter((one) => one.server === row.id)
        .map((one) => ({
          serial: one.serial,
          fingerprint: one.fingerprint,
          notBefore: one.notBefore.toISOString(),
          notAfter: one.notAfter.toISOString(),
        })),
      ...(last ? { heardAt: last.at.toISOString() } : {}),
      ...(last?.version ? { version: Number(last.version) } : {}),
      state: state(row),
      ...(said && !row.retiredAt && said.until > ctx.clock.now()
        ? {
            maintenance: {
              since: said.since.toISOString(),
              until: said.until.toISOString(),
              ...(said.notice === null ? {} : { notice: said.notice }),
            },
          }
        : {}),
      connections: connectionsOf(ctx, row.id),
    };
  });
  return { servers, version: newest };
}

export async function serversOf(ctx: Context): Promise<OutputOf<typeof api.listServers>> {
  const { servers, version } = await serverViews(ctx, await serverRows(ctx.db));
  return { servers, ...(version === undefined ? {} : { version }) };
}

async function invitationView(ctx: Context, rows: readonly InvitationRow[]): Promise<OutputOf<typeof api.listInvitations>["invitations"]> {
  const names = await memberNames(
    ctx.db,
    rows.map((row) => row.institution),
  );
  const now = ctx.clock.now();
  return rows.map((row) => {
    const name = names.get(row.institution);
    return {
      id: row.id,
      server: row.server,
      institution: { id: row.institution, name: name ? ctx.say(name) : row.institution },
      state: row.state === "open" && row.expiresAt <= now ? ("expired" as const) : row.state,
      invitedBy: row.invitedBy,
      invitedAt: row.invitedAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      mine: row.state === "waiting" && row.invitedBy !== actor(ctx),
      ...(row.address ? { address: row.address } : {}),
      ...(row.askedAt ? { askedAt: row.askedAt.toISOString() } : {}),
      ...(row.tlsRequest && row.sealRequest ? { fingerprint: requestFingerprint(row.tlsRequest, row.sealRequest) } : {}),
      ...(row.decidedBy ? { decidedBy: row.decidedBy } : {}),
      ...(row.decidedAt ? { decidedAt: row.decidedAt.toISOString() } : {}),
      ...(row.reason ? { reason: row.reason } : {}),
    };
  });
}

const oneView = async (ctx: Context, row: InvitationRow) => (await invitationView(ctx, [row]))[0]!;

export async function invitationsOf(ctx: Context): Promise<OutputOf<typeof api.listInvitations>> {
  return { invitations: await invitationView(ctx, await invitationRows(ctx.db)) };
}

export async function inviteOne(ctx: Context, input: InputOf<typeof api.inviteServer>): Promise<OutputOf<typeof api.inviteServer>> {
  const { invitation, token } = await invite(ctx, input);
  return { invitation: await oneView(ctx, invitation), token };
}

export const decideOne = async (ctx: Context, input: InputOf<typeof api.decideServer>): Promise<OutputOf<typeof api.decideServer>> =>
  oneView(ctx, await decide(ctx, input));

export const withdrawOne = async (
  ctx: Context,
  { id }: InputOf<typeof api.withdrawInvitation>,
): Promise<OutputOf<typeof api.withdrawInvitation>> => oneView(ctx, await withdraw(ctx, id));

export async function retireOne(ctx: Context, { id }: InputOf<typeof api.retireServer>): Promise<OutputOf<typeof api.retireServer>> {
  const row = (await serverRows(ctx.db)).find((one) => one.id === id);
  if (!row || (await retire(ctx, id)) === 0) throw serverUnknown();
  // what it holds speaks for nobody any more; what the institution's other servers hold goes on
  const others = (await serverRows(ctx.db)).some((one) => one.institution === row.institution && one.retiredAt === null);
  await retireServerCertificates(ctx, { server: id, ...(row.institution ? { institution: row.institution } : {}), last: !others });
  await ctx.record(serverRetired, `exchange-server:${id}`, { server: id, institution: row.institution ?? "" });
  return viewOf(ctx, id);
}

const viewOf = async (ctx: Context, id: string): Promise<View> => {
  const rows = (await serverRows(ctx.db)).filter((one) => one.id === id);
  return (await serverViews(ctx, rows)).servers[0]!;
};

export async function announceOne(
  ctx: Context,
  { id, until, notice }: InputOf<typeof api.announceMaintenance>,
): Promise<OutputOf<typeof api.announceMaintenance>> {
  await announce(ctx, id, { until: new Date(until), notice });
  return viewOf(ctx, id);
}

export async function endOne(ctx: Context, { id }: InputOf<typeof api.endMaintenance>): Promise<OutputOf<typeof api.endMaintenance>> {
  await end(ctx, id);
  return viewOf(ctx, id);
}

export async function configurationsOf(ctx: Context): Promise<OutputOf<typeof api.listConfigurations>> {
  const rows = await versionRows(ctx.db);
  return {
    versions: rows.map((row) => ({
      version: row.version,
      issuedAt: row.issuedAt.toISOString(),
      sha256: row.sha256.toString("hex"),
      bytes: row.bytes,
    })),
    policy: await policyRows(ctx.db),
  };
}

export async function setPolicy(ctx: Context, q: InputOf<typeof api.setOfflinePolicy>): Promise<OutputOf<typeof api.setOfflinePolicy>> {
  await putPolicy(ctx.db, q.dataClass, q.days);
  await ctx.record(offlinePolicySet, "exchange-configuration", q);
  return { policy: await policyRows(ctx.db) };
}

export async function classify(ctx: Context, q: InputOf<typeof api.classifyService>): Promise<OutputOf<typeof api.classifyService>> {
  if ((await putClass(ctx.db, q.id, q.dataClass)) === 0) throw serviceUnknown();
  await ctx.record(serviceClassified, "exchange-configuration", { service: q.id, dataClass: q.dataClass });
  return q;
}
