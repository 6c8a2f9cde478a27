/** The client's side: signs and logs what leaves, verifies and logs what comes back, and hands nothing over before. */
import { createHash } from "node:crypto";
import type { Context, JobContext } from "#kernel";
import type { Answer } from "../door.ts";
import { failures, refusals, type Refusal } from "../errors.ts";
import { asked, failed, refused } from "../facts.ts";
import { type Measured, outcomeOf, type OutcomeRow, type RequestRow, takeQuestion } from "../log/store.ts";
import { putTraffic } from "../log/store-traffic.ts";
import { type Entry, write, writeIn } from "../log/writer.ts";
import { messageDigest } from "../protocol/header.ts";
import { backAt } from "../servers/away.ts";
import { type Delivered, type Sealed, type SignedPart, whyUnsealed } from "./flow.ts";
import { bindsTo, hashOf, isReading } from "./message.ts";
import { type Opened, refusedAnswer } from "./open.ts";
import type { Pieces } from "./pieces.ts";
import { checkMessage, signMessage } from "./signatures.ts";
import { answerFrom, type SignedResponse } from "./signed.ts";

/** Seconds the gateways need around the provider's own time. */
const margin = 30;

export interface Sent {
  signed: SignedPart;
  row: RequestRow;
  /** On its way to the log. */
  logged: Promise<void>;
}
export interface SendOptions {
  /** Until when an outcome may come; else the service's time and a little more. */
  expires?: Date;
  /** Signed already, and not the message itself: its opening. */
  opening?: SignedPart;
}

/**
 * Signs as the client's institution and logs. Nobody acts on it before `logged`; where a key is taken or a person told that has
 * happened already. Undefined when another run took the key meanwhile.
 */
export async function send(j: JobContext, o: Opened, s: SendOptions = {}): Promise<Sent | undefined> {
  const { envelope: e, client, service } = o;
  const institution = { id: client.institution, name: client.memberName.fr };
  const signed = s.opening ?? (await signMessage(j, institution, { part: o.part, bodyHash: o.body.hash }));
  const at = j.clock.now();
  const row: RequestRow = {
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
    expires: s.expires ?? new Date(at.getTime() + (service.timeoutSeconds + margin) * 1000),
    headerPart: signed.part,
    bodyHash: signed.bodyHash ?? null,
    signature: signed.signature,
    serial: signed.serial,
    fact: null,
    format: "xades",
    signedAt: signed.signedAt,
    configuration: o.configuration ?? null,
  };
  const entry: Entry = { request: row, certificate: { serial: signed.serial, pem: signed.certificate } };
  // A body is kept where somebody may have to look at it again; the proof needs its hash only.
  if (o.keepBody && o.body.size > 0)
    entry.body = {
      exchange: e.exchange,
      direction: "request",
      clientInstitution: client.institution,
      providerInstitution: service.institution,
      bytes: await o.body.whole(),
      eraseAfter: new Date(at.getTime() + service.keepDays * 86_400_000),
    };
  const { key, person } = o;
  if (!key && person === undefined) {
    const logged = write(j, entry).then(() => undefined);
    logged.catch(() => undefined); // told to who waits for it
    return { signed, row, logged };
  }
  const logged = await j.transaction(
    async (ctx) => {
      if (key) {
        const question = { client: e.client, key: key.key, institution: client.institution, digest: key.digest, exchange: e.exchange, at };
        if (!(await takeQuestion(ctx.db, question, key.replaces))) return false;
      }
      row.fact = await told(o, (subject) =>
        ctx.record(asked, subject, { ...factOf(o), ...(e.userId === undefined ? {} : { userId: e.userId }) }),
      );
      await writeIn(ctx, entry);
      return true;
    },
    { institution: client.institution },
  );
  return logged ? { signed, row, logged: Promise.resolve() } : undefined;
}

/** The ledger is told where a person is concerned; for the rest the log's own rows, sealed in its tree, are the record. */
const told = async (o: { person: string | undefined }, record: (subject: string) => Promise<string>): Promise<string | null> =>
  o.person === undefined ? null : record(`person:${o.person}`);
