/** We ask each instance we federate with: its word is judged by its anchor, then taken whole or not at all; never an older one. */
import { createHash } from "node:crypto";
import type { JobContext } from "#kernel";
import { perProgram } from "../memory/program.ts";
import { shared } from "../memory/shared.ts";
import { callCentre } from "../servers/centre.ts";
import { directoryChanged } from "../configuration/publish.ts";
import { refreshBook } from "../servers/book.ts";
import { type Anchor, anchorFingerprint, follows, isSigner, readAnchor } from "./anchor.ts";
import { type Document, type Head, headText, readDocument, readHead, stray } from "./document.ts";
import { anchorRenewed, federationHeard } from "./facts.ts";
import { anchorPath, configurationPath, question, readReply, type Reply } from "./partner.ts";
import {
  anchorOf,
  approvedRows,
  approvedWith,
  federationById,
  type FederationRow,
  heardOf,
  heldVersion,
  putAnchor,
  putDocument,
  putFault,
  putHeard,
} from "./store.ts";

export type Heard = { ok: true; version: number; changed: boolean } | { ok: false; why: string };

const runs = perProgram(() => new Map<string, ReturnType<typeof shared<Heard>>>());

/** One question at a time to each: who asks meanwhile gets the same answer. `fresh`: asked after this call. */
export function hear(j: JobContext, instance: string, o: { fresh?: boolean } = {}): Promise<Heard> {
  const all = runs(j);
  let run = all.get(instance);
  if (!run) all.set(instance, (run = shared<Heard>()));
  return o.fresh ? run.fresh(() => told(j, instance)) : run.any(() => told(j, instance));
}

export async function hearAll(j: JobContext): Promise<void> {
  const rows = await j.transaction((ctx) => approvedRows(ctx.db), { readOnly: true });
  await Promise.all(rows.map((row) => hear(j, row.instance)));
}

async function told(j: JobContext, instance: string): Promise<Heard> {
  const row = await j.transaction((ctx) => approvedWith(ctx.db, instance), { readOnly: true });
  if (!row) return { ok: false, why: "no federation is approved" };
  const result = await once(j, row);
  j.metric.count("exchange_federation_pulls_total", { outcome: result.ok ? "ok" : "failed" });
  if (!result.ok) {
    j.log.warn({ instance, why: result.why }, "exchange federation: not heard");
    await j.transaction((ctx) => putFault(ctx, row.id, result.why));
  } else if (result.changed) j.log.info({ instance, version: result.version }, "exchange federation: configuration taken");
  return result;
}

const failed = (why: string): Heard => ({ ok: false, why });

async function once(j: JobContext, row: FederationRow): Promise<Heard> {
  const held = await j.transaction((ctx) => heldVersion(ctx.db, row.id), { readOnly: true });
  const body = JSON.stringify(await question(j, row.instance, held));
  let why = "unreachable";
  for (const source of anchorOf(row).sources) {
    const asked = await callCentre(j, { centre: source, method: "POST", path: configurationPath, body });
    if (!asked.ok) {
      why = asked.why;
      continue;
    }
    const reply = asked.status === 200 ? readReply(asked.body.toString("utf8")) : undefined;
    if (!reply) {
      why = `it answered ${asked.status}: ${asked.body.toString("utf8").slice(0, 150)}`;
      continue;
    }
    const renewed = await anchorFor(j, row, source, reply);
    if (renewed) return take(j, row, renewed, reply);
    why = "signed by a key its anchor does not name";
  }
  return failed(why);
}

/** The anchor under which it was said: the one held, or the one that follows it. */
async function anchorFor(j: JobContext, row: FederationRow, source: string, reply: Reply): Promise<Anchor | undefined> {
  const at = j.clock.now();
  const held = anchorOf(row);
  const said = { ...reply, bytes: headText(reply.head) };
  const signed = isSigner(held, said, at);
  // asked for where it must be, and once a day while the old one nears its end
  if (signed && new Date(held.validUntil).getTime() - at.getTime() > renewalDays * 86_400_000) return held;
  const asked = await callCentre(j, { centre: source, method: "GET", path: anchorPath });
  const next = asked.ok && asked.status === 200 ? readAnchor(asked.body.toString("utf8"), at) : undefined;
  const good = next?.ok && follows(held, next, at) && new Date(held.validUntil) > at;
  if (!good) return signed && new Date(held.validUntil) > at ? held : undefined;
  await j.transaction(async (ctx) => {
    if ((await putAnchor(ctx, row.id, next.file)) === 0) return;
    const about = { instance: row.instance, federation: row.id, fingerprint: anchorFingerprint(next.file) };
    await ctx.record(anchorRenewed, `exchange-instance:${row.instance}`, about);
  });
  return isSigner(next.anchor, said, at) ? next.anchor : undefined;
}
const renewalDays = 120;

/** Clocks of neighbours differ by minutes; more than that and somebody's is wrong, which has to be said. */
const skew = 10 * 60_000;

async function take(j: JobContext, row: FederationRow, anchor: Anchor, reply: Reply): Promise<Heard> {
  const now = j.clock.now();
  const head = readHead(reply.head);
  if (!head) return failed("the head is unreadable");
  if (head.instance !== row.instance || head.audience !== j.country.instance)
    return failed("the head is of another instance, or for another");
  if (new Date(head.at).getTime() > now.getTime() + skew) return failed("its clock is ahead of ours");
  const last = await j.transaction((ctx) => heardOf(ctx.db, row.id), { readOnly: true });
  if (last?.version && (head.version < last.version || new Date(head.at) < last.at!)) return failed("older than what was heard before");
  const held = await j.transaction((ctx) => heldVersion(ctx.db, row.id), { readOnly: true });
  const document = head.version === held ? undefined : whole(reply, head, { row, anchor, audience: j.country.instance });
  if (document && "fault" in document) return failed(`the configuration is refused: ${document.fault}`);
  const kept = await j.transaction(async (ctx) => {
    // approved still, now that it is written
    const now = await federationById(ctx.db, row.id);
    const word = { head: reply.head, signature: reply.signature, certificate: reply.certificate };
    if (now?.state !== "approved") return false;
    if (!(await putHeard(ctx, row.id, { version: head.version, at: new Date(head.at), head: word }))) return false;
    if (!document) return true;
    await putDocument(ctx, row.id, document, Buffer.from(head.sha256, "hex"));
    const about = { instance: row.instance, federation: row.id, version: head.version, sha256: head.sha256 };
    await ctx.record(federationHeard, `exchange-instance:${row.instance}`, about);
    return true;
  });
  if (!kept) return failed("older than what was heard before, or the federation was stopped");
  if (document) directoryChanged(j);
  await refreshBook(j);
  return { ok: true, version: head.version, changed: document !== undefined };
}

function whole(reply: Reply, head: Head, o: { row: FederationRow; anchor: Anchor; audience: string }): Document | { fault: string } {
  const text = reply.document;
  if (text === undefined) return { fault: "its document did not come" };
  if (createHash("sha256").update(text).digest("hex") !== head.sha256) return { fault: "altered" };
  const document = readDocument(text);
  if (!document || document.version !== head.version || document.issuedAt !== head.issuedAt) return { fault: "unreadable" };
  const fault = stray(document, { instance: o.row.instance, audience: o.audience, authorities: o.anchor.authorities });
  return fault === undefined ? document : { fault };
}
