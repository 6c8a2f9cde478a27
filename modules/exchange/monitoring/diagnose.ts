/** Why a service or a server does not answer: from the directory to the clock, each step until one fails. */
import { job, type JobContext, T, work } from "#kernel";
import { decide } from "../access/rules.ts";
import { connectionOf } from "../connectors/connection.ts";
import { faultsOf } from "../connectors/handlers.ts";
import { connectorOf } from "../connectors/store.ts";
import { directoryNow } from "../directory/snapshot.ts";
import type { Service } from "../directory/store.ts";
import { resolveUrl } from "../gateway/address.ts";
import { connectOptions } from "../publish/provider-tls.ts";
import { awayOf, bookOf, serverFor } from "../servers/book.ts";
import { requestOn, whyUndialled } from "../transport/dial.ts";
import { probe, type Step } from "./probe.ts";
import { diagnosisOf, type DiagnosisAsked, endDiagnosis } from "./store-diagnosis.ts";

const deadlineMs = 8000;

export const diagnoseJob = job("exchange.diagnose", T.Object({ id: T.String() }), { retryLimit: 2, expire: 60 });

export const diagnose = work(diagnoseJob, async (j: JobContext, { id }) => {
  const d = await j.transaction((ctx) => diagnosisOf(ctx.db, id), { readOnly: true });
  if (!d || d.endedAt) return;
  const steps = d.asked.server === undefined ? await ofService(j, d.asked, d.institution) : await ofServer(j, d.asked.server);
  await j.transaction((ctx) => endDiagnosis(ctx.db, id, steps, ctx.clock.now()), { institution: d.institution });
});

async function ofService(j: JobContext, asked: DiagnosisAsked, institution: string): Promise<Step[]> {
  const known = await directoryNow(j);
  const service = known.services.get(asked.service ?? "");
  if (!service) return [{ step: "directory", state: "bad", cause: "unknown-service" }];
  if (!service.enabled) return [{ step: "directory", state: "bad", cause: "closed" }];
  const steps: Step[] = [{ step: "directory", state: "good" }];
  if (asked.client !== undefined) {
    const client = known.clients.get(asked.client);
    const decision = client
      ? decide(known.rights.get(service.id) ?? [], {
          client: client.id,
          groups: client.groups,
          service: service.id,
          method: service.endpoints[0]?.method ?? "GET",
          path: (service.endpoints[0]?.path ?? "/").replaceAll("*", "x"),
          purpose: asked.purpose ?? "",
          today: j.clock.today(),
          // the right is looked at, not somebody's word
          consent: true,
        })
      : undefined;
    if (!decision) return [...steps, { step: "access", state: "bad", cause: "unknown-client" }];
    if (!decision.granted) return [...steps, { step: "access", state: "bad", cause: decision.why }];
    steps.push({ step: "access", state: "good" });
  }
  const server = serverFor(j, service.institution, service.kind);
  if (server !== undefined) return [...steps, ...(await ofServer(j, server))];
  // a system is looked at for the institution it belongs to, not for those that ask it
  if (service.institution !== institution) return steps;
  return [...steps, ...(await ofSystem(j, service))];
}

async function ofSystem(j: JobContext, service: Service): Promise<Step[]> {
  if (service.kind === "view" || service.kind === "file") {
    const connector = await j.transaction((ctx) => connectorOf(ctx.db, service.id), { institution: service.institution, readOnly: true });
    if (!connector) return [{ step: "source", state: "bad", cause: "not-connected" }];
    const at = connectionOf(j.config, connector.definition.connection, service.institution);
    const [fault] = await faultsOf(j, at, connector.definition);
    return [
      fault
        ? { step: "source", state: "bad", cause: fault.fault, ...(fault.name ? { detail: fault.name } : {}) }
        : { step: "source", state: "good" },
    ];
  }
  if (service.kind !== "http") return [];
  const { bases } = await directoryNow(j);
  const url = resolveUrl(service.baseUrl!, bases, j.config.setting.bind(j.config), { rawPath: "", rawQuery: "" });
  if (!url) return [{ step: "address", state: "bad", cause: "unknown-base" }];
  return probe(url, { options: await connectOptions(j, service, url), deadlineMs, now: () => j.clock.now(), signal: j.signal });
}

const causes: Record<NonNullable<ReturnType<typeof whyUndialled>>, [Step["step"], string]> = {
  "unknown-server": ["directory", "unknown-server"],
  "no-certificate": ["certificate", "own-missing"],
  name: ["dns", "unknown-name"],
  unreachable: ["connect", "unreachable"],
  tls: ["tls", "handshake"],
  "not-registered": ["certificate", "not-registered"],
  "wrong-host": ["certificate", "wrong-name"],
  slow: ["connect", "timeout"],
};

/** Dialled as for a message, mutual TLS and all; any answer of the other server will do. */
async function ofServer(j: JobContext, server: string): Promise<Step[]> {
  const peer = bookOf(j)?.servers.get(server);
  const away = awayOf(j, server);
  if (away) return [{ step: "server", state: "bad", cause: "maintenance", detail: `${server}, ${away.until.toISOString()}` }];
  if (!peer) return [{ step: "server", state: "bad", cause: "unknown-server", detail: server }];
  try {
    const signal = AbortSignal.any([j.signal, AbortSignal.timeout(deadlineMs)]);
    const res = await requestOn(j, server, { method: "GET", path: "/", signal });
    res.resume();
    const told = Date.parse(res.headers.date ?? "");
    const apart = Number.isNaN(told) ? 0 : Math.round((j.clock.now().getTime() - told) / 1000);
    return [
      { step: "server", state: "good", detail: server },
      Math.abs(apart) > 60 ? { step: "time", state: "bad", cause: "clocks-differ", detail: `${apart} s` } : { step: "time", state: "good" },
    ];
  } catch (error) {
    const [step, cause] = causes[whyUndialled(error) ?? "slow"];
    return [{ step, state: "bad", cause, detail: server }];
  }
}
