/** The provider's answer: called for, kept to the fields allowed, handed on while it arrives where the whole of it may leave, sealed. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { JobContext } from "#kernel";
import { tellConcerned } from "../access/tell.ts";
import { consentHeaders, standsStill } from "../consent/check.ts";
import { answerRows } from "../connectors/answer.ts";
import { failures, type Refusal, refusals } from "../errors.ts";
import type { Measured, RequestRow } from "../log/store.ts";
import { write } from "../log/writer.ts";
import { connectOptions } from "../publish/provider-tls.ts";
import { type Header, headerValue, messageDigest, readPart } from "../protocol/header.ts";
import type { Admitted } from "./admit.ts";
import { filtered, jsonOf } from "./filter.ts";
import { type Body, type Delivered, type RequestMessage, type Sealed, unsealed } from "./flow.ts";
import type { Gate } from "./gate.ts";
import { isReading, type Received, responseOf } from "./message.ts";
import { batches, type Pieces } from "./pieces.ts";
import { type Answering, type Failure, openCall, whole, type Whole, whyBroken } from "./provider-call.ts";
import { seal, signAndLog } from "./seal.ts";
import { flat, intake, largestWhole, releasing, whySpoilt } from "./spool.ts";
import { answerRoom } from "../rooms/answer.ts";

export interface Asked extends Admitted {
  envelope: Received;
  row: RequestRow;
  since: Date;
  /** It will be delivered again: a failure that changed nothing is not its end. */
  stored: boolean;
  measured: Measured;
  /** The question's body still arrives, through here. */
  gate?: Gate;
}

export async function answer(j: JobContext, m: RequestMessage, a: Asked): Promise<Delivered> {
  const { envelope: e, service, url, measured } = a;
  measured.requestOut = j.clock.now().getTime();
  if (service.kind === "room") {
    return settled(j, m, a, await answerRoom(j, { service, client: a.client, envelope: e, body: m.body }));
  }
  if (service.kind === "view" || service.kind === "file") {
    const { own, ...result } = await answerRows(j, service, e);
    measured.responseIn = j.clock.now().getTime();
    return result.kind === "response" ? settled(j, m, a, result, own) : failed(j, a, result);
  }
  if (url === undefined) return (await a.gate?.settle(failures.notReached)) ?? fail(j, a, failures.notReached, false);
  const opened = await openCall({
    url,
    method: e.method,
    // The provider's system gets the very headers that were signed.
    headers: withAccept(readPart(m.part)!.headers),
    body: m.body,
    feed: a.gate,
    deadlineMs: service.timeoutSeconds * 1000,
    signal: j.signal,
    reading: isReading(e.method),
    connect: await connectOptions(j, service, url),
  });
  if (a.gate && opened.kind === "response" && !a.gate.passed()) return early(j, m, a, opened, a.gate);
  const instead = await a.gate?.settle(opened.kind === "response" ? undefined : typeOf(opened));
  if (instead) {
    if (opened.kind === "response") opened.giveUp();
    return instead;
  }
  return hear(j, m, a, opened);
}

/** A system that answers while it still reads the question: what it says is kept until the question is whole, else both would wait. */
async function early(j: JobContext, m: RequestMessage, a: Asked, opened: Answering, gate: Gate): Promise<Delivered> {
  const taken = intake(j, Readable.from(flat(opened.body)), { owner: a.envelope.service, patience: a.service.timeoutSeconds });
  taken.catch(() => undefined);
  let body: Body | undefined;
  try {
    const instead = await gate.settle(undefined);
    if (instead) {
      opened.giveUp();
      return instead;
    }
    const kept = await taken;
    const d = await hear(j, m, a, { ...opened, announced: kept.size, body: inPieces(kept) });
    if (d.kind === "answering") body = kept;
    return d.kind === "answering" ? { ...d, body: releasing(d.body, kept) } : d;
  } catch (error) {
    if (!whySpoilt(error)) throw error;
    return fail(j, a, failures.cut, true);
  } finally {
    if (!body)
      void taken.then(
        (one) => one.release(),
        () => undefined,
      );
  }
}
async function* inPieces(body: Body): AsyncGenerator<Pieces, void> {
  yield* batches(body.stream());
}

async function hear(j: JobContext, m: RequestMessage, a: Asked, opened: Answering | Failure): Promise<Delivered> {
  const { envelope: e, service, measured } = a;
  if (opened.kind !== "response") return failed(j, a, opened);
  measured.responseIn = j.clock.now().getTime();
  // A reading call the system itself failed can be asked again; a writing one is passed on as the system said it.
  if (opened.status >= 500 && isReading(e.method) && !m.verbatim) {
    opened.giveUp();
    return fail(j, a, failures.providerError, true);
  }
  // an answer that is to be given again is kept in the transaction of its signature
  if (m.verbatim && !m.keep && a.fields === null && !service.subject?.answer) {
    const fallen = await standsStill(j, a, e, undefined);
    if (fallen) {
      opened.giveUp();
      return notHanded(j, a, fallen);
    }
    await tellConcerned(j, service, e, { status: opened.status, value: undefined, fields: [""], consent: a.consent?.id });
    return streamed(j, m, a, opened);
  }
  const all = await whole(opened, largestWhole);
  return all.kind === "response" ? settled(j, m, a, all) : failed(j, a, all);
}

