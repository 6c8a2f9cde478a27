/** The client's side accepts a message to be answered later: checked, signed and logged like any call, then it waits in the outbox. */
import type { Context, JobContext } from "#kernel";
import { refusals } from "../errors.ts";
import type { Opening } from "../gateway/ask.ts";
import { isReading } from "../gateway/message.ts";
import type { Opened } from "../gateway/open.ts";
import { refusedAnswer } from "../gateway/open.ts";
import { signMessage } from "../gateway/signatures.ts";
import { writeIn } from "../log/writer.ts";
import { messageDigest, readPart, sha512 } from "../protocol/header.ts";
import { configurationOf } from "../servers/book.ts";
import { priorities, sameness, type Wish, wishOf } from "./rules.ts";
import { outboxByMessage, type OutboxRow, putOutbox } from "./store.ts";

/** A row without an outcome is the outbox's to conclude until then, and the general sweep's after. */
export const afterDeadline = 2 * 86_400_000;

export type Accepted = { exchange: string; known: boolean } | Exclude<Opening, { opened: Opened }>;

export async function acceptLater(j: JobContext, begin: () => Promise<Opening>): Promise<Accepted> {
  const opening = await begin();
  if (!("opened" in opening)) return opening;
  const { opened: o } = opening;
  const { envelope: e, client, service } = o;
  const refuse = (refusal: (typeof refusals)[keyof typeof refusals]): Accepted => ({ answer: refusedAnswer(e.exchange, refusal) });
  const wish = wishOf(readPart(o.part)!.headers, e);
  if (!wish) return refuse(refusals.badRequest);
  const bytes = await o.body.whole();
  const bodyHash = bytes.length > 0 ? sha512(bytes) : undefined;
  const same = sameness(o.part, bodyHash);
  const before = await j.transaction(({ db }) => outboxByMessage(db, e.client, e.messageId), { readOnly: true });
  const known = (row: OutboxRow): Accepted =>
    Buffer.compare(row.sameness, same) === 0 ? { exchange: row.exchange, known: true } : refuse(refusals.keyReused);
  if (before) return known(before);

  const signed = await signMessage(j, { id: client.institution, name: client.memberName.fr }, { part: o.part, bodyHash });
  const deadline = new Date(signed.signedAt.getTime() + wish.life * 1000);
  const fresh = await j.transaction(async (ctx) => {
    if (
      !(await putOutbox(
        ctx.db,
        rowOf(o, wish, { same, digest: messageDigest(o.part, bodyHash && { hash: bodyHash }) }, signed.signedAt, deadline),
      ))
    )
      return false;
    await putSigned(ctx, o, signed, bytes, deadline);
    return true;
  });
  if (fresh) return { exchange: e.exchange, known: false };
  // the same id came twice at once
  return known((await j.transaction(({ db }) => outboxByMessage(db, e.client, e.messageId), { readOnly: true }))!);

  async function putSigned(ctx: Context, opened: Opened, m: typeof signed, body: Buffer, until: Date): Promise<void> {
    const { serial, certificate } = m;
    await writeIn(ctx, {
      certificate: { serial, pem: certificate },
      request: {
        exchange: e.exchange,
        side: "client",
        institution: client.institution,
        messageId: e.messageId,
        at: m.signedAt,
        client: e.client,
        service: e.service,
        method: e.method,
        path: e.path,
        purpose: e.purpose,
        person: opened.person ?? null,
        userId: e.userId ?? null,
        issue: e.issue ?? null,
        byPerson: service.kind === "person",
        expires: new Date(until.getTime() + afterDeadline),
        headerPart: opened.part,
        bodyHash: m.bodyHash ?? null,
        signature: m.signature,
        serial,
        fact: null,
        format: "xades",
        signedAt: m.signedAt,
        configuration: configurationOf(j) ?? null,
      },
      ...(body.length > 0
        ? {
            body: {
              exchange: e.exchange,
              direction: "request" as const,
              clientInstitution: client.institution,
              providerInstitution: service.institution,
              bytes: body,
              eraseAfter: new Date(Math.max(until.getTime() + afterDeadline, m.signedAt.getTime() + service.keepDays * 86_400_000)),
            },
          }
        : {}),
    });
  }
}

const rowOf = (
  o: Opened,
  wish: Wish,
  hashes: { same: Buffer; digest: Buffer },
  at: Date,
  deadline: Date,
): Parameters<typeof putOutbox>[1] => ({
  exchange: o.envelope.exchange,
  client: o.envelope.client,
  institution: o.client.institution,
  messageId: o.envelope.messageId,
  sameness: hashes.same,
  digest: hashes.digest,
  service: o.envelope.service,
  provider: o.service.institution,
  reading: isReading(o.envelope.method),
  orderKey: wish.orderKey,
  priority: priorities.indexOf(wish.priority),
  at,
  deadline,
});
