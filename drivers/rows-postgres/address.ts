/** `postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=/path/ca.pem` */
import { readFileSync } from "node:fs";
import type { ClientConfig } from "pg";

export interface Address {
  config: Pick<ClientConfig, "host" | "port" | "user" | "password" | "database" | "ssl">;
  /** Nobody can listen between: TLS with a verified name, a socket file, or this machine. */
  safe: boolean;
}

/** Undefined: not an address, or an option we do not know (an option ignored could be the one that protected). */
export function addressOf(url: string): Address | undefined {
  if (!URL.canParse(url)) return undefined;
  const at = new URL(url);
  if (!["postgres:", "postgresql:"].includes(at.protocol)) return undefined;
  const options = at.searchParams;
  if ([...options.keys()].some((name) => !["sslmode", "sslrootcert", "host"].includes(name))) return undefined;
  const mode = options.get("sslmode") ?? "disable";
  if (!["disable", "verify-full"].includes(mode)) return undefined;
  try {
    const host = options.get("host") ?? decodeURIComponent(at.hostname.replace(/^\[|\]$/g, ""));
    const ca = options.get("sslrootcert");
    return {
      config: {
        host,
        port: Number(at.port || 5432),
        user: decodeURIComponent(at.username),
        password: decodeURIComponent(at.password),
        database: decodeURIComponent(at.pathname.slice(1)),
        ...(mode === "verify-full" ? { ssl: { rejectUnauthorized: true, ...(ca ? { ca: readFileSync(ca, "utf8") } : {}) } } : {}),
      },
      safe: mode === "verify-full" || host.startsWith("/") || ["localhost", "127.0.0.1", "::1"].includes(host),
    };
  } catch {
    return undefined;
  }
}
