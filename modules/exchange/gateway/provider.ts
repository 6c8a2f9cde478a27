/** The provider's side: verifies who asks, decides, has the institution answer, keeps the fields allowed, signs, logs. */
import type { Context, JobContext } from "#kernel";
import { verify } from "#trust";
import { decide } from "../access/rules.ts";
import { baseUrls, clientOf, memberNames, rightsFor, serviceOf, type Service } from "../directory/store.ts";
import { failures, refusals, type Refusal } from "../errors.ts";
import { askPerson } from "../hand/ask.ts";
import { putCertificate, putOutcome, putRequest } from "../log/store.ts";
import { type Header, headerValue, readPart, requestHash } from "../protocol/header.ts";
import { resolveUrl } from "./address.ts";
import { filtered } from "./filter.ts";
import { type Envelope, hashOf, readRequest, isReading, type Received as ReceivedRequest, signedBytes } from "./message.ts";
import { callProvider, type Result } from "./provider-call.ts";
import { signAndLog } from "./seal.ts";
import type { SignedResponse } from "./signed.ts";

export interface Incoming {
  part: string;
  body: Buffer | undefined;
  signature: Uint8Array;
  certificate: string;
  serial: string;
  /** Travels beside the message, not in it: a pseudonym of this house, of no use to the provider. */
  person: string | undefined;
  /** Keep the body of the answer, so that the same question can be answered again. */
  keep: boolean;
  /** The asker is a program that speaks for itself: the system's own errors and codings reach it unchanged. */
  verbatim?: boolean;
}
export type Received =
  | { kind: "answered"; response: SignedResponse }
  | { kind: "pending"; request: string; expectedBy: Date }
  | { kind: "refused"; refusal: Refusal }
  /** `sent`: it may have reached the institution's system. */
  | { kind: "failed"; type: string; sent: boolean };

interface Admitted {
  envelope: Envelope;
  service: Service;
  clientInstitution: string;
  providerName: string;
  rights: string[];
  fields: string[] | null;
  url: string;
  at: Date;
}

const limit = 8 * 1024 * 1024;

export async function receive(j: JobContext, m: Incoming): Promise<Received> {
  const envelope = readRequest(m.part);
  if (!envelope) return { kind: "refused", refusal: refusals.unfitRequest };
  const provider = await j.transaction((ctx) => serviceOf(ctx.db, envelope.service), { readOnly: true });
  if (!provider) return { kind: "refused", refusal: refusals.unknownService };
  const gate = await j.transaction((ctx) => admit(ctx, m, envelope, provider), { institution: provider.institution });
  if ("result" in gate) return gate.result;
  const { admitted } = gate;
  const result = await callProvider({
    url: admitted.url,
    method: envelope.method,
    // The provider's system gets the very headers that were signed.
    headers: withAccept(readPart(m.part)!.headers),
    body: m.body,
    deadlineMs: provider.timeoutSeconds * 1000,
    limit,
    signal: j.signal,
  });
  return settle(j, m, admitted, result);
}

const withAccept = (headers: readonly Header[]): readonly Header[] =>
  headerValue(headers, "accept") === undefined ? [...headers, ["Accept", "application/json"]] : headers;

