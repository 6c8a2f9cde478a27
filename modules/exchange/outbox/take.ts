/** The provider's side takes messages in: each is checked, kept, and answered with a signed receipt; nothing is called here. */
import type { Context, JobContext } from "#kernel";
import { directoryNow, type Snapshot } from "../directory/snapshot.ts";
import { refusals } from "../errors.ts";
import { isReading, readRequest } from "../gateway/message.ts";
import { checkMessage } from "../gateway/signatures.ts";
import { keepBody } from "../log/bodies.ts";
import { putCertificate } from "../log/store.ts";
import { messageDigest, readPart, sha512 } from "../protocol/header.ts";
import { learn } from "../transport/know.ts";
import { carries, here, placeOf } from "./known.ts";
import type { Letter } from "./parcel.ts";
import { longestLife, priorities, wishOf } from "./rules.ts";
import { keep, type Signed, state, tolerance } from "./statements.ts";
import { inboxOf, type InboxRow, putInbox } from "./store-inbox.ts";

type Fresh = Omit<InboxRow, "seq" | "state" | "attempts" | "why">;
type Looked =
  | { kind: "good"; row: Fresh; letter: Letter; certificate: string; hash: string }
  | { kind: "bad"; exchange: string; hash: string; type: string; provider: string; client: string }
  /** Nobody here could answer for the refusal: the sender hears of it in the parcel's own answer, by silence. */
  | { kind: "foreign"; exchange: string };

/**
 * Takes letters that came `via` a server, or from this house's own outbox. Idempotent: what is here already gets its receipt
 * again. `also` runs in the transaction that keeps them.
 */
export async function takeIn(
  j: JobContext,
  via: string,
  letters: readonly Letter[],
  certificates: Readonly<Record<string, string>>,
  also: (ctx: Context, said: readonly Signed[]) => Promise<void> = async () => undefined,
): Promise<Signed[]> {
  const directory = await directoryNow(j);
  const looked = await Promise.all(letters.map((letter) => look(j, directory, via, letter, certificates[letter.serial])));
  // Kept first: a receipt never speaks of what a power cut could still take away.
  const kept = await j.transaction(async (ctx) => {
    const all: Looked[] = [];
    for (const one of looked) all.push(one.kind === "good" ? await put(ctx, one) : one);
    return all;
  });
  const said = await receipts(j, directory, kept);
  await j.transaction(async (ctx) => {
    for (const one of said) await keep(ctx, one, via);
    await also(ctx, said);
  });
  return said;
}

async function look(j: JobContext, directory: Snapshot, via: string, letter: Letter, certificate: string | undefined): Promise<Looked> {
  const bodyHash = letter.body.length > 0 ? sha512(letter.body) : undefined;
  const digest = messageDigest(letter.part, bodyHash && { hash: bodyHash });
  const e = readRequest(letter.part);
  const service = e && directory.services.get(e.service);
  const client = e && directory.clients.get(e.client);
  if (!e || e.exchange !== letter.exchange || !service || !client || placeOf(j, service.institution, service.kind) !== here)
    return { kind: "foreign", exchange: letter.exchange };
  const hash = digest.toString("base64");
  const bad = (type: string): Looked => ({
    kind: "bad",
    exchange: letter.exchange,
    hash,
    type,
    provider: service.institution,
    client: client.institution,
  });
  const wish = wishOf(readPart(letter.part)!.headers, e);
  const now = j.clock.now();
  const [signed, at] = [letter.signedAt.getTime(), now.getTime()];
  if (!wish || !certificate || signed > at + tolerance || signed < at - (longestLife * 1000 + tolerance))
    return bad(refusals.unfitRequest.type);
  // A server brings messages of its own institutions only; whose they are, their signature says.
  // Nothing is said, let alone signed, about a letter to somebody who may not bring it: he could have it refused for its sender.
  if (!(await carries(j, via, client.institution))) return { kind: "foreign", exchange: letter.exchange };
  await learn(j, certificate);
  const vouched = await checkMessage(j, { ...letter, bodyHash, certificate }, client.institution, letter.signedAt);
  if (!vouched) return bad(refusals.requestSignature.type);
  return {
    kind: "good",
    letter,
    certificate,
    hash,
    row: {
      exchange: e.exchange,
      via,
      client: e.client,
      clientInstitution: client.institution,
      messageId: e.messageId,
      service: e.service,
      institution: service.institution,
      reading: isReading(e.method),
      orderKey: wish.orderKey,
      priority: priorities.indexOf(wish.priority),
      at: now,
      deadline: new Date(signed + wish.life * 1000),
      headerPart: letter.part,
      bodyHash: bodyHash ?? null,
      signature: letter.signature,
      serial: letter.serial,
      signedAt: letter.signedAt,
      digest,
    },
  };
}

async function put(ctx: Context, one: Extract<Looked, { kind: "good" }>): Promise<Looked> {
  const { row, letter } = one;
  if (await putInbox(ctx.db, row)) {
    await putCertificate(ctx.db, row.serial, one.certificate);
    if (letter.body.length > 0)
      await keepBody(ctx, {
        exchange: row.exchange,
        direction: "request",
        clientInstitution: row.clientInstitution,
        providerInstitution: row.institution,
        bytes: letter.body,
        eraseAfter: new Date(row.deadline.getTime() + 86_400_000),
      });
    return one;
  }
  const known = await inboxOf(ctx.db, row.exchange);
  if (known && Buffer.compare(known.digest, row.digest) === 0) return one;
  return {
    kind: "bad",
    exchange: row.exchange,
    hash: one.hash,
    type: refusals.keyReused.type,
    provider: row.institution,
    client: row.clientInstitution,
  };
}

/** One statement for all that went the same way between the same two institutions. */
async function receipts(j: JobContext, directory: Snapshot, all: readonly Looked[]): Promise<Signed[]> {
  const groups = new Map<string, Parameters<typeof state>[1] & { messages: { exchange: string; hash: string; type?: string }[] }>();
  for (const one of all) {
    if (one.kind === "foreign") continue;
    const [provider, client] = one.kind === "good" ? [one.row.institution, one.row.clientInstitution] : [one.provider, one.client];
    const kind = one.kind === "good" ? "received" : "refused";
    const key = `${kind} ${provider} ${client}`;
    const group = groups.get(key) ?? {
      kind: kind as "received" | "refused",
      institution: { id: provider, name: directory.names.get(provider)?.fr ?? provider },
      clientInstitution: client,
      messages: [],
    };
    const exchange = one.kind === "good" ? one.row.exchange : one.exchange;
    group.messages.push({ exchange, hash: one.hash, ...(one.kind === "bad" ? { type: one.type } : {}) });
    groups.set(key, group);
  }
  return Promise.all([...groups.values()].map((group) => state(j, group)));
}
