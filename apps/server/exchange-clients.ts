import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { TLSSocket } from "node:tls";
import type { Identify } from "#exchange";
import type { Kernel } from "#kernel/kernel";

interface Registered {
  subsystems: ReadonlySet<string>;
  from: Date;
  until: Date;
}

/**
 * Which certificate may speak for which subsystems: a JSON list of `{ "client": "INSTANCE/CLASS/MEMBER/SUBSYSTEM", "certificate": "file.pem" }`,
 * files beside it. As in X-Road the very certificate is registered, whoever issued it; TLS has proved that the caller holds its key.
 */
export function readClients(file: string): Map<string, Registered> {
  const list = JSON.parse(readFileSync(file, "utf8")) as unknown;
  const wrong = (why: string): never => {
    throw new Error(`${file}: ${why}`);
  };
  if (!Array.isArray(list)) return wrong("a list is expected");
  const clients = new Map<string, Registered>();
  for (const one of list as { client?: unknown; certificate?: unknown }[]) {
    const { client, certificate } = one ?? {};
    if (typeof client !== "string" || !/^[^/\s]+(\/[^/\s]+){3}$/.test(client))
      return wrong(`"${String(client)}" is not INSTANCE/CLASS/MEMBER/SUBSYSTEM`);
    if (typeof certificate !== "string") return wrong(`${client} has no certificate`);
    const read = new X509Certificate(readFileSync(resolve(dirname(file), certificate)));
    const known = clients.get(read.fingerprint256)?.subsystems ?? [];
    const dates = { from: new Date(read.validFrom), until: new Date(read.validTo) };
    clients.set(read.fingerprint256, { subsystems: new Set([...known, client]), ...dates });
  }
  return clients;
}

/** Asked at each request, not once a connection: a line taken out of the list stops calls on open connections too. */
export function byCertificate(kernel: Kernel, file: string): Identify {
  let clients = readClients(file);
  let seen = statSync(file).mtimeMs;
  return (req) => {
    try {
      const now = statSync(file).mtimeMs;
      if (now !== seen) {
        seen = now;
        clients = readClients(file);
      }
    } catch (error) {
      kernel.log.error({ error: String(error) }, "exchange clients: the list cannot be read, the last good one stays in force");
    }
    const fingerprint = (req.socket as TLSSocket).getPeerCertificate().fingerprint256;
    const registered = fingerprint ? clients.get(fingerprint) : undefined;
    const at = kernel.host.clock.now();
    return registered && registered.from <= at && at <= registered.until ? registered.subsystems : undefined;
  };
}
