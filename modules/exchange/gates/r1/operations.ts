/**
 * Operational monitoring on the r1 port: `GET /operationalData?recordsFrom=…&recordsTo=…[&client=…][&fields=a,b]`, answered in JSON with
 * the field names of X-Road's PR-OPMON. A subsystem sees its own messages, as client and as provider; those the
 * operator names in TOGUNA_EXCHANGE_MONITORING (subsystems joined by commas: X-Road's owner and central client) see all.
 */
import { clientOf } from "../../directory/store.ts";
import { refusals } from "../../errors.ts";
import { isField, recordsOf } from "../../monitoring/query.ts";
import { headerValue } from "../../protocol/header.ts";
import { formatIdentifier, parseClient } from "../../protocol/identifier.ts";
import { errorOf, send } from "./answer.ts";
import type { Catalogue, Visit } from "./metadata.ts";

/** Undefined when the target is something else. */
export function operations(target: string): Catalogue | undefined {
  const [path, query] = target.split("?", 2) as [string, string?];
  return path === "/operationalData" ? (v) => answer(v, new URLSearchParams(query ?? "")) : undefined;
}

const refuse = (v: Visit, refusal: (typeof refusals)[keyof typeof refusals], message?: string) =>
  v.fail(errorOf(refusal, v.j.ids.uuid(), message));
const seconds = (text: string | null): number | undefined => (text !== null && /^\d{1,11}$/.test(text) ? Number(text) : undefined);

async function answer(v: Visit, asked: URLSearchParams): Promise<void> {
  if (v.method !== "GET") return refuse(v, refusals.badRequest, "Operational data is read with GET.");
  const id = parseClient(headerValue(v.headers, "x-road-client") ?? "");
  if (!id) return refuse(v, refusals.invalidClient);
  const subsystem = formatIdentifier(id);
  const [recordsFrom, recordsTo] = [seconds(asked.get("recordsFrom")), seconds(asked.get("recordsTo"))];
  if (recordsFrom === undefined || recordsTo === undefined || recordsTo < recordsFrom)
    return refuse(v, refusals.badRequest, "recordsFrom and recordsTo are seconds since 1970, the first not after the second.");
  const named = asked.get("fields")?.split(",");
  if (named && !named.every(isField)) return refuse(v, refusals.badRequest, "A field of that name does not exist.");
  const about = asked.get("client");
  const client = about === null ? undefined : parseClient(about);
  if (about !== null && !client) return refuse(v, refusals.badRequest, "client is INSTANCE/CLASS/MEMBER/SUBSYSTEM.");
  const owners = (v.j.config.setting("exchange_monitoring") ?? "").split(",").map((one) => one.trim());
  const whose = owners.includes(subsystem) ? ("all" as const) : { subsystem };
  const found = await v.j.transaction(
    async (ctx) =>
      (await clientOf(ctx.db, subsystem)) &&
      recordsOf(ctx.db, ctx.clock.now(), whose, {
        recordsFrom,
        recordsTo,
        client: client && formatIdentifier(client),
        fields: named?.filter(isField),
      }),
    { readOnly: true },
  );
  if (!found) return refuse(v, refusals.unknownClient);
  send(v.res, 200, { "Content-Type": "application/json;charset=utf-8" }, JSON.stringify(found));
}
