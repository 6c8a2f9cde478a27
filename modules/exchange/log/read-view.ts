import type { Context } from "#kernel";
import type { ReadOfMe } from "../api.ts";
import type { Purpose } from "../directory/store.ts";
import { labelsOf } from "./labels.ts";
import type { ReadRow } from "./store-search.ts";

/** A read as the person concerned reads it. */
export function readView(ctx: Context, r: ReadRow, purposes: ReadonlyMap<string, Purpose>): ReadOfMe {
  const purpose = purposes.get(r.purpose);
  return {
    exchange: r.exchange,
    at: r.at.toISOString(),
    client: { id: r.client, name: r.clientName ? ctx.say(r.clientName) : r.client },
    provider: { institution: r.institution, name: r.providerName ? ctx.say(r.providerName) : r.institution, kind: r.kind },
    service: ctx.say(r.title),
    purpose: purpose ? ctx.say(purpose.label) : r.purpose,
    ...(purpose?.basis ? { basis: ctx.say(purpose.basis) } : {}),
    ...(r.issue === null ? {} : { issue: r.issue }),
    fields: labelsOf(r.fields ?? [], r.specs).map((label) => ctx.say(label)),
    outcome: r.outcome ?? "pending",
    ...(r.consent === null ? {} : { consent: r.consent }),
    ...(r.fact === null ? {} : { fact: r.fact }),
  };
}
