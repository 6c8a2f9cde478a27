/** How a message ends for its sender: the same rows of the log as a synchronous call leaves, and the outbox says so. */
import type { Context, JobContext } from "#kernel";
import { failed } from "../facts.ts";
import { refusals } from "../errors.ts";
import { bindsTo, readRequest } from "../gateway/message.ts";
import { checkMessage } from "../gateway/signatures.ts";
import { keepBody } from "../log/bodies.ts";
import { requestOf, type RequestRow } from "../log/store.ts";
import { type Entry, writeIn } from "../log/writer.ts";
import { messageDigest, sha512 } from "../protocol/header.ts";
import { learn } from "../transport/know.ts";
import { messageExpired } from "./facts.ts";
import { tolerance } from "./statements.ts";
import { endOutbox, outboxOf, type OutboxRow } from "./store.ts";
import { keepBodies } from "./store-inbox.ts";

export interface ArrivedAnswer {
  exchange: string;
  part: string;
  body: Buffer;
  signature: Uint8Array;
  certificate: string;
  serial: string;
  signedAt: Date;
  at: Date;
  by: "system" | "person";
}

/** Days an answer can be fetched after it came, whatever its service's rule for bodies: a caller may be away for as long as its link. */
const fetchable = 7 * 86_400_000;

/** Verified as every answer is: the institution's signature, and that it answers this very message. Once only; false: no such message of ours. */
export async function endAnswered(j: JobContext, a: ArrivedAnswer): Promise<boolean> {
  const found = await sent(j, a.exchange);
  if (!found) return false;
  const { row, request } = found;
  if (row.endedAt) return true;
  const now = j.clock.now();
  const bodyHash = a.body.length > 0 ? sha512(a.body) : undefined;
  const inTime = a.signedAt.getTime() > request.at.getTime() - tolerance && a.signedAt.getTime() < now.getTime() + tolerance;
  await learn(j, a.certificate);
  const vouched = inTime && (await checkMessage(j, { ...a, bodyHash }, row.provider, a.signedAt));
  const hash = messageDigest(request.headerPart, request.bodyHash ? { hash: request.bodyHash } : undefined).toString("base64");
  const bound = bindsTo(a.part, readRequest(request.headerPart)!, hash);
  if (!vouched || !bound) {
    const { type } = vouched ? refusals.inconsistentResponse : refusals.responseSignature;
    // Somebody else's words about a writing call say nothing of whether it happened.
    await endFailed(j, a.exchange, row.reading ? "refused" : "unknown", type);
    return true;
  }
  const status = Number(a.part.split("\r\n", 1)[0]);
  await j.transaction(
    async (ctx) => {
      if (!(await endOutbox(ctx.db, { exchange: a.exchange, state: "answered", at: now }))) return;
      await writeIn(ctx, {
        outcome: {
          ...side(request, now),
          outcome: "answered",
          status,
          by: a.by,
          headerPart: a.part,
          bodyHash: bodyHash ?? null,
          signature: a.signature,
          serial: a.serial,
          format: "xades",
          signedAt: a.signedAt,
        },
        traffic: { ...traffic(row, request, now), outcome: "answered", status, by: a.by },
        certificate: { serial: a.serial, pem: a.certificate },
      });
      const until = new Date(now.getTime() + fetchable);
      if (bodyHash)
        await keepBody(ctx, {
          exchange: a.exchange,
          direction: "response",
          clientInstitution: row.institution,
          providerInstitution: row.provider,
          bytes: a.body,
          eraseAfter: until,
        });
      await keepBodies(ctx.db, a.exchange, until);
    },
    { institution: row.institution },
  );
  return true;
}

/** Told as refused, expired or unknown. `type`: X-Road's error type. */
export async function endFailed(
  j: JobContext,
  exchange: string,
  state: "refused" | "expired" | "unknown",
  type: string,
  also: (ctx: Context) => Promise<void> = async () => undefined,
): Promise<boolean> {
  const found = await sent(j, exchange);
  if (!found) return false;
  const { row, request } = found;
  const now = j.clock.now();
  await j.transaction(
    async (ctx) => {
      await also(ctx);
      if (!(await endOutbox(ctx.db, { exchange, state, at: now, why: type }))) return;
      const outcome = state === "expired" ? "failed" : state;
      const { client, service, purpose, issue } = request;
      const said = { exchange, client, service, purpose, ...(issue === null ? {} : { issue }), type };
      const subject = `exchange:${exchange}`;
      const fact =
        state === "unknown"
          ? await ctx.record(failed, subject, { ...said, outcome: "unknown" })
          : state === "expired"
            ? await ctx.record(messageExpired, subject, { exchange, client, service })
            : null;
      await writeIn(ctx, {
        outcome: { ...side(request, now), outcome, errorType: type, fact },
        traffic: { ...traffic(row, request, now), outcome, errorType: type },
      });
    },
    { institution: row.institution },
  );
  return true;
}

const sent = (j: JobContext, exchange: string): Promise<{ row: OutboxRow; request: RequestRow } | undefined> =>
  j.transaction(
    async ({ db }) => {
      const [row, request] = [await outboxOf(db, exchange), await requestOf(db, exchange, "client")];
      return row && request && { row, request };
    },
    { readOnly: true },
  );

const side = (r: RequestRow, at: Date): Pick<NonNullable<Entry["outcome"]>, "exchange" | "side" | "institution" | "at" | "person"> => ({
  exchange: r.exchange,
  side: "client",
  institution: r.institution,
  at,
  person: r.person,
});
const traffic = (o: OutboxRow, r: RequestRow, now: Date): Omit<NonNullable<Entry["traffic"]>, "outcome"> => ({
  exchange: o.exchange,
  at: r.at,
  client: o.client,
  clientInstitution: o.institution,
  service: o.service,
  providerInstitution: o.provider,
  method: r.method,
  purpose: r.purpose,
  milliseconds: now.getTime() - r.at.getTime(),
});
