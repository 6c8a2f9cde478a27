/** The provider's side: verifies who asks, decides, logs, has the institution answer, keeps the fields allowed, signs, logs. */
import { Readable } from "node:stream";
import type { JobContext } from "#kernel";
import { directory, directoryAt, directoryNow, type Snapshot } from "../directory/snapshot.ts";
import type { Client, Service } from "../directory/store.ts";
import { failures, refusals, type Refusal } from "../errors.ts";
import { askPerson } from "../hand/ask.ts";
import { type Measured, outcomeOf, type RequestRow, requestOf } from "../log/store.ts";
import { write, writeIn } from "../log/writer.ts";
import { withConsent } from "../consent/check.ts";
import { type Admitted, judge, type Verdict } from "./admit.ts";
import { answer } from "./answer.ts";
import type { Arriving, Delivered, RequestMessage } from "./flow.ts";
import { gate } from "./gate.ts";
import { openingOf, readRequest, type Received } from "./message.ts";
import { checkMessage } from "./signatures.ts";
import { flat, intake, noBody, releasing } from "./spool.ts";

export interface ReceiveOptions {
  /** Delivered again and again until it ends, at the latest then: failures that change nothing are returned without being the end. */
  stored?: { expires: Date };
}
const refuse = (refusal: Refusal): Delivered => ({ kind: "refused", refusal });
const waits: ReadonlySet<Refusal> = new Set([refusals.serviceDisabled, refusals.consentStale]);
/** Seconds the gateways need around the provider's own time. */
const margin = 30;

export async function receive(j: JobContext, m: RequestMessage, o: ReceiveOptions = {}): Promise<Delivered> {
  const e = readRequest(m.part);
  if (!e) return refuse(refusals.unfitRequest);
  let known = await directory(j);
  let parties = partiesOf(known, e);
  if ("type" in parties) parties = partiesOf((known = await directoryNow(j)), e);
  if ("type" in parties) return refuse(parties);
  const at = j.clock.now();
  // A message nobody vouches for is no evidence: it is not logged as one.
  const opening = m.arriving && openingOf(m.part, m.arriving.length);
  if (!(await checkMessage(j, { ...m, part: opening ?? m.part, bodyHash: m.body.hash }, parties.client.institution, at)))
    return refuse(refusals.requestSignature);

  let verdict: Verdict = await withConsent(j, e, judge(j, known, e, parties), m.person);
  if ("refusal" in verdict) {
    // what was closed a moment ago may be open
    const again = partiesOf((known = await directoryNow(j)), e);
    if ("type" in again) return refuse(again);
    verdict = await withConsent(j, e, judge(j, known, e, again), m.person);
  }
  const row = requestRow(m, e, verdict, at, o);
  const certificate = { serial: m.serial, pem: m.certificate };
  if ("refusal" in verdict) {
    // closed, or without news of consents, for the moment: a message that waits anyway waits until that has passed
    if (o.stored && waits.has(verdict.refusal)) return { kind: "failed", type: verdict.refusal.type, sent: false };
    const { fresh } = await write(j, {
      request: row,
      outcome: { ...endOf(row), outcome: "refused", errorType: verdict.refusal.type },
      certificate,
    });
    return refuse(fresh || o.stored ? verdict.refusal : refusals.replayed);
  }
  let { admitted } = verdict;
  if (m.arriving)
    return admitted.service.kind === "http" && !admitted.service.spooled
      ? passThrough(j, { ...m, arriving: m.arriving }, { e, known, row, admitted, at })
      : gathered(j, m, m.arriving, o);
  const released = async () =>
    !m.logged ||
    m.logged.then(
      () => true,
      () => false,
    );
  const unreleased: Delivered = { kind: "failed", type: failures.interrupted, sent: false };
  if (admitted.service.kind === "person" && !(await released())) return unreleased;
  if (admitted.service.kind === "person") return byHand(j, m, e, admitted, row);
  const written = await write(j, { request: row, certificate });
  if (!written.fresh && !(o.stored && (await openStill(j, row)))) return refuse(refusals.replayed);
  const now = await directoryAt(j, known, written.version);
  if (now !== known) {
    // decided on a directory that had changed when the row was written
    const again = partiesOf(now, e);
    const then = "type" in again ? { refusal: again } : await withConsent(j, e, judge(j, now, e, again), m.person);
    if ("refusal" in then) {
      await write(j, { outcome: { ...endOf(row), outcome: "refused", errorType: then.refusal.type } });
      return refuse(then.refusal);
    }
    admitted = then.admitted;
  }
  // the client's side may still be writing: nothing is asked of anybody before it has
  if (!(await released())) {
    await write(j, { outcome: { ...endOf(row), outcome: "failed", errorType: failures.interrupted } });
    return unreleased;
  }
  const measured = { requestIn: at.getTime(), requestBody: m.body.size };
  return answer(j, m, { ...admitted, envelope: e, row, since: at, measured, stored: o.stored !== undefined });
}