const factOf = ({ envelope: e }: Pick<Opened, "envelope">) => ({
  exchange: e.exchange,
  client: e.client,
  service: e.service,
  purpose: e.purpose,
  ...(e.issue === undefined ? {} : { issue: e.issue }),
});

export type Awaited = Pick<Opened, "envelope" | "client" | "service" | "person"> & { requestHash: string; measured?: Measured };
type Ending = Pick<
  OutcomeRow,
  "outcome" | "errorType" | "status" | "by" | "headerPart" | "bodyHash" | "signature" | "serial" | "format" | "signedAt"
>;

/** The client's own last word on an exchange, and what auditors see of it. `signer`: of an answer, whose certificate this log may not hold yet. */
async function conclude(j: JobContext, o: Awaited, askedAt: Date, end: Ending, signer?: Sealed): Promise<void> {
  const { envelope: e, client, service } = o;
  const at = j.clock.now();
  const outcome: OutcomeRow = {
    exchange: e.exchange,
    side: "client",
    institution: client.institution,
    at,
    person: o.person ?? null,
    measured: o.measured ?? null,
    ...end,
  };
  const traffic = {
    exchange: e.exchange,
    at: askedAt,
    client: e.client,
    clientInstitution: client.institution,
    service: e.service,
    providerInstitution: service.institution,
    method: e.method,
    purpose: e.purpose,
    outcome: end.outcome,
    errorType: end.errorType ?? null,
    status: end.status ?? null,
    by: end.by ?? null,
    milliseconds: at.getTime() - askedAt.getTime(),
  };
  if (o.person === undefined || end.outcome === "answered") return void (await write(j, { outcome, traffic, ...certificateOf(signer) }));
  await j.transaction(
    async (ctx) => {
      outcome.fact = await tellEnd(ctx, o, end.outcome, end.errorType!);
      await writeIn(ctx, { outcome, traffic });
    },
    { institution: client.institution },
  );
}

const certificateOf = (r: Sealed | undefined): Pick<Entry, "certificate"> =>
  r ? { certificate: { serial: r.serial, pem: r.certificate } } : {};

const tellEnd = (ctx: Context, o: Awaited, outcome: OutcomeRow["outcome"], type: string): Promise<string | null> =>
  told(o, (subject) =>
    outcome === "refused"
      ? ctx.record(refused, subject, { ...factOf(o), type })
      : ctx.record(failed, subject, { ...factOf(o), type, outcome: outcome === "unknown" ? "unknown" : "failed" }),
  );

const answeredRow = (r: Sealed, by: "system" | "person"): Ending => ({
  outcome: "answered",
  status: Number(r.part.split("\r\n", 1)[0]),
  by,
  headerPart: r.part,
  bodyHash: r.bodyHash ?? null,
  signature: r.signature,
  serial: r.serial,
  format: "xades",
  signedAt: r.signedAt,
});

/** What came back instead of an answer, logged and in the words of the door. */
export async function concludeWithout(
  j: JobContext,
  o: Awaited,
  askedAt: Date,
  r: Extract<Delivered, { kind: "refused" | "failed" }>,
): Promise<Answer> {
  const exchangeId = o.envelope.exchange;
  const outcome = r.kind === "refused" ? "refused" : r.sent && !isReading(o.envelope.method) ? "unknown" : "failed";
  const type = r.kind === "refused" ? r.refusal.type : r.type;
  await conclude(j, o, askedAt, { outcome, errorType: type });
  if (r.kind === "refused") return refusedAnswer(exchangeId, r.refusal);
  if (outcome === "unknown") return { outcome, type, exchangeId };
  const away = r.away && { away: r.away };
  const retryAfter = r.sent ? o.service.timeoutSeconds : r.away ? backAt(j, r.away) : 10;
  return { outcome: "unavailable", retryAfter, type, exchangeId, ...away };
}

/** Carried by what `checked` throws: the answer came to nothing, this is what is said instead. */
interface Ended {
  ended: Answer;
}
export const whyEnded = (error: unknown): Answer | undefined => (error as Partial<Ended> | undefined)?.ended;

/**
 * The provider's answer, passed on while it is verified. The last chunk comes only when the provider's seal is known, fits what
 * was passed on and the very request, and this side's row is durable; else it throws, logged, with what is said instead.
 */
