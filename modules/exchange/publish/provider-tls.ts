/** How the gateway and an institution's own system know each other over TLS. */
import type { Host, JobContext } from "#kernel";
import { ensureTlsIdentity, tlsIdentities } from "#trust";
import type { Service } from "../directory/store.ts";
import { perProgram } from "../memory/program.ts";
import type { ConnectOptions } from "../gateway/provider-call.ts";
import { guardedLookup, type Tls } from "./fetch.ts";

interface Held {
  at: number;
  identity: Promise<{ cert: string; key: string } | undefined> | undefined;
}
const held = perProgram((): Held => ({ at: 0, identity: undefined }));
/** Milliseconds after which a renewed certificate is noticed. */
const fresh = 60_000;
const subject = (j: Pick<JobContext, "country">): string => `${j.country.instance}/GATEWAY-CLIENT`;

async function read(j: JobContext): Promise<{ cert: string; key: string } | undefined> {
  const host = new URL(j.config.origin).hostname;
  await ensureTlsIdentity(j, { subject: subject(j), organization: j.country.name.fr, host });
  const [newest] = await tlsIdentities(j, subject(j));
  return newest && { cert: newest.certificate, key: newest.key };
}

/** The certificate this gateway shows to systems that want to know who calls; made at the first need, renewed by itself. */
export function ownIdentity(j: JobContext | Host): Promise<{ cert: string; key: string } | undefined> {
  const h = held(j);
  const now = performance.now();
  if (!h.identity || now - h.at > fresh) {
    h.at = now;
    h.identity = read(j);
    h.identity.catch(() => (h.identity = undefined));
  }
  return h.identity;
}

/** For a call of a service: nothing special for those the country's folder names, which only who installs the house writes. */
export async function connectOptions(j: JobContext, s: Pick<Service, "tls" | "origin">, url: string): Promise<ConnectOptions> {
  const guarded = s.origin === "registered" && j.config.production && !j.config.demo;
  return { ...(url.startsWith("https:") ? await tlsOf(j, s.tls) : {}), ...(guarded ? { lookup: guardedLookup } : {}) };
}

/** To be spread into the request's options. */
export async function tlsOf(j: JobContext, t: Service["tls"]): Promise<Tls> {
  const own = t.clientCertificate ? await ownIdentity(j) : undefined;
  return { rejectUnauthorized: t.verify, ...(t.ca === null ? {} : { ca: t.ca }), ...own } satisfies Tls;
}