/** Its body is wanted whole: taken in, and then it is a question like any other. */
async function gathered(j: JobContext, m: RequestMessage, arriving: Arriving, o: ReceiveOptions): Promise<Delivered> {
  const body = await intake(j, Readable.from(flat(arriving.pieces)), { owner: readRequest(m.part)!.client });
  let answering: Delivered | undefined;
  try {
    const { size: _, bodyHash: __, ...sealed } = await arriving.sealed();
    answering = await receive(j, { ...m, ...sealed, body, arriving: undefined }, o);
    if (answering.kind === "answering") answering = { ...answering, body: releasing(answering.body, body) };
    return answering;
  } finally {
    if (answering?.kind !== "answering") await body.release();
  }
}
interface Opened {
  e: Received;
  known: Snapshot;
  /** What is logged of it if it comes to no end. */
  row: RequestRow;
  admitted: Admitted;
  at: Date;
}
/** To the system while it arrives; verified, logged and decided once more before the last of it goes. */
async function passThrough(j: JobContext, m: RequestMessage & { arriving: Arriving }, a: Opened): Promise<Delivered> {
  const { e, known, row: opening, admitted, at } = a;
  const { arriving: _, ...message } = m;
  const measured: Measured = { requestIn: at.getTime(), requestBody: 0 };
  const refused = async (row: RequestRow, refusal: Refusal, fresh: boolean): Promise<Delivered> => {
    const certificate = { serial: row.serial, pem: m.certificate };
    const outcome = { ...endOf(row), outcome: "refused" as const, errorType: refusal.type };
    await write(j, { outcome, ...(fresh ? { request: row, certificate } : {}) });
    return refuse(refusal);
  };
  const passage = gate(j, m, opening, async ({ size, ...sealed }) => {
    const { part, bodyHash, signature, serial, certificate, signedAt } = sealed;
    if (part !== m.part || !(await checkMessage(j, sealed, admitted.client.institution, j.clock.now())))
      return refused(opening, refusals.requestSignature, true);
    const row = { ...opening, headerPart: part, bodyHash: bodyHash ?? null, signature, serial, signedAt };
    const written = await write(j, { request: row, certificate: { serial, pem: certificate } });
    if (!written.fresh) return refuse(refusals.replayed);
    Object.assign(message, sealed, { body: { ...noBody, size, hash: bodyHash } });
    measured.requestBody = size;
    const now = await directoryAt(j, known, written.version);
    const again = now === known ? undefined : partiesOf(now, e);
    if (!again) return undefined;
    const then = "type" in again ? { refusal: again } : await withConsent(j, e, judge(j, now, e, again), m.person);
    return "refusal" in then ? refused(row, then.refusal, false) : undefined;
  });
  return answer(j, message, { ...admitted, envelope: e, row: opening, since: at, measured, stored: false, gate: passage });
}

function partiesOf(known: Snapshot, e: Received): { service: Service; client: Client } | Refusal {
  const service = known.services.get(e.service);
  if (!service) return refusals.unknownService;
  const client = known.clients.get(e.client);
  return client ? { service, client } : refusals.unknownClient;
}

const endOf = (row: RequestRow) => ({
  exchange: row.exchange,
  side: "provider" as const,
  institution: row.institution,
  at: row.at,
  person: row.person,
});

function requestRow(m: RequestMessage, e: Received, v: ReturnType<typeof judge>, at: Date, o: ReceiveOptions): RequestRow {
  const { service } = "refusal" in v ? v : v.admitted;
  return {
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
    expires: o.stored?.expires ?? new Date(at.getTime() + (service.timeoutSeconds + margin) * 1000),
    headerPart: m.arriving ? openingOf(m.part, m.arriving.length) : m.part,
    bodyHash: m.body.hash ?? null,
    signature: m.signature,
    serial: m.serial,
    fact: null,
    format: "xades",
    signedAt: m.signedAt,
    configuration: m.configuration ?? null,
  };
}

/** A stored message that came before and did not end: its very self goes on. */
const openStill = (j: JobContext, row: RequestRow): Promise<boolean> =>
  j.transaction(
    async ({ db }) => {
      const before = await requestOf(db, row.exchange, "provider");
      if (!before || Buffer.compare(before.signature, row.signature) !== 0) return false;
      return (await outcomeOf(db, row.exchange, "provider")) === undefined;
    },
    { readOnly: true },
  );

const byHand = (j: JobContext, m: RequestMessage, e: Received, a: Admitted, request: RequestRow): Promise<Delivered> =>
  j.transaction(
    async (ctx): Promise<Delivered> => {
      const { fresh } = await writeIn(ctx, { request, certificate: { serial: m.serial, pem: m.certificate } });
      if (!fresh) return refuse(refusals.replayed);
      const { service, client, rights, fields } = a;
      const asked = { envelope: e, service, clientInstitution: client.institution, person: m.person, rights, fields };
      return { kind: "pending", ...(await askPerson(ctx, asked)) };
    },
    { institution: a.service.institution },
  );
