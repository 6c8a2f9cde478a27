/**
 * A question from one institution to another, through both gateways. Both live in this process: the socket between them is
 * skipped, never a signature, a check or a log row. Nothing here runs inside a transaction while it talks to the outside.
 */
import type { Context, JobContext } from "#kernel";
import { sign, verify } from "#trust";
import type { Answer, Question } from "../door.ts";
import { failures, refusals } from "../errors.ts";
import { asked, failed, refused } from "../facts.ts";
import { outcomeOf, putBody, putCertificate, putOutcome, putRequest, takeQuestion } from "../log/store.ts";
import { putTraffic } from "../log/store-traffic.ts";
import { requestHash } from "../protocol/header.ts";
import { hashOf, bindsTo, isReading, signedBytes } from "./message.ts";
import { open, type Opened, refusedAnswer } from "./open.ts";
import { type Received, receive } from "./provider.ts";
import { answerFrom, type SignedResponse } from "./signed.ts";

/** Seconds the gateways need around the provider's own time. */
const margin = 30;

export const ask = (j: JobContext, q: Question): Promise<Answer> => carry(j, (ctx) => open(ctx, q)).then(({ answer }) => answer);

export type Opening = { answer: Answer } | { opened: Opened };
/** `response` is the provider's signed answer as it came, once both sides have logged it. */
export interface Carried {
  answer: Answer;
  response?: SignedResponse;
}

/** The one way through both gateways, whoever opened the question and however. */
export async function carry(j: JobContext, begin: (ctx: Context) => Promise<Opening>): Promise<Carried> {
  const since = j.clock.now().getTime();
  const carried = await through(j, begin);
  const { outcome } = carried.answer;
  j.metric.count("exchange_total", { outcome });
  j.metric.observe("exchange_seconds", (j.clock.now().getTime() - since) / 1000, { outcome });
  return carried;
}

async function through(j: JobContext, begin: (ctx: Context) => Promise<Opening>): Promise<Carried> {
  const first = await j.transaction(begin);
  if ("answer" in first) return first;
  const { opened } = first;
  const signed = await send(j, opened);
  if (!signed)
    return { answer: { outcome: "unavailable", retryAfter: 2, type: failures.interrupted, exchangeId: opened.envelope.exchange } };
  const received = await receive(j, {
    part: opened.part,
    body: opened.body,
    ...signed,
    person: opened.person,
    keep: opened.key !== undefined,
    verbatim: opened.verbatim ?? false,
  });
  const answer = await conclude(j, opened, received);
  return received.kind === "answered" && answer.outcome === "answered" ? { answer, response: received.response } : { answer };
}

/** Signs as the client's institution and logs before anything leaves. False when another run took the key meanwhile. */
async function send(j: JobContext, o: Opened): Promise<{ signature: Uint8Array; certificate: string; serial: string } | undefined> {
  const { envelope: e, client, service } = o;
  const institution = { id: client.institution, name: client.memberName.fr };
  const signed = await sign(j, { institution, bytes: signedBytes(o.part, hashOf(o.body)) });
  const logged = await j.transaction(
    async (ctx) => {
      const at = ctx.clock.now();
      if (o.key) {
        const row = { client: e.client, key: o.key.key, institution: client.institution, digest: o.key.digest, exchange: e.exchange, at };
        if (!(await takeQuestion(ctx.db, row, o.key.replaces))) return false;
      }
      const fact = await ctx.record(asked, subjectOf(o), { ...factOf(o), ...(e.userId === undefined ? {} : { userId: e.userId }) });
      await putCertificate(ctx.db, signed.serial, signed.certificate);
      await putRequest(ctx.db, {
        exchange: e.exchange,
        side: "client",
        institution: client.institution,
        messageId: e.messageId,
        at,
        client: e.client,
        service: e.service,
        method: e.method,
        path: e.path,
        purpose: e.purpose,
        person: o.person ?? null,
        userId: e.userId ?? null,
        issue: e.issue ?? null,
        byPerson: service.kind === "person",
        expires: new Date(at.getTime() + (service.timeoutSeconds + margin) * 1000),
        headerPart: o.part,
        bodyHash: hashOf(o.body) ?? null,
        signature: signed.signature,
        serial: signed.serial,
        fact,
      });
      if (o.body && o.body.length > 0)
        await putBody(ctx.db, {
          exchange: e.exchange,
          direction: "request",
          clientInstitution: client.institution,
          providerInstitution: service.institution,
          bytes: o.body,
          eraseAfter: new Date(at.getTime() + service.keepDays * 86_400_000),
        });
      return true;
    },
    { institution: client.institution },
  );
  return logged ? signed : undefined;
}

