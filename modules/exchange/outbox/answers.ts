import type { Context } from "#kernel";
import { keptBody } from "../log/bodies.ts";
import { certificateOf, outcomeOf, type Side } from "../log/store.ts";
import type { ArrivedAnswer } from "./end.ts";

/** The provider's signed answer as one side logged it; undefined when there is none, or its body has been erased. */
export async function loggedAnswer(ctx: Pick<Context, "db" | "secret">, exchange: string, side: Side): Promise<ArrivedAnswer | undefined> {
  const { db } = ctx;
  const row = await outcomeOf(db, exchange, side);
  if (!row?.headerPart || !row.signature || !row.serial || !row.signedAt) return undefined;
  const body = row.bodyHash ? await keptBody(ctx, exchange, "response") : Buffer.alloc(0);
  if (!body) return undefined;
  return {
    exchange,
    part: row.headerPart,
    body,
    signature: row.signature,
    serial: row.serial,
    signedAt: row.signedAt,
    certificate: await certificateOf(db, row.serial),
    at: row.at,
    by: row.by ?? "system",
  };
}
