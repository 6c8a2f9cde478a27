/** The provider's side calls the system of the institution asked for each message taken in: in the order of its key, once it counts. */
import { type JobContext, sweep } from "#kernel";
import { failures, refusals } from "../errors.ts";
import type { Delivered } from "../gateway/flow.ts";
import { receive } from "../gateway/provider.ts";
import { bodyOf } from "../gateway/spool.ts";
import { directory } from "../directory/snapshot.ts";
import { keptBody } from "../log/bodies.ts";
import { certificateOf, outcomeOf, putOutcome, requestOf } from "../log/store.ts";
import { loggedAnswer } from "./answers.ts";
import { outdated, ownMaintenance } from "../servers/book.ts";
import { during } from "../servers/running.ts";
import { chance } from "./chance.ts";
import { endAnswered, endFailed } from "./end.ts";
import { here } from "./known.ts";
import { backOff } from "./rules.ts";
import { keep, state } from "./statements.ts";
import {
  abandoned,
  answeredByPerson,
  backToWaiting,
  endInbox,
  type InboxRow,
  keepBodies,
  nextIn,
  overdueIn,
  servicesWaiting,
  startCalling,
  withPerson,
} from "./store-inbox.ts";
import { wayFailed, wayGood, wayOf } from "./store.ts";
import { expiredType } from "./types.ts";

/** Calls to one institution's system at once; each of another key. */
const atOnce = 4;
/** A row without an outcome is the outbox's to conclude until then, and the general sweep's after. */
const afterDeadline = 2 * 86_400_000;

export const callWaiting = sweep("exchange.inbox", { seconds: 1 }, async (j) => {
  if (ownMaintenance(j)) return;
  await takeOver(j);
  const loops = new Map<string, Promise<void>>();
  for (let first = true; first || (loops.size > 0 && !j.signal.aborted); first = false) {
    if (ownMaintenance(j)) return void (await Promise.all(loops.values()));
    await lapse(j);
    await fromPersons(j);
    for (const service of await j.transaction(({ db }) => servicesWaiting(db), { readOnly: true }))
      if (!loops.has(service) && (await due(j, service)))
        loops.set(
          service,
          turns(j, service).finally(() => loops.delete(service)),
        );
    if (loops.size > 0) await Promise.race([...loops.values(), pause(500)]);
  }
});
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const wayTo = (service: string): string => `service:${service}`;

const due = (j: JobContext, service: string): Promise<boolean> =>
  j.transaction(
    async ({ db, clock }) => {
      const way = await wayOf(db, wayTo(service));
      if (way?.nextTry && way.nextTry > clock.now()) return false;
      return (await nextIn(db, service, clock.now(), 1)).length > 0;
    },
    { readOnly: true },
  );

/** Until nothing of this service may be called now. A system that cannot be reached is asked by one message only, then all wait. */
async function turns(j: JobContext, service: string): Promise<void> {
  while (!j.signal.aborted && !ownMaintenance(j)) {
    const way = await j.transaction(({ db }) => wayOf(db, wayTo(service)), { readOnly: true });
    if (way?.nextTry && way.nextTry > j.clock.now()) return;
    // what was taken in is answered once the centre has been heard again
    if (outdated(j, service)) return shut(j, service, refusals.configurationOutdated.type, way?.failures ?? 0);
    const heads = await j.transaction(({ db, clock }) => nextIn(db, service, clock.now(), way?.failures ? 1 : atOnce), { readOnly: true });
    if (heads.length === 0) return;
    const reached = await during(j, () => Promise.all(heads.map((row) => call(j, row, way?.failures ?? 0))));
    if (reached.includes(false)) return;
  }
}

/** False when the system could not be reached. */
async function call(j: JobContext, row: InboxRow, failedBefore: number): Promise<boolean> {
  const ready = await j.transaction(async (ctx) => {
    const { db } = ctx;
    if (!(await startCalling(db, row.exchange))) return undefined;
    const bytes = row.bodyHash ? await keptBody(ctx, row.exchange, "request") : undefined;
    return { bytes, certificate: await certificateOf(db, row.serial) };
  });
  if (!ready) return true;
  if (row.bodyHash && !ready.bytes) return end(j, row, "refused", refusals.unfitRequest.type);
  const { headerPart: part, signature, serial, signedAt } = row;
  const expires = new Date(row.deadline.getTime() + afterDeadline);
  const message = {
    part,
    signature,
    serial,
    signedAt,
    certificate: ready.certificate,
    body: bodyOf(ready.bytes),
    person: undefined,
    keep: true,
    verbatim: true,
  };
  let said: Delivered;
  try {
    said = await receive(j, message, { stored: { expires } });
    if (said.kind === "answering") {
      for await (const _ of said.body); // kept by the provider's side in the transaction of its signature
      await said.sealed;
    }
  } catch (error) {
    // Nothing is known of it here: what the log holds decides, in the next round, as after a crash.
    j.log.warn({ exchange: row.exchange, error: String((error as Error)?.stack ?? error) }, "stored message");
    return true;
  }
  if (said.kind === "failed" && !said.sent) return notReached(j, row, said.type, failedBefore);
  await j.transaction(({ db, clock }) => wayGood(db, wayTo(row.service), clock.now()));
  if (said.kind === "answering") return answered(j, row);
  if (said.kind === "refused") return end(j, row, "refused", said.refusal.type);
  if (said.kind === "pending") return j.transaction(({ db }) => withPerson(db, row.exchange)).then(() => true);
  if (!row.reading) return end(j, row, "unknown", said.type);
  const wait = backOff(row.attempts + 1, chance(j), { first: 2 });
  await j.transaction(({ db, clock }) => backToWaiting(db, row.exchange, new Date(clock.now().getTime() + wait * 1000), said.type));
  return true;
}

