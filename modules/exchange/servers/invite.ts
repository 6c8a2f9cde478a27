/** Invitations at the centre: made, answered by a server that asks, decided by a second person, turned into certificates. */
import { type Context, type JobContext, job, T } from "#kernel";
import { anchorFingerprint, certify } from "#trust";
import { directoryChanged } from "../configuration/publish.ts";
import { perProgram } from "../memory/program.ts";
import { actor } from "./actor.ts";
import { serverAsked, serverDecided, serverInvited, serverJoined } from "./facts.ts";
import {
  fingerprintDiffers,
  invitationDecided,
  invitationUnknown,
  memberUnknown,
  secondPersonNeeded,
  serverExists,
  tokenRefused,
} from "./problems.ts";
import { keepUp } from "./run.ts";
import { putServer, serverRows } from "./store.ts";
import {
  invitationById,
  type InvitationRow,
  lockInvitation,
  memberOf,
  putAsked,
  putDecision,
  putInvitation,
  putIssued,
  putWithdrawn,
} from "./store-invitations.ts";
import { hostOf, requestFingerprint, secretHash, writeToken } from "./token.ts";

/** Makes the certificates an admitted server asked for. */
export const certifyServer = job("exchange.certify-server", T.Object({ invitation: T.String() }));

const subject = (server: string): string => `exchange-server:${server}`;
const usualHours = 168;

export async function invite(
  ctx: Context,
  o: { institution: string; code: string; hours?: number | undefined },
): Promise<{ invitation: InvitationRow; token: string }> {
  const member = await memberOf(ctx.db, o.institution);
  if (!member) throw memberUnknown();
  const server = `${member.id}/${o.code}`;
  if ((await serverRows(ctx.db)).some((row) => row.id === server && row.retiredAt === null)) throw serverExists();
  const anchor = await anchorFingerprint(ctx);
  if (!anchor) throw memberUnknown();
  const secret = ctx.ids.token();
  const id = ctx.ids.uuid();
  const expiresAt = new Date(ctx.clock.now().getTime() + (o.hours ?? usualHours) * 3_600_000);
  const row = { id, server, institution: o.institution, tokenHash: secretHash(secret), invitedBy: actor(ctx), expiresAt };
  if (!(await putInvitation(ctx, row))) throw serverExists();
  await ctx.record(serverInvited, subject(server), {
    server,
    institution: o.institution,
    invitation: id,
    expires: expiresAt.toISOString(),
  });
  const { origin, demo } = ctx.config;
  const token = writeToken({ centre: origin, invitation: id, secret, anchor, country: ctx.country.code, demo });
  return { invitation: (await invitationById(ctx.db, id))!, token };
}

export interface Ask {
  invitation: string;
  secret: string;
  address: string;
  /** PKCS#10, PEM */
  tls: string;
  seal: string;
  /** Of its database: servers that name the same one answer from one log. */
  log?: string;
}

/** A server shows its token: the first request under it is the request, asked again it is answered again. */
export async function asks(ctx: Context, a: Ask): Promise<InvitationRow> {
  const row = await lockInvitation(ctx.db, a.invitation);
  if (!row || !row.tokenHash.equals(secretHash(a.secret)) || row.state === "withdrawn") throw tokenRefused();
  if (row.state !== "open") {
    if (row.tlsRequest !== a.tls || row.sealRequest !== a.seal) throw tokenRefused();
    return row;
  }
  if (row.expiresAt <= ctx.clock.now()) throw tokenRefused();
  await putAsked(ctx, row.id, a);
  await ctx.record(serverAsked, subject(row.server), {
    server: row.server,
    institution: row.institution,
    invitation: row.id,
    address: a.address,
    request: requestFingerprint(a.tls, a.seal),
  });
  // A demonstration's own command stands for both people; in production nobody but a second official admits.
  if (ctx.config.demo && row.invitedBy === demonstrationInvites) await admit(ctx, row, { outcome: "approved" }, demonstrationDecides);
  return (await invitationById(ctx.db, row.id))!;
}

