/** The client's side before anything is signed: is the question well formed, known already, and from a member? */
import { createHash } from "node:crypto";
import { canonical, type Context, type JobContext } from "#kernel";
import type { Answer, Question } from "../door.ts";
import { decide } from "../access/rules.ts";
import { directory, directoryNow } from "../directory/snapshot.ts";
import type { Client, Service } from "../directory/store.ts";
import { failures, refusals, type Refusal } from "../errors.ts";
import { refused } from "../facts.ts";
import { handRequestOf } from "../hand/store.ts";
import { outcomeOf, questionOf, requestOf as requestRow } from "../log/store.ts";
import { parseClient, parseService } from "../protocol/identifier.ts";
import { configurationOf, outdated, speaksFor } from "../servers/book.ts";
import { checkPath } from "../protocol/path.ts";
import { wishOf } from "./admit.ts";
import { type Envelope, requestOf } from "./message.ts";
import type { Body } from "./flow.ts";
import type { Coming } from "./leaving.ts";
import { signedAnswer } from "./signed.ts";
import { bodyOf, largestWhole } from "./spool.ts";

export interface Opened {
  envelope: Envelope;
  part: string;
  body: Body;
  /** A large body that passes through while it arrives; `body` is none until it has. */
  coming?: Coming;
  client: Client;
  service: Service;
  person: string | undefined;
  key: { key: string; digest: Buffer; replaces: string | undefined } | undefined;
  /** Asked by a program over the wire: the system's own answer reaches it unchanged. */
  verbatim: boolean;
  /** The request's body stays in the log for a while. */
  keepBody: boolean;
  /** What this program knows of the directory, where it is not the directory itself. */
  configuration?: { version: number; age: number };
  /** The provider's server the client insists on. */
  server?: string;
}

const methods = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);
/** While another run of the same question is under way. */
const patience = 5;

export const refusedAnswer = (exchangeId: string, { type, kind }: Refusal): Answer => ({
  outcome: "refused",
  type,
  problem: kind(),
  exchangeId,
});

/** Node refuses longer request lines and headers; so does every server behind. */
const longestPart = 8 * 1024;

/** Pseudonyms, keys, purposes, case numbers: names of ours, in plain characters. */
const isName = (text: string): boolean => /^[\x21-\x7e]{1,200}$/.test(text);
/** What a caller made up is kept for the record, but not at any length nor with characters a database refuses. */
export const shown = (text: string): string =>
  text
    .slice(0, 255)
    .toWellFormed()
    .replace(/\p{Cc}/gu, "\ufffd");

function wellFormed(q: Question): boolean {
  const names = [q.purpose, q.person, q.userId, q.issue, q.idempotencyKey, q.consent].filter((text) => text !== undefined);
  const words = Object.entries(q.query ?? {}).flat();
  return names.every(isName) && words.every((text) => text.isWellFormed() && !/\p{Cc}/u.test(text));
}

export async function open(j: JobContext, q: Question): Promise<{ answer: Answer } | { opened: Opened }> {
  const exchange = j.ids.uuid();
  const method = q.method ?? "GET";
  const path = q.path || "/";
  const refuse = (refusal: Refusal) =>
    j.transaction(async (ctx) => {
      const { client, service, purpose, issue } = q;
      const subject = q.person !== undefined && isName(q.person) ? `person:${q.person}` : `exchange:${exchange}`;
      const said = { client: shown(client), service: shown(service), purpose: shown(purpose) };
      await ctx.record(refused, subject, {
        exchange,
        ...said,
        ...(issue === undefined ? {} : { issue: shown(issue) }),
        type: refusal.type,
      });
      return { answer: refusedAnswer(exchange, refusal) };
    });
  if (!parseClient(q.client)) return refuse(refusals.invalidClient);
  if (!wellFormed(q) || !parseService(q.service) || !methods.has(method) || !checkPath(path).ok) return refuse(refusals.badRequest);
  const parties = await partiesOf(j, q.client, q.service);
  if ("type" in parties) return refuse(parties);
  const { service } = parties;

  const envelope: Envelope = {
    exchange,
    messageId: `${parseClient(q.client)!.instance}-${j.ids.uuid()}`,
    client: q.client,
    service: q.service,
    method,
    path,
    query: q.query,
    purpose: q.purpose,
    userId: q.userId,
    issue: q.issue,
    ...(q.consent === undefined ? {} : { consent: q.consent }),
  };
  const body = q.body === undefined ? undefined : Buffer.from(JSON.stringify(q.body));
  const made = requestOf(envelope, body);
  if (!made || made.part.length > longestPart || (body?.length ?? 0) > largestWhole) return refuse(refusals.badRequest);

  if (await lacksConsent(j, envelope, parties)) return refuse(refusals.consentMissingHere);
  let key: Opened["key"];
  if (q.idempotencyKey !== undefined) {
    const digest = createHash("sha256")
      .update(canonical({ service: q.service, method, path, query: q.query, body: q.body, purpose: q.purpose, person: q.person }))
      .digest();
    const known = await j.transaction((ctx) => recall(ctx, q, service, digest), { readOnly: true });
    if (known === "other") return refuse(refusals.keyReused);
    if (known && "answer" in known) return known;
    key = { key: q.idempotencyKey, digest, replaces: known?.replaces };
  }
  const opened = { envelope, part: made.part, body: bodyOf(body), ...parties, person: q.person, key };
  return { opened: { ...opened, verbatim: false, keepBody: true } };
}

