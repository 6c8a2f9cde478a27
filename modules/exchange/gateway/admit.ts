/** May this be asked, by this client, now? Decided from the directory in memory; nothing here waits or writes. */
import type { JobContext } from "#kernel";
import { decide, type Wish } from "../access/rules.ts";
import type { Leaning } from "../consent/check.ts";
import type { Snapshot } from "../directory/snapshot.ts";
import type { Client, Service } from "../directory/store.ts";
import { refusals, type Refusal } from "../errors.ts";
import { resolveUrl } from "./address.ts";
import type { Envelope, Received } from "./message.ts";

export interface Admitted {
  service: Service;
  client: Client;
  providerName: string;
  rights: string[];
  fields: string[] | null;
  /** What of it stands or falls with the consent the question names, and what does not; looked at in consent/check.ts. */
  bound?: { fields: string[] | null; free?: string[] | null };
  consent?: Leaning;
  /** Undefined: its base is known to nobody, or it is no system. */
  url: string | undefined;
}
export type Verdict = { refusal: Refusal; service: Service; client: Client } | { admitted: Admitted };

export function judge(
  j: Pick<JobContext, "clock" | "config">,
  known: Snapshot,
  e: Received,
  { service, client }: { service: Service; client: Client },
): Verdict {
  const refuse = (refusal: Refusal): Verdict => ({ refusal, service, client });
  if (!service.enabled) return refuse(refusals.serviceDisabled);
  // A parameter the service does not publish could widen its answer beyond what the agreement foresaw.
  if (e.query && !Object.keys(e.query).every((name) => service.query.some((one) => one.name === name)))
    return refuse(refusals.unfitRequest);
  const decision = decide(known.rights.get(e.service) ?? [], wishOf(e, client, j.clock.today()));
  if (!decision.granted) return refuse(denied[decision.why]);
  const { rights, fields } = decision;
  const bound =
    decision.bound === undefined ? undefined : { fields: decision.bound, ...("free" in decision ? { free: decision.free } : {}) };
  const url = service.baseUrl === null ? undefined : resolveUrl(service.baseUrl, known.bases, j.config.setting.bind(j.config), e);
  const providerName = known.names.get(service.institution)?.fr ?? service.institution;
  return { admitted: { service, client, providerName, rights, fields, url, ...(bound ? { bound } : {}) } };
}

const denied = {
  path: refusals.unfitRequest,
  right: refusals.accessDenied,
  purpose: refusals.purposeDenied,
  consent: refusals.consentMissing,
} as const;

export const wishOf = (e: Envelope, client: Client, today: string): Wish => ({
  client: e.client,
  groups: client.groups,
  service: e.service,
  // who may read a thing may ask whether it is there
  method: e.method === "HEAD" ? "GET" : e.method,
  path: e.path,
  purpose: e.purpose,
  today,
  consent: e.consent !== undefined,
});
