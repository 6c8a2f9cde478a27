import { type Context, type InputOf, notFound, type OutputOf } from "#kernel";
import { actor } from "../servers/actor.ts";
import { bookOf, usualDays } from "../servers/book.ts";
import { policyRows } from "../servers/store.ts";
import { connectionsOf } from "../transport/connections.ts";
import { anchorFingerprint } from "./anchor.ts";
import type * as api from "./contracts.ts";
import { decide, federate, importFile, resume, setOpening, stop } from "./decide.ts";
import { membersOf } from "./members.ts";
import { anchorNotMade, federationUnknown } from "./problems.ts";
import {
  anchorOf,
  documentOf,
  federationById,
  type FederationRow,
  federationRows,
  type HeardRow,
  heardOf,
  heardRows,
  openingRows,
  type OwnAnchor,
  ownAnchor,
} from "./store.ts";

type View = OutputOf<typeof api.importAnchor>;
const day = 86_400_000;

function viewOf(ctx: Context, row: FederationRow, heard: HeardRow | undefined, days: number): View {
  const anchor = anchorOf(row);
  const now = ctx.clock.now().getTime();
  const counts = { to: 0, from: 0 };
  for (const peer of bookOf(ctx)?.servers.values() ?? []) {
    if (!peer.foreign || !peer.id.startsWith(`${row.instance}/`)) continue;
    const { to, from } = connectionsOf(ctx, peer.id);
    counts.to += to;
    counts.from += from;
  }
  const old = !heard?.at || now - heard.at.getTime() > days * day || new Date(anchor.validUntil).getTime() <= now;
  return {
    id: row.id,
    instance: row.instance,
    name: ctx.say(anchor.name),
    state: row.state,
    fingerprint: anchorFingerprint(row.anchor),
    sources: anchor.sources,
    anchorUntil: anchor.validUntil,
    proposedAt: row.proposedAt.toISOString(),
    ...(row.decidedAt ? { decidedAt: row.decidedAt.toISOString() } : {}),
    ...(row.reason ? { reason: row.reason } : {}),
    mine: row.state === "waiting" && row.proposedBy !== actor(ctx),
    ...(heard?.version && heard.at ? { version: heard.version, heardAt: heard.at.toISOString() } : {}),
    ...(heard ? { triedAt: heard.triedAt.toISOString() } : {}),
    ...(heard?.fault ? { fault: heard.fault } : {}),
    outdated: row.state === "approved" && old,
    connections: counts,
  };
}

const ordinaryDays = async (ctx: Context): Promise<number> =>
  (await policyRows(ctx.db)).find((one) => one.dataClass === "ordinary")?.days ?? usualDays;

const oneView = async (ctx: Context, row: FederationRow): Promise<View> =>
  viewOf(ctx, row, await heardOf(ctx.db, row.id), await ordinaryDays(ctx));

const anchorView = (ctx: Context, own: OwnAnchor): OutputOf<typeof api.readAnchorFile> => ({
  instance: ctx.country.instance,
  fingerprint: anchorFingerprint(own.file),
  generatedAt: own.generatedAt.toISOString(),
  validUntil: own.validUntil.toISOString(),
  file: JSON.stringify(own.file),
});

export async function federationsOf(ctx: Context): Promise<OutputOf<typeof api.listFederations>> {
  const heard = new Map((await heardRows(ctx.db)).map((one) => [one.federation, one]));
  const days = await ordinaryDays(ctx);
  const own = await ownAnchor(ctx.db);
  return {
    instance: ctx.country.instance,
    ...(own ? { anchor: anchorView(ctx, own) } : {}),
    federations: (await federationRows(ctx.db)).map((row) => viewOf(ctx, row, heard.get(row.id), days)),
  };
}

export async function federationShown(
  ctx: Context,
  { id }: InputOf<typeof api.readFederation>,
): Promise<OutputOf<typeof api.readFederation>> {
  const row = await federationById(ctx.db, id);
  if (!row) throw federationUnknown();
  const d = await documentOf(ctx.db, id);
  const openings = await openingRows(ctx.db, row.instance);
  return {
    federation: await oneView(ctx, row),
    members: (d ? membersOf(d) : []).map((m) => ({
      id: m.id,
      name: ctx.say(m.name),
      subsystems: m.subsystems.map((s) => ({ id: s.id, name: ctx.say(s.name) })),
    })),
    services: (d?.services ?? []).map((s) => ({ id: s.id, title: ctx.say(s.title), enabled: s.enabled })),
    servers: (d?.servers ?? []).map(({ id: server, address }) => ({ id: server, address })),
    openings: openings.map(({ what, at }) => ({ what, at: at.toISOString() })),
  };
}

export async function anchorAsked(ctx: Context): Promise<OutputOf<typeof api.makeAnchor>> {
  // a gateway speaks for its institution, never for an instance
  if (ctx.config.role === "gateway") throw notFound();
  await ctx.enqueue(federate, { anchor: true });
  return { asked: true };
}

export async function anchorShown(ctx: Context): Promise<OutputOf<typeof api.readAnchorFile>> {
  const own = await ownAnchor(ctx.db);
  if (!own) throw anchorNotMade();
  return anchorView(ctx, own);
}

export const imported = async (ctx: Context, { file }: InputOf<typeof api.importAnchor>): Promise<View> =>
  oneView(ctx, await importFile(ctx, file));

export const federationDecided = async (ctx: Context, input: InputOf<typeof api.decideFederation>): Promise<View> =>
  oneView(ctx, await decide(ctx, input));

export const suspended = async (ctx: Context, { id, reason }: InputOf<typeof api.suspendFederation>): Promise<View> =>
  oneView(ctx, await stop(ctx, { id, reason, outcome: "suspended" }));

export const resumed = async (ctx: Context, { id }: InputOf<typeof api.resumeFederation>): Promise<View> =>
  oneView(ctx, await resume(ctx, id));

export const ended = async (ctx: Context, { id, reason }: InputOf<typeof api.withdrawFederation>): Promise<View> =>
  oneView(ctx, await stop(ctx, { id, reason, outcome: "withdrawn" }));

export async function opened(ctx: Context, input: InputOf<typeof api.openToInstance>): Promise<OutputOf<typeof api.openToInstance>> {
  await setOpening(ctx, input);
  return input;
}