async function notReached(j: JobContext, row: InboxRow, why: string, failedBefore: number): Promise<false> {
  await j.transaction(({ db }) => backToWaiting(db, row.exchange, null, why));
  await shut(j, row.service, why, failedBefore);
  return false;
}

/** Nobody tries this service before its time. */
async function shut(j: JobContext, service: string, why: string, failedBefore: number): Promise<void> {
  const wait = backOff(failedBefore + 1, chance(j));
  await j.transaction(async ({ db, clock }) => {
    const at = clock.now();
    await wayFailed(db, { name: wayTo(service), failures: failedBefore + 1, nextTry: new Date(at.getTime() + wait * 1000), why, at });
  });
}

async function answered(j: JobContext, row: InboxRow): Promise<true> {
  if (row.via === here) {
    const answer = await j.transaction((ctx) => loggedAnswer(ctx, row.exchange, "provider"), { readOnly: true });
    if (!answer || !(await endAnswered(j, answer))) return end(j, row, "unknown", failures.interrupted);
  }
  await j.transaction(async ({ db, clock }) => {
    const at = clock.now();
    await endInbox(db, { exchange: row.exchange, state: "answered", at, told: row.via === here });
    // the other side may come for it only weeks later
    await keepBodies(db, row.exchange, new Date(Math.max(at.getTime(), row.deadline.getTime()) + 30 * 86_400_000));
  });
  return true;
}

/** Ended without an answer: the log says so on the provider's side too, and a signed statement tells the client's. */
async function end(j: JobContext, row: InboxRow, kind: "refused" | "unknown" | "expired", type: string): Promise<true> {
  const name = (await directory(j)).names.get(row.institution)?.fr ?? row.institution;
  const said = await state(j, {
    kind,
    institution: { id: row.institution, name },
    clientInstitution: row.clientInstitution,
    messages: [{ exchange: row.exchange, hash: row.digest.toString("base64"), type }],
  });
  const rows = async (db: Parameters<typeof endInbox>[0], at: Date) => {
    const request = await requestOf(db, row.exchange, "provider");
    if (request && !(await outcomeOf(db, row.exchange, "provider")))
      await putOutcome(db, {
        exchange: row.exchange,
        side: "provider",
        institution: row.institution,
        at,
        outcome: kind === "expired" ? "failed" : kind,
        errorType: type,
      });
    await endInbox(db, { exchange: row.exchange, state: kind, at, why: type, told: row.via === here });
  };
  await j.transaction(async (ctx) => {
    await keep(ctx, said, row.via);
    await rows(ctx.db, ctx.clock.now());
  });
  if (row.via === here) await endFailed(j, row.exchange, kind, type);
  return true;
}

/** Whose time ran out before its system could be called. */
async function lapse(j: JobContext): Promise<void> {
  const late = await j.transaction(({ db, clock }) => overdueIn(db, clock.now(), 100), { readOnly: true });
  for (const row of late) await end(j, row, "expired", expiredType);
}

async function fromPersons(j: JobContext): Promise<void> {
  for (const row of await j.transaction(({ db }) => answeredByPerson(db, 100), { readOnly: true }))
    await (row.outcome === "answered"
      ? answered(j, row)
      : end(j, row, row.outcome === "unknown" ? "unknown" : "refused", row.errorType ?? failures.interrupted));
}

/**
 * A program died while it called. What was logged as ended has ended; what never reached the log was never called; a reading call
 * is made again; of a writing one nobody knows, and that is what is said.
 */
async function takeOver(j: JobContext): Promise<void> {
  for (const row of await j.transaction(({ db }) => abandoned(db), { readOnly: true })) {
    if (row.outcome === "answered") await answered(j, row);
    else if (row.outcome !== null)
      await end(j, row, row.outcome === "refused" ? "refused" : "unknown", row.errorType ?? failures.interrupted);
    else if (row.begun && !row.reading) await end(j, row, "unknown", failures.interrupted);
    else await j.transaction(({ db }) => backToWaiting(db, row.exchange, null, null));
  }
}
