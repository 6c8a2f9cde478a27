/** A gateway's log has a number of its own; servers that share its database share the log, and must share its secrets. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { JobContext } from "#kernel";
import { logIdentity } from "./store.ts";

/** Rejects when this program's master secret or passphrase is not the one the log was begun with: it could not open its bodies. */
export async function ownLog(j: JobContext): Promise<string> {
  const secret = createHmac("sha256", j.secret("exchange.log")).update("toguna exchange log").digest();
  const known = await j.transaction((ctx) => logIdentity(ctx.db, { id: ctx.ids.uuid(), secret }));
  if (!timingSafeEqual(known.secret, secret))
    throw new Error(
      "this database holds the log of a gateway with another master secret or passphrase: make the folder of a second server with `gateway-sibling`",
    );
  return known.id;
}