export const demonstrationInvites = "system:gateway-invite";
const demonstrationDecides = "system:demonstration";

export async function decide(
  ctx: Context,
  d: { id: string; outcome: "approved" | "refused"; fingerprint?: string | undefined; reason?: string | undefined },
): Promise<InvitationRow> {
  const row = await lockInvitation(ctx.db, d.id);
  if (!row) throw invitationUnknown();
  if (row.state !== "waiting") throw invitationDecided();
  const by = actor(ctx);
  if (by === row.invitedBy) throw secondPersonNeeded();
  const plain = (text: string) => text.replace(/[^0-9a-f]/gi, "").toLowerCase();
  if (d.fingerprint && plain(d.fingerprint) !== plain(requestFingerprint(row.tlsRequest!, row.sealRequest!))) throw fingerprintDiffers();
  await admit(ctx, row, d, by);
  return (await invitationById(ctx.db, row.id))!;
}

async function admit(
  ctx: Context,
  row: InvitationRow,
  d: { outcome: "approved" | "refused"; reason?: string | undefined },
  by: string,
): Promise<void> {
  await putDecision(ctx, row.id, { state: d.outcome, by, reason: d.reason });
  const { server, institution, id } = row;
  await ctx.record(serverDecided, subject(server), { server, institution, invitation: id, outcome: d.outcome });
  if (d.outcome === "approved") await ctx.enqueue(certifyServer, { invitation: id });
}

export async function withdraw(ctx: Context, id: string): Promise<InvitationRow> {
  const row = await lockInvitation(ctx.db, id);
  if (!row) throw invitationUnknown();
  if ((await putWithdrawn(ctx.db, id)) === 0) throw invitationDecided();
  const { server, institution } = row;
  await ctx.record(serverDecided, subject(server), { server, institution, invitation: id, outcome: "withdrawn" });
  return (await invitationById(ctx.db, id))!;
}

const underWay = perProgram(() => new Map<string, Promise<void>>());

/** Asked by the job and by the server at the door: done once. */
export function certifyAdmitted(j: JobContext, { invitation }: { invitation: string }): Promise<void> {
  const all = underWay(j);
  let run = all.get(invitation);
  if (!run) all.set(invitation, (run = certifyBoth(j, invitation).finally(() => all.delete(invitation))));
  return run;
}

/** Both certificates, then the server stands in the directory and its institution answers from there. May run twice. */
async function certifyBoth(j: JobContext, invitation: string): Promise<void> {
  const found = await j.transaction(
    async (ctx) => {
      const row = await invitationById(ctx.db, invitation);
      return row?.state === "approved" ? { row, member: await memberOf(ctx.db, row.institution) } : undefined;
    },
    { readOnly: true },
  );
  if (!found?.member) return;
  const { row, member } = found;
  const name = member.name.fr;
  const tls = await certify(j, {
    kind: "tls",
    subject: row.server,
    name: row.server,
    organization: name,
    host: hostOf(row.address!),
    place: row.server,
    csr: row.tlsRequest!,
  });
  const seal = await certify(j, { kind: "seal", subject: row.institution, name, place: row.server, csr: row.sealRequest! });
  await j.transaction(async (ctx) => {
    if ((await putIssued(ctx.db, row.id, { tls: tls.certificate, seal: seal.certificate })) === 0) return;
    const server = {
      id: row.server,
      institution: row.institution,
      address: row.address!,
      centre: false,
      since: ctx.clock.now(),
      log: row.log,
    };
    await putServer(ctx.db, { ...server, members: [row.institution] });
    const said = { server: row.server, institution: row.institution, tls: tls.serial, seal: seal.serial };
    await ctx.record(serverJoined, subject(row.server), said);
  });
  directoryChanged(j);
  await keepUp(j);
}
