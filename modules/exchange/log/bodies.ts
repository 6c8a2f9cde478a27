/** Bodies at rest: sealed with AES-256-GCM under a key of the installation, so that a copy of the database shows none. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Context } from "#kernel";
import { type BodyRow, bodyRow, putBodyRow } from "./store.ts";

type Keeping = Pick<Context, "db" | "secret" | "ids">;
type Direction = BodyRow["direction"];

const algorithm = "aes-256-gcm";
const keyOf = (ctx: Pick<Context, "secret">): Uint8Array => ctx.secret("exchange.bodies");
/** Authenticated with the bytes: a body cannot be moved to another message. */
const about = (exchange: string, direction: Direction): Buffer => Buffer.from(`${exchange}/${direction}`);

export function keepBody(ctx: Keeping, b: BodyRow): Promise<number> {
  const nonce = ctx.ids.bytes(12);
  const cipher = createCipheriv(algorithm, keyOf(ctx), nonce).setAAD(about(b.exchange, b.direction));
  return putBodyRow(ctx.db, { ...b, bytes: Buffer.concat([nonce, cipher.update(b.bytes), cipher.final(), cipher.getAuthTag()]) });
}

/** Undefined when there is none, or none any more. Throws when the bytes were changed or the key is another. */
export async function keptBody(ctx: Pick<Keeping, "db" | "secret">, exchange: string, direction: Direction): Promise<Buffer | undefined> {
  const row = await bodyRow(ctx.db, exchange, direction);
  if (!row?.sealed) return row?.bytes;
  const { bytes } = row;
  const cipher = createDecipheriv(algorithm, keyOf(ctx), bytes.subarray(0, 12)).setAAD(about(exchange, direction));
  cipher.setAuthTag(bytes.subarray(bytes.length - 16));
  return Buffer.concat([cipher.update(bytes.subarray(12, bytes.length - 16)), cipher.final()]);
}