export async function* checked(
  j: JobContext,
  o: Awaited,
  askedAt: Date,
  d: Extract<Delivered, { kind: "answering" }>,
): AsyncGenerator<Pieces, Sealed> {
  const hash = createHash("sha512");
  let size = 0;
  let last: Pieces | undefined;
  let concluded = false;
  const instead = async (r: Parameters<typeof concludeWithout>[3]): Promise<Error> => {
    concluded = true;
    return Object.assign(new Error("the answer came to nothing"), { ended: await concludeWithout(j, o, askedAt, r) });
  };
  const refuse = (refusal: Refusal): Promise<Error> => instead({ kind: "refused", refusal });
  try {
    let sealed: Sealed;
    try {
      for await (const batch of d.body) {
        // nothing of an answer to something else is passed on
        if (size === 0 && !bindsTo(d.part, o.envelope, o.requestHash)) throw await refuse(refusals.inconsistentResponse);
        for (const piece of batch) {
          hash.update(piece);
          size += piece.length;
        }
        if (last) yield last;
        last = batch;
      }
      sealed = await d.sealed;
    } catch (error) {
      const why = whyUnsealed(error);
      if (!why) throw error;
      throw await instead(why.kind === "refused" ? why : { ...why, sent: true });
    }
    const bodyHash = size > 0 ? hash.digest() : undefined;
    const wrong = await faultOf(j, o, { ...sealed, part: d.part, bodyHash });
    if (wrong) throw await refuse(wrong);
    if (o.measured) o.measured.responseBody = size;
    await conclude(j, o, askedAt, answeredRow({ ...sealed, part: d.part, bodyHash }, d.by), sealed);
    concluded = true;
    if (last) yield last;
    return sealed;
  } finally {
    // our own reader went away, or something broke that nobody foresaw: it may have happened there
    if (!concluded) await instead({ kind: "failed", type: failures.interrupted, sent: true });
  }
}

/** The provider's signature under exactly this, and the answer to this very request: else why not. */
async function faultOf(j: JobContext, o: Awaited, r: SignedPart): Promise<Refusal | undefined> {
  if (!(await checkMessage(j, r, o.service.institution, j.clock.now()))) return refusals.responseSignature;
  return bindsTo(r.part, o.envelope, o.requestHash) ? undefined : refusals.inconsistentResponse;
}

export const requestHashOf = (o: Pick<Opened, "part" | "body">): string =>
  messageDigest(o.part, o.body.hash ? { hash: o.body.hash } : undefined).toString("base64");

/** A whole answer that came some other way (by hand, by a stored message): verified, logged, handed over; with `also` in the same transaction. */
export async function accept(
  j: JobContext,
  o: Awaited,
  r: SignedResponse,
  also: (ctx: Context) => Promise<void> = async () => undefined,
): Promise<Answer> {
  const { envelope: e, client, service } = o;
  const sealed: Sealed = { ...r, bodyHash: hashOf(r.body) };
  const wrong = await faultOf(j, o, sealed);
  await j.transaction(
    async (ctx) => {
      // A run that died right after this transaction has written and told already.
      if (await outcomeOf(ctx.db, e.exchange, "client")) return;
      const end: Ending = wrong ? { outcome: "refused", errorType: wrong.type } : answeredRow(sealed, r.by);
      const row = { exchange: e.exchange, side: "client" as const, institution: client.institution, at: ctx.clock.now() };
      const fact = wrong ? await tellEnd(ctx, o, "refused", wrong.type) : null;
      const { outcome, errorType, status, by } = end;
      await putTraffic(ctx.db, {
        ...row,
        outcome,
        ...(errorType ? { errorType } : {}),
        ...(status ? { status } : {}),
        ...(by ? { by } : {}),
      });
      await writeIn(ctx, { outcome: { ...row, person: o.person ?? null, ...end, fact }, ...certificateOf(wrong ? undefined : sealed) });
      await also(ctx);
    },
    { institution: client.institution },
  );
  return wrong ? refusedAnswer(e.exchange, wrong) : answerFrom(r, e.exchange, service.institution);
}