/** Everything that can be refused is refused here, in one transaction of the provider's institution. */
async function admit(
  ctx: Context,
  m: Incoming,
  e: ReceivedRequest,
  service: Service,
): Promise<{ result: Received } | { admitted: Admitted }> {
  const { db } = ctx;
  const at = ctx.clock.now();
  const refuse = (refusal: Refusal): { result: Received } => ({ result: { kind: "refused", refusal } });
  const client = await clientOf(db, e.client);
  if (!client) return refuse(refusals.unknownClient);
  const bytes = signedBytes(m.part, hashOf(m.body));
  const checked = await verify(ctx, { bytes, signature: m.signature, certificate: m.certificate, at, institution: client.institution });
  // A message nobody vouches for is no evidence: it is not logged as one, its refusal is a fact of the client's side.
  if (!checked.ok) return refuse(refusals.requestSignature);
  await putCertificate(db, m.serial, m.certificate);
  const fresh = await putRequest(db, {
    exchange: e.exchange,
    side: "provider",
    institution: service.institution,
    messageId: e.messageId,
    at,
    client: e.client,
    service: e.service,
    method: e.method,
    path: e.path,
    purpose: e.purpose,
    person: m.person ?? null,
    userId: e.userId ?? null,
    issue: e.issue ?? null,
    byPerson: service.kind === "person",
    expires: new Date(at.getTime() + (service.timeoutSeconds + 30) * 1000),
    headerPart: m.part,
    bodyHash: hashOf(m.body) ?? null,
    signature: m.signature,
    serial: m.serial,
    fact: null,
  });
  if (!fresh) return refuse(refusals.unfitRequest);
  const logRefusal = async (refusal: Refusal) => {
    await putOutcome(db, {
      exchange: e.exchange,
      side: "provider",
      institution: service.institution,
      at,
      outcome: "refused",
      errorType: refusal.type,
      person: m.person ?? null,
    });
    return refuse(refusal);
  };
  if (!service.enabled) return logRefusal(refusals.serviceDisabled);
  // A parameter the service does not publish could widen its answer beyond what the agreement foresaw.
  const known = new Set(service.query.map((one) => one.name));
  if (Object.keys(e.query ?? {}).some((name) => !known.has(name))) return logRefusal(refusals.unfitRequest);
  const decision = decide(await rightsFor(db, e.service), {
    client: e.client,
    groups: client.groups,
    service: e.service,
    // who may read a thing may ask whether it is there
    method: e.method === "HEAD" ? "GET" : e.method,
    path: e.path,
    purpose: e.purpose,
    today: ctx.clock.today(),
  });
  if (!decision.granted)
    return logRefusal({ path: refusals.unfitRequest, right: refusals.accessDenied, purpose: refusals.purposeDenied }[decision.why]);
  if (service.kind === "person") {
    const waiting = await askPerson(ctx, { envelope: e, service, clientInstitution: client.institution, person: m.person, ...decision });
    return { result: { kind: "pending", ...waiting } };
  }
  const url = resolveUrl(service.baseUrl!, await baseUrls(db), ctx.config.setting.bind(ctx.config), e);
  if (!url) {
    const row = { exchange: e.exchange, side: "provider" as const, institution: service.institution, at, person: m.person ?? null };
    await putOutcome(db, { ...row, outcome: "failed", errorType: failures.notReached });
    return { result: { kind: "failed", type: failures.notReached, sent: false } };
  }
  const names = await memberNames(db, [service.institution]);
  const providerName = names.get(service.institution)?.fr ?? service.institution;
  return {
    admitted: {
      envelope: e,
      service,
      clientInstitution: client.institution,
      providerName,
      rights: decision.rights,
      fields: decision.fields,
      url,
      at,
    },
  };
}

async function settle(j: JobContext, m: Incoming, a: Admitted, result: Result): Promise<Received> {
  const { envelope: e, service } = a;
  const fail = (type: string, sent: boolean) =>
    logFailure(j, a, m.person, { outcome: sent && !isReading(e.method) ? "unknown" : "failed", type }).then((): Received => ({
      kind: "failed",
      type,
      sent,
    }));
  if (result.kind === "not-sent") return fail(failures.notReached, false);
  if (result.kind === "lost") return fail(failures[result.why], true);
  // A reading call the system itself failed can be asked again; a writing one is passed on as the system said it.
  if (result.status >= 500 && isReading(e.method) && !m.verbatim) return fail(failures.providerError, true);
  const fit = filtered(result, a.fields, m.verbatim);
  if (!fit) {
    await logFailure(j, a, m.person, { outcome: isReading(e.method) ? "refused" : "unknown", type: refusals.answerUnfit.type });
    return isReading(e.method)
      ? { kind: "refused", refusal: refusals.answerUnfit }
      : { kind: "failed", type: refusals.answerUnfit.type, sent: true };
  }
  const response = await signAndLog(j, {
    envelope: e,
    service,
    providerName: a.providerName,
    clientInstitution: a.clientInstitution,
    person: m.person,
    rights: a.rights,
    ...fit,
    hash: requestHash(m.part, m.body),
    by: "system",
    keep: m.keep,
    since: a.at,
  });
  return { kind: "answered", response };
}

const logFailure = (
  j: JobContext,
  a: Admitted,
  person: string | undefined,
  o: { outcome: "failed" | "unknown" | "refused"; type: string },
) =>
  j.transaction(
    async (ctx) => {
      const at = ctx.clock.now();
      await putOutcome(ctx.db, {
        exchange: a.envelope.exchange,
        side: "provider",
        institution: a.service.institution,
        at,
        outcome: o.outcome,
        errorType: o.type,
        milliseconds: at.getTime() - a.at.getTime(),
        person: person ?? null,
      });
    },
    { institution: a.service.institution },
  );
