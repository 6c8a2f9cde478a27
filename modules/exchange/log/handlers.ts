import { type Context, type InputOf, notFound, type OutputOf } from "#kernel";
import type { LogEntry, MessageProof, readProof, readsOfMe, searchLog } from "../api.ts";
import { concernedBy } from "../access/store-concern.ts";
import { purposeMap } from "../directory/store.ts";
import { treeProof } from "../evidence/proof.ts";
import type { TreeProof } from "../evidence/shapes.ts";
import { signatureFile } from "../evidence/stamp.ts";
import { leavesOf } from "../evidence/store.ts";
import { exchangeUnknown } from "../errors.ts";
import { statementsOf } from "../outbox/store-statements.ts";
import { cursor, readCursor } from "./cursor.ts";
import { readView } from "./read-view.ts";
import { factsOfExchange, type Line, logLines, readsOf, sidesOf } from "./store-search.ts";
import { bodiesKept, certificateOf, outcomeOf, requestOf } from "./store.ts";

const entryView = (l: Line): LogEntry => ({
  exchange: l.exchange,
  side: l.side,
  at: l.at.toISOString(),
  client: l.client,
  service: l.service,
  method: l.method,
  path: l.path,
  purpose: l.purpose,
  ...(l.issue === null ? {} : { issue: l.issue }),
  ...(l.userId === null ? {} : { userId: l.userId }),
  outcome: l.outcome ?? "pending",
  ...(l.errorType === null ? {} : { errorType: l.errorType }),
  ...(l.status === null ? {} : { status: l.status }),
  ...(l.milliseconds === null ? {} : { milliseconds: l.milliseconds }),
});

function institutionOf(ctx: Context): string {
  if (ctx.caller.kind !== "official") throw notFound();
  return ctx.caller.institution;
}

export async function searchOf(ctx: Context, input: InputOf<typeof searchLog>): Promise<OutputOf<typeof searchLog>> {
  const { from, to, after, limit = 50, ...same } = input;
  const rows = await logLines(ctx.db, {
    ...same,
    institution: institutionOf(ctx),
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
    after: readCursor(after),
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { entries: shown.map(entryView), ...(rows.length > limit && last ? { next: cursor(last) } : {}) };
}

interface Signed {
  headerPart: string;
  bodyHash?: Uint8Array | null;
  signature: Uint8Array;
  serial: string;
  at: Date;
  signedAt?: Date | null;
}

export async function proofOf(ctx: Context, { exchange }: InputOf<typeof readProof>): Promise<OutputOf<typeof readProof>> {
  const institution = institutionOf(ctx);
  // An institution that asks itself keeps both rows; either holds the same signed messages.
  const [line] = await sidesOf(ctx.db, institution, exchange);
  if (!line) throw exchangeUnknown();
  const request = await requestOf(ctx.db, exchange, line.side);
  const outcome = await outcomeOf(ctx.db, exchange, line.side);
  if (!request) throw exchangeUnknown();
  // The signed header part holds the query, so the person's identifiers: producing the proof is a read of her data.
  const concerned = await concernedBy(ctx.db, exchange);
  for (const person of new Set([...(request.person === null ? [] : [request.person]), ...concerned]))
    await ctx.recordRead(person, "exchange.prove-message", "exchange.read-proof");
  const kept = await bodiesKept(ctx.db, exchange);
  const message = async (direction: "request" | "response", m: Signed): Promise<MessageProof> => {
    const certificate = await certificateOf(ctx.db, m.serial);
    const bodyHash = m.bodyHash ? Buffer.from(m.bodyHash) : null;
    const signed = { part: m.headerPart, bodyHash, signature: Buffer.from(m.signature), serial: m.serial, signedAt: m.signedAt ?? m.at };
    return {
      direction,
      headerPart: m.headerPart,
      ...(bodyHash ? { bodyHash: bodyHash.toString("base64") } : {}),
      bodyKept: kept.has(direction),
      signature: signed.signature.toString("base64"),
      certificate,
      certificateSerial: m.serial,
      signedAt: signed.signedAt.toISOString(),
      format: m.signedAt ? "xades" : "hashes",
      ...(m.signedAt && certificate !== "" ? { signatureFile: signatureFile(signed, certificate, undefined) } : {}),
    };
  };
  const messages = [await message("request", request)];
  if (outcome?.headerPart && outcome.signature && outcome.serial)
    messages.push(
      await message("response", { ...outcome, headerPart: outcome.headerPart, signature: outcome.signature, serial: outcome.serial }),
    );
  const tree: TreeProof[] = [];
  for (const leaf of await leavesOf(ctx.db, exchange)) {
    const proof = leaf.side === line.side ? await treeProof(ctx.db, exchange, leaf) : undefined;
    if (proof) tree.push(proof);
  }
  return {
    ...entryView(line),
    messages,
    statements: await statementProofs(ctx, exchange),
    tree,
    facts: await factsOfExchange(ctx.db, exchange),
  };
}

async function statementProofs(ctx: Context, exchange: string): Promise<OutputOf<typeof readProof>["statements"]> {
  const shown: OutputOf<typeof readProof>["statements"] = [];
  for (const s of await statementsOf(ctx.db, exchange)) {
    const [leaf] = await leavesOf(ctx.db, s.id);
    const tree = leaf && (await treeProof(ctx.db, s.id, leaf));
    const { kind, institution, text, signature } = s;
    const signed = { text, signature: signature.toString("base64"), certificate: s.certificate ?? "" };
    shown.push({ kind, institution, at: s.at.toISOString(), ...signed, ...(tree ? { tree } : {}) });
  }
  return shown;
}

export async function mine(ctx: Context, input: InputOf<typeof readsOfMe>): Promise<OutputOf<typeof readsOfMe>> {
  const person = ctx.caller.kind === "person" ? ctx.caller.person : null;
  if (person === null) return { reads: [] };
  const limit = input.limit ?? 50;
  const rows = await readsOf(ctx.db, person, readCursor(input.after), limit + 1);
  const purposes = await purposeMap(ctx.db);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const reads = shown.map((r) => readView(ctx, r, purposes));
  return { reads, ...(rows.length > limit && last ? { next: cursor(last) } : {}) };
}