const withAccept = (headers: readonly Header[]): readonly Header[] =>
  headerValue(headers, "accept") === undefined ? [...headers, ["Accept", "application/json"]] : headers;

const hashOfRequest = (m: RequestMessage): string =>
  messageDigest(m.part, m.body.hash ? { hash: m.body.hash } : undefined).toString("base64");

const answerer = (m: RequestMessage, a: Asked) => ({
  envelope: a.envelope,
  service: a.service,
  providerName: a.providerName,
  clientInstitution: a.client.institution,
  person: m.person,
  rights: a.rights,
  by: "system" as const,
  since: a.since,
  measured: a.measured,
  consent: a.consent,
  until: a.stored ? a.row.expires : undefined,
});

/** Held whole, because its fields are looked at. */
async function settled(j: JobContext, m: RequestMessage, a: Asked, all: Whole, own: readonly Header[] = []): Promise<Delivered> {
  const fallen = await standsStill(j, a, a.envelope, jsonOf(all));
  if (fallen) return notHanded(j, a, fallen);
  const fit = filtered(all, a.fields, m.verbatim);
  // a caller that names the person has told her itself; only this program's own can name one, whatever another server says of its message
  const told =
    fit && (m.verbatim || m.person === undefined)
      ? await tellConcerned(j, a.service, a.envelope, { ...fit, value: jsonOf(all), consent: a.consent?.id })
      : true;
  if (!fit || !told) return notHanded(j, a, refusals.answerUnfit);
  a.measured.responseBody = fit.body.length;
  const { part, body, by, ...sealed } = await signAndLog(j, {
    ...answerer(m, a),
    ...fit,
    headers: consentHeaders([...fit.headers, ...own], a.consent),
    hash: hashOfRequest(m),
    keep: m.keep,
  });
  return { kind: "answering", part, by, body: once(body), sealed: Promise.resolve({ part, ...sealed }) };
}

/** The register has answered, and nothing of it may leave. */
async function notHanded(j: JobContext, a: Asked, refusal: Refusal): Promise<Delivered> {
  if (!isReading(a.envelope.method)) return fail(j, a, refusal.type, true);
  await end(j, a, "refused", refusal.type);
  return { kind: "refused", refusal };
}

async function* once(body: Buffer): AsyncGenerator<Pieces, void> {
  if (body.length > 0) yield [body];
}

/** Handed on as it comes; signed and logged when it has ended, and only then an answer. */
function streamed(j: JobContext, m: RequestMessage, a: Asked, opened: Answering): Delivered {
  const { part } = responseOf({ ...opened, headers: consentHeaders(opened.headers, a.consent) }, a.envelope, hashOfRequest(m));
  let done: (sealed: Promise<Sealed>) => void = () => undefined;
  const sealed = new Promise<Sealed>((resolve) => (done = resolve));
  sealed.catch(() => undefined); // told to who asks for it
  async function* body(): AsyncGenerator<Pieces, void> {
    const hash = createHash("sha512");
    let size = 0;
    let ended = false;
    try {
      for await (const batch of opened.body) {
        for (const piece of batch) {
          hash.update(piece);
          size += piece.length;
        }
        yield batch;
      }
      ended = true;
      a.measured.responseBody = size;
      const bodyHash = size > 0 ? hash.digest() : undefined;
      done(seal(j, { ...answerer(m, a), status: opened.status, part, bodyHash, fields: [""] }));
    } catch (error) {
      ended = true;
      const failure = whyBroken(error);
      if (!failure) throw error;
      const type = typeOf(failure);
      const broken = fail(j, a, type, true).then((): Sealed => {
        throw unsealed({ kind: "failed", type });
      });
      done(broken);
      await broken;
    } finally {
      // whoever read it went away
      if (!ended) {
        opened.giveUp();
        done(fail(j, a, failures.interrupted, true).then(() => Promise.reject(unsealed({ kind: "failed", type: failures.interrupted }))));
      }
    }
  }
  return { kind: "answering", part, by: "system", body: body(), sealed };
}

const typeOf = (f: Failure): string => (f.kind === "not-sent" ? failures.notReached : failures[f.why]);
const failed = (j: JobContext, a: Asked, f: Failure): Promise<Delivered> => fail(j, a, typeOf(f), f.kind === "lost");

async function fail(j: JobContext, a: Asked, type: string, sent: boolean): Promise<Delivered> {
  const reading = isReading(a.envelope.method);
  if (!(a.stored && (!sent || reading))) await end(j, a, sent && !reading ? "unknown" : "failed", type);
  return { kind: "failed", type, sent };
}

async function end(j: JobContext, a: Asked, outcome: "failed" | "unknown" | "refused", errorType: string): Promise<void> {
  const at = j.clock.now();
  const { exchange, institution, person } = a.row;
  const milliseconds = at.getTime() - a.since.getTime();
  await write(j, {
    outcome: { exchange, side: "provider", institution, at, outcome, errorType, milliseconds, person, measured: a.measured },
  });
}
