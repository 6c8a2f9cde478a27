/**
 * Once a minute: the signature files of all new messages are hashed into a batch, and one time stamp is asked over X-Road's hash
 * chain of the waiting batches and over the newest signed head. Without the authority batches wait, an alarm rises, traffic goes on.
 */
import type { JobContext } from "#kernel";
import { certificateStatus, checkpoint, timeStamp } from "#trust";
import { chainRoot, resultXml, sha512, step, stepOver } from "./chain.ts";
import { dropHeads, headAt, type Head, latestHead } from "./store.ts";
import {
  type Batch,
  batchedUpTo,
  certificatePems,
  lastStamp,
  type LeafMessage,
  messagesBetween,
  oldestUnstamped,
  putBatch,
  putStamp,
  unstamped,
} from "./store-stamps.ts";
import { signaturesXml } from "./xades.ts";

const leavesInBatch = 50_000;
const leavesAtOnce = 2_000;
const day = 86_400_000;

export async function stampSweep(j: JobContext): Promise<void> {
  const head = await j.transaction(({ db }) => latestHead(db, { signed: true }), { readOnly: true });
  if (!head) return;
  let from = await j.transaction(({ db }) => batchedUpTo(db), { readOnly: true });
  while (from < head.size) {
    const next = Math.min(from + leavesInBatch, head.size);
    await makeBatch(j, from, next);
    from = next;
  }
  try {
    await stampHead(j, head);
  } finally {
    const oldest = await j.transaction(({ db }) => oldestUnstamped(db), { readOnly: true });
    const late = oldest ? Math.max(0, (j.clock.now().getTime() - oldest.getTime()) / 1000) : 0;
    j.metric.gauge("exchange_stamp_lag_seconds", late);
    if (late > 300) j.log.error({ since: oldest }, "the message log has no new time stamp: the authority does not answer");
  }
  await j.transaction(({ db, clock }) => dropHeads(db, new Date(clock.now().getTime() - day)));
}

async function makeBatch(j: JobContext, from: number, to: number): Promise<void> {
  const hashes: Buffer[] = [];
  const seen = new Set<string>();
  const pems = new Map<string, string>();
  const statuses = new Map<string, Uint8Array>();
  for (let at = from; at < to; at += leavesAtOnce) {
    const rows = await j.transaction(({ db }) => messagesBetween(db, at, Math.min(at + leavesAtOnce, to)), { readOnly: true });
    const unread = [...new Set(rows.map((m) => m.serial))].filter((serial) => !pems.has(serial));
    for (const { serial, pem } of await j.transaction(({ db }) => certificatePems(db, unread), { readOnly: true })) {
      pems.set(serial, pem);
      const status = await statusOf(j, pem);
      if (status) statuses.set(serial, status);
    }
    for (const m of rows) {
      // both sides of one exchange hold the same signed messages
      const name = m.signature.toString("base64");
      const pem = pems.get(m.serial);
      if (!pem) j.log.error({ leaf: m.index, serial: m.serial }, "a message of the log has no certificate: no time stamp can cover it");
      else if (!seen.has(name)) hashes.push(signatureDigest(m, pem, statuses.get(m.serial)));
      seen.add(name);
    }
  }
  await j.transaction(({ db, clock }) => putBatch(db, { first: from, next: to, at: clock.now(), hashes: Buffer.concat(hashes), statuses }));
}

/** A responder out of reach leaves a batch without its word, and the time stamp not a minute later. */
const statusOf = (j: JobContext, pem: string): Promise<Uint8Array | undefined> =>
  certificateStatus(j, pem).catch((error: unknown) => {
    j.log.warn({ error: String(error) }, "no certificate status for the message log");
    return undefined;
  });

/** The signature file of a message, as its container will show it. */
export const signatureFile = (m: Omit<LeafMessage, "index">, certificate: string, status: Uint8Array | undefined): string =>
  signaturesXml({
    part: m.part,
    bodyHash: m.bodyHash ?? undefined,
    certificate,
    signedAt: m.signedAt,
    signature: m.signature,
    ocsp: status ? [status] : [],
  });
const signatureDigest = (...m: Parameters<typeof signatureFile>): Buffer => sha512(signatureFile(...m));

/** Roots of the batches that hold messages, one after another. */
export const batchRoots = (batches: readonly Batch[]): Buffer =>
  Buffer.concat(batches.filter((b) => b.hashes.length > 0).map((b) => chainRoot(b.hashes)));

/** What the time stamp's hash chain leads to: the batches on the left, the signed head on the right. */
export const stampedDigest = (roots: Uint8Array, head: Head): Buffer => {
  const tree = sha512(checkpoint(head));
  return roots.length > 0 ? step(chainRoot(roots), tree) : stepOver(tree);
};

async function stampHead(j: JobContext, head: Head): Promise<void> {
  const { last, batches } = await j.transaction(
    async ({ db }) => ({ last: await lastStamp(db), batches: await unstamped(db, head.size) }),
    { readOnly: true },
  );
  if (last && last.size >= head.size) return;
  const digest = stampedDigest(batchRoots(batches), head);
  const { token, at } = await timeStamp(j, sha512(resultXml(digest)));
  await j.transaction(async ({ db }) => {
    const stamp = { size: head.size, at, digest, token: Buffer.from(token) };
    if (await headAt(db, head.size))
      await putStamp(
        db,
        stamp,
        batches.map((b) => b.first),
      );
  });
}
