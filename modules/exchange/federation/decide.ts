/** Two people and a telephone: one imports an anchor, another approves it by what was read to her; one alone may stop. */
import { type Context, job, T } from "#kernel";
import { fingerprintOf, memberCertificates } from "#trust";
import { actor } from "../servers/actor.ts";
import { forgetPartner, peerOf } from "../servers/book.ts";
import { cutConnections } from "../transport/connections.ts";
import { type Anchor, anchorFingerprint, authoritiesOf, readAnchor, sameFingerprint } from "./anchor.ts";
import { anchorImported, federationDecided, federationResumed, federationStopped, openingSet } from "./facts.ts";
import * as problems from "./problems.ts";
import * as store from "./store.ts";
import { whatIs } from "./store-shared.ts";

/** Opens the port, asks the other instances, cuts who is none any more; `anchor`: makes or renews ours. */
export const federate = job("exchange.federate", T.Object({ anchor: T.Boolean() }));

const subject = (instance: string): string => `exchange-instance:${instance}`;

export async function importFile(ctx: Context, text: string): Promise<store.FederationRow> {
  const read = readAnchor(text, ctx.clock.now());
  if (!read.ok) {
    const why = {
      unreadable: problems.anchorUnreadable,
      "not-signed": problems.anchorNotSigned,
      expired: problems.anchorExpired,
      clock: problems.anchorExpired,
    };
    throw why[read.fault]();
  }
  const { anchor, file } = read;
  if (anchor.instance === ctx.country.instance || (await shared(ctx, anchor))) throw problems.anchorOurs();
  const id = ctx.ids.uuid();
  if (!(await store.putFederation(ctx, { id, instance: anchor.instance, anchor: file, by: actor(ctx) }))) throw problems.federationExists();
  const about = { instance: anchor.instance, federation: id, fingerprint: anchorFingerprint(file) };
  await ctx.record(anchorImported, subject(anchor.instance), about);
  return (await store.federationById(ctx.db, id))!;
}

/** An authority speaks for one instance: ours, or that of one federation. */
async function shared(ctx: Context, anchor: Anchor): Promise<boolean> {
  const theirs = authoritiesOf(anchor);
  const ours = (await memberCertificates(ctx)).anchors.flatMap((one) => fingerprintOf(one) ?? []);
  const others = (await store.federationRows(ctx.db))
    .filter((row) => row.instance !== anchor.instance && ["waiting", "approved", "suspended"].includes(row.state))
    .flatMap((row) => [...authoritiesOf(store.anchorOf(row))]);
  return [...ours, ...others].some((one) => theirs.has(one));
}

export async function decide(
  ctx: Context,
  d: { id: string; outcome: "approved" | "refused"; fingerprint?: string | undefined; reason?: string | undefined },
  by = actor(ctx),
): Promise<store.FederationRow> {
  const row = await store.lockFederation(ctx.db, d.id);
  if (!row) throw problems.federationUnknown();
  if (row.state !== "waiting") throw problems.federationClosed();
  if (by === row.proposedBy) throw problems.federationSecondPerson();
  if (d.outcome === "approved") {
    if (!sameFingerprint(d.fingerprint ?? "", anchorFingerprint(row.anchor))) throw problems.anchorFingerprintDiffers();
    if (new Date(store.anchorOf(row).validUntil) <= ctx.clock.now()) throw problems.anchorExpired();
  }
  await store.putDecision(ctx, row.id, { state: d.outcome, by, reason: d.reason });
  const about = { instance: row.instance, federation: row.id, outcome: d.outcome, ...(d.reason ? { reason: d.reason } : {}) };
  await ctx.record(federationDecided, subject(row.instance), about);
  if (d.outcome === "approved") await ctx.enqueue(federate, { anchor: true });
  return (await store.federationById(ctx.db, row.id))!;
}

/** At once, in this process; the others hear of it within their next look. */
export async function stop(
  ctx: Context,
  s: { id: string; outcome: "suspended" | "withdrawn"; reason: string },
): Promise<store.FederationRow> {
  const row = await store.lockFederation(ctx.db, s.id);
  if (!row) throw problems.federationUnknown();
  if ((await store.putEnd(ctx, row.id, s.outcome, s.reason)) === 0) throw problems.federationClosed();
  await ctx.record(federationStopped, subject(row.instance), {
    instance: row.instance,
    federation: row.id,
    outcome: s.outcome,
    reason: s.reason,
  });
  await ctx.enqueue(federate, { anchor: false });
  // should this transaction not come to its end, the next look puts the instance back
  forgetPartner(ctx, row.instance);
  cutConnections(ctx, (fingerprint, server) => peerOf(ctx, fingerprint)?.id === server);
  return (await store.federationById(ctx.db, row.id))!;
}

export async function resume(ctx: Context, id: string): Promise<store.FederationRow> {
  const row = await store.lockFederation(ctx.db, id);
  if (!row) throw problems.federationUnknown();
  if ((await store.putAskedAgain(ctx, id, actor(ctx))) === 0) throw problems.federationClosed();
  await ctx.record(federationResumed, subject(row.instance), { instance: row.instance, federation: id });
  return (await store.federationById(ctx.db, id))!;
}

export async function setOpening(ctx: Context, o: { instance: string; what: string; open: boolean }): Promise<void> {
  const known = (await store.federationRows(ctx.db)).some((row) => row.instance === o.instance && row.state !== "refused");
  if (!known) throw problems.federationUnknown();
  if (o.open && !(await whatIs(ctx.db, o.what))) throw problems.openingUnfit();
  const changed = o.open
    ? await store.putOpening(ctx, { instance: o.instance, what: o.what, by: actor(ctx) })
    : await store.dropOpening(ctx.db, o.instance, o.what);
  if (changed > 0) await ctx.record(openingSet, subject(o.instance), o);
}
