/** How a gateway is, in one look: for its own machine's monitoring. */
import type { JobContext } from "#kernel";
import { sealKeyFor, tlsIdentities } from "#trust";
import { heldSince } from "../evidence/store-epochs.ts";
import { connectionsOf } from "../transport/connections.ts";
import { bookOf, configurationOf, ownMaintenance } from "./book.ts";
import { openPort } from "./run.ts";
import { joinedRow } from "./store.ts";

export interface GatewayHealth {
  state: "well" | "unwell";
  /** What is not well, the gravest first. */
  why: string[];
  server: string | null;
  institution: string | null;
  centre: string | null;
  /** `age` in seconds since the centre last confirmed it. */
  configuration: { version: number; age: number } | null;
  port: number | null;
  certificates: { kind: "tls" | "seal"; serial: string; notAfter: string }[];
  servers: { id: string; address: string; to: number; from: number }[];
  /** Refuses new calls until then; no sickness. */
  maintenance?: { until: string; notice: string | null };
}

const hour = 3600;
const soonDays = 14;

export async function gatewayHealth(j: JobContext): Promise<GatewayHealth> {
  const joined = await j.transaction((ctx) => joinedRow(ctx), { readOnly: true });
  const why: string[] = [];
  const configuration = configurationOf(j) ?? null;
  const certificates: GatewayHealth["certificates"] = [];
  if (!joined?.server) why.push("this server has not joined an exchange");
  else {
    const [tls] = await tlsIdentities(j, joined.server);
    if (tls) certificates.push({ kind: "tls", serial: tls.serial, notAfter: tls.notAfter.toISOString() });
    else why.push("no TLS certificate is good now");
    const seal = await sealKeyFor(j, { id: joined.institution!, name: joined.name! }).catch(() => undefined);
    if (seal) certificates.push({ kind: "seal", serial: seal.serial, notAfter: seal.notAfter.toISOString() });
    else why.push("the institution has no seal that is good now");
    const held = await j.transaction(({ db }) => heldSince(db), { readOnly: true });
    if (held) why.push("a restored log is not sealed before the centre was asked what it has seen of it");
    if (!configuration) why.push("no directory yet");
    else if (configuration.age > hour) why.push(`no word of the centre for ${Math.floor(configuration.age / hour)} hours`);
    if (openPort(j) === undefined) why.push("the server port is closed");
  }
  const away = ownMaintenance(j);
  const soon = j.clock.now().getTime() + soonDays * 86_400_000;
  for (const one of certificates)
    if (new Date(one.notAfter).getTime() < soon) why.push(`the ${one.kind} certificate ends on ${one.notAfter}`);
  return {
    state: why.length === 0 ? "well" : "unwell",
    why,
    server: joined?.server ?? null,
    institution: joined?.institution ?? null,
    centre: joined?.centre ?? null,
    configuration,
    port: openPort(j) ?? null,
    certificates,
    ...(away ? { maintenance: { until: away.until.toISOString(), notice: away.notice } } : {}),
    servers: [...(bookOf(j)?.servers.values() ?? [])].map(({ id, address }) => ({ id, address, ...connectionsOf(j, id) })),
  };
}