export interface Parties {
  client: Client;
  service: Service;
  configuration?: { version: number; age: number };
}

/** Who asks and what is asked, as the directory in memory knows them; what it does not know is looked up anew. */
export async function partiesOf(j: JobContext, from: string, to: string): Promise<Parties | Refusal> {
  let known = await directory(j);
  if (!known.clients.has(from) || !known.services.has(to)) known = await directoryNow(j);
  const [client, service] = [known.clients.get(from), known.services.get(to)];
  // a gateway signs for its own institution only: who else comes here knocks at the wrong door
  if (!client || !speaksFor(j, client.institution)) return refusals.unknownClient;
  if (!service) return refusals.unknownService;
  if (outdated(j, to, from)) return refusals.configurationOutdated;
  const configuration = configurationOf(j, to);
  return { client, service, ...(configuration ? { configuration } : {}) };
}

/** What the provider would refuse for want of a consent need not be signed and sent: the directory says so here too. */
export async function lacksConsent(j: JobContext, e: Envelope, { client }: Pick<Parties, "client">): Promise<boolean> {
  const rights = (await directory(j)).rights.get(e.service) ?? [];
  if (e.consent !== undefined || !rights.some((one) => one.consent != null)) return false;
  const decision = decide(rights, wishOf(e, client, j.clock.today()));
  return !decision.granted && decision.why === "consent";
}

/** What became of the same question: its answer again, or leave to ask anew. */
async function recall(
  ctx: Context,
  q: Question,
  service: Service,
  digest: Buffer,
): Promise<undefined | "other" | { answer: Answer } | { replaces: string }> {
  const known = await questionOf(ctx.db, q.client, q.idempotencyKey!);
  if (!known) return undefined;
  if (Buffer.compare(known.digest, digest) !== 0) return "other";
  const exchangeId = known.exchange;
  const reading = (q.method ?? "GET") === "GET";
  const unknown = { answer: { outcome: "unknown", type: failures.interrupted, exchangeId } as const };
  const outcome = await outcomeOf(ctx.db, exchangeId, "client");
  if (!outcome) {
    const hand = await handRequestOf(ctx.db, exchangeId);
    if (hand && hand.state !== "expired")
      return { answer: { outcome: "pending-person", requestId: hand.id, exchangeId, expectedBy: hand.expectedBy } };
    const request = await requestRow(ctx.db, exchangeId, "client");
    if (request && request.expires > ctx.clock.now())
      return { answer: { outcome: "unavailable", retryAfter: patience, type: failures.interrupted, exchangeId } };
    return reading ? { replaces: exchangeId } : unknown;
  }
  if (outcome.outcome === "unknown") return reading ? { replaces: exchangeId } : unknown;
  if (outcome.outcome !== "answered") return { replaces: exchangeId };
  const again = await signedAnswer(ctx, exchangeId, service.institution);
  // The body may be gone by law; a reading call is then simply made again.
  return again ? { answer: again } : { replaces: exchangeId };
}