const subjectOf = (o: Pick<Opened, "person" | "envelope">): string =>
  o.person === undefined ? `exchange:${o.envelope.exchange}` : `person:${o.person}`;
const factOf = ({ envelope: e }: Pick<Opened, "envelope">) => ({
  exchange: e.exchange,
  client: e.client,
  service: e.service,
  purpose: e.purpose,
  ...(e.issue === undefined ? {} : { issue: e.issue }),
});

/** What the client's side makes of what came back; logged before it is handed over. */
async function conclude(j: JobContext, o: Opened, r: Received): Promise<Answer> {
  const { envelope: e, client, service } = o;
  const exchangeId = e.exchange;
  if (r.kind === "pending") return { outcome: "pending-person", requestId: r.request, exchangeId, expectedBy: r.expectedBy };
  if (r.kind === "answered") return accept(j, { ...o, requestHash: requestHash(o.part, o.body) }, r.response);
  const reading = isReading(e.method);
  const outcome = r.kind === "refused" ? "refused" : r.sent && !reading ? "unknown" : "failed";
  const type = r.kind === "refused" ? r.refusal.type : r.type;
  await j.transaction(
    async (ctx) => {
      const fact =
        outcome === "refused"
          ? await ctx.record(refused, subjectOf(o), { ...factOf(o), type })
          : await ctx.record(failed, subjectOf(o), { ...factOf(o), type, outcome });
      const at = ctx.clock.now();
      const row = { exchange: e.exchange, side: "client" as const, institution: client.institution, at, person: o.person ?? null };
      await putOutcome(ctx.db, { ...row, outcome, errorType: type, fact });
      await putTraffic(ctx.db, { exchange: e.exchange, at, outcome, errorType: type });
    },
    { institution: client.institution },
  );
  if (r.kind === "refused") return refusedAnswer(exchangeId, r.refusal);
  if (outcome === "unknown") return { outcome, type, exchangeId };
  return { outcome: "unavailable", retryAfter: r.sent ? service.timeoutSeconds : 10, type, exchangeId };
}

export type Awaited = Pick<Opened, "envelope" | "client" | "service" | "person"> & { requestHash: string };

/** Verifies the provider's signature and that it answers this very request; only then is it an answer. */
export async function accept(
  j: JobContext,
  o: Awaited,
  r: SignedResponse,
  also: (ctx: Parameters<Parameters<JobContext["transaction"]>[0]>[0]) => Promise<void> = async () => undefined,
): Promise<Answer> {
  const { envelope: e, client, service } = o;
  const refusal = await j.transaction(
    async (ctx) => {
      const bytes = signedBytes(r.part, hashOf(r.body));
      const checked = await verify(ctx, {
        bytes,
        signature: r.signature,
        certificate: r.certificate,
        at: r.at,
        institution: service.institution,
      });
      const wrong = !checked.ok
        ? refusals.responseSignature
        : bindsTo(r.part, e, o.requestHash)
          ? undefined
          : refusals.inconsistentResponse;
      const row = {
        exchange: e.exchange,
        side: "client" as const,
        institution: client.institution,
        at: ctx.clock.now(),
        person: o.person ?? null,
      };
      // A run that died right after this transaction has written and told already.
      if (await outcomeOf(ctx.db, e.exchange, "client")) return wrong;
      if (wrong) {
        const fact = await ctx.record(refused, subjectOf(o), { ...factOf(o), type: wrong.type });
        await putOutcome(ctx.db, { ...row, outcome: "refused", errorType: wrong.type, fact });
        await putTraffic(ctx.db, { ...row, outcome: "refused", errorType: wrong.type });
      } else {
        const status = Number(r.part.split("\r\n", 1)[0]);
        await putTraffic(ctx.db, { ...row, outcome: "answered", status, by: r.by });
        await putOutcome(ctx.db, {
          ...row,
          outcome: "answered",
          status,
          by: r.by,
          headerPart: r.part,
          bodyHash: hashOf(r.body) ?? null,
          signature: r.signature,
          serial: r.serial,
        });
      }
      await also(ctx);
      return wrong;
    },
    { institution: client.institution },
  );
  return refusal ? refusedAnswer(e.exchange, refusal) : answerFrom(r, e.exchange, service.institution);
}
