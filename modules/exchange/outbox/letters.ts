/** The signed messages behind rows of the outbox, as they leave. */
import type { Context } from "#kernel";
import { keptBody } from "../log/bodies.ts";
import { certificateOf, requestOf } from "../log/store.ts";
import type { Letter } from "./parcel.ts";
import { markSent, nextOut, type OutboxRow } from "./store.ts";

const atOnce = 200;

/** From now on these cannot be taken back: they are marked as sent in the transaction that reads them. */
export async function takeOut(
  ctx: Context,
  providers: readonly string[],
  o: { room?: number; except?: readonly string[] } = {},
): Promise<{ letters: Letter[]; certificates: Record<string, string> }> {
  const { db, clock } = ctx;
  const rows = await nextOut(db, providers, atOnce, o.except ?? []);
  const out = await lettersOf(ctx, rows, o.room);
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
  ctx: Context,
  rows: readonly OutboxRow[],
  room = Number.POSITIVE_INFINITY,
): Promise<{ letters: Letter[]; certificates: Record<string, string> }> {
  const { db } = ctx;
  const letters: Letter[] = [];
  const certificates: Record<string, string> = {};
  let size = 0;
  for (const row of rows) {
    const r = await requestOf(db, row.exchange, "client");
    const body = r?.bodyHash ? await keptBody(ctx, row.exchange, "request") : Buffer.alloc(0);
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
