/** Bodies at rest, sealed: each to its message and direction. */
import type { Context } from "#kernel";
import { sealed, unsealed } from "./at-rest.ts";
import { type BodyRow, bodyRow, putBodyRow } from "./store.ts";

type Keeping = Pick<Context, "db" | "secret" | "ids">;
type Direction = BodyRow["direction"];
const about = (exchange: string, direction: Direction): string => `${exchange}/${direction}`;

export const keepBody = (ctx: Keeping, b: BodyRow): Promise<number> =>
  putBodyRow(ctx.db, { ...b, bytes: sealed(ctx, about(b.exchange, b.direction), b.bytes) });

/** Undefined when there is none, or none any more. Throws when the bytes were changed or the key is another. */
export async function keptBody(ctx: Pick<Keeping, "db" | "secret">, exchange: string, direction: Direction): Promise<Buffer | undefined> {
  const row = await bodyRow(ctx.db, exchange, direction);
  return row?.sealed ? unsealed(ctx, about(exchange, direction), row.bytes) : row?.bytes;
}
