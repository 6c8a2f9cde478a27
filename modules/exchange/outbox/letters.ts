/** The signed messages behind rows of the outbox, as they leave. */
import type { Context, Db } from "#kernel";
import { bodyOf, certificateOf, requestOf } from "../log/store.ts";
import type { Letter } from "./parcel.ts";
import { markSent, nextOut, type OutboxRow } from "./store.ts";

const atOnce = 200;

/** From now on these cannot be taken back: they are marked as sent in the transaction that reads them. */
export async function takeOut(
  { db, clock }: Context,
  providers: readonly string[],
  room?: number,
): Promise<{ letters: Letter[]; certificates: Record<string, string> }> {
  const rows = await nextOut(db, providers, atOnce, true);
  const out = await lettersOf(db, rows, room);
  const left = new Set(
    await markSent(
      db,
      out.letters.map((one) => one.exchange),
      clock.now(),
    ),
  );
  return { ...out, letters: out.letters.filter((one) => left.has(one.exchange)) };
}

/** The signed messages behind these rows. */
async function lettersOf(
  db: Db,
  rows: readonly OutboxRow[],
  room = Number.POSITIVE_INFINITY,
): Promise<{ letters: Letter[]; certificates: Record<string, string> }> {
  const letters: Letter[] = [];
  const certificates: Record<string, string> = {};
  let size = 0;
  for (const row of rows) {
    const r = await requestOf(db, row.exchange, "client");
    const body = r?.bodyHash ? await bodyOf(db, row.exchange, "request") : Buffer.alloc(0);
    if (!r?.signedAt || !body) continue;
    size += body.length + r.headerPart.length + 200;
    if (size > room && letters.length > 0) break;
    certificates[r.serial] ??= await certificateOf(db, r.serial);
    letters.push({
      exchange: row.exchange,
      part: r.headerPart,
      signature: Buffer.from(r.signature),
      serial: r.serial,
      signedAt: r.signedAt,
      body,
    });
  }
  return { letters, certificates };
}
