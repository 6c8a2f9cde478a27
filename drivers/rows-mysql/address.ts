/** `mysql://user:password@host:port/database?ssl-mode=VERIFY_IDENTITY&ssl-ca=/path/ca.pem` (MySQL's names for URI attributes). */
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "mysql2";

export interface Address {
  config: Pick<ConnectionOptions, "host" | "port" | "user" | "password" | "database" | "ssl" | "socketPath">;
  /** Nobody can listen between: TLS with a verified name, a socket file, or this machine. */
  safe: boolean;
}

/** Undefined: not an address, or an option we do not know (an option ignored could be the one that protected). */
export function addressOf(url: string): Address | undefined {
  if (!URL.canParse(url)) return undefined;
  const at = new URL(url);
  if (!["mysql:", "mariadb:"].includes(at.protocol)) return undefined;
  const options = at.searchParams;
  if ([...options.keys()].some((name) => !["ssl-mode", "ssl-ca", "socket"].includes(name))) return undefined;
  const mode = options.get("ssl-mode") ?? "DISABLED";
  if (!["DISABLED", "VERIFY_IDENTITY"].includes(mode)) return undefined;
  try {
    const host = decodeURIComponent(at.hostname.replace(/^\[|\]$/g, ""));
    const [ca, socketPath] = [options.get("ssl-ca"), options.get("socket")];
    const ssl = { rejectUnauthorized: true, verifyIdentity: true, ...(ca ? { ca: readFileSync(ca, "utf8") } : {}) };
    return {
      config: {
        ...(socketPath ? { socketPath } : { host, port: Number(at.port || 3306) }),
        user: decodeURIComponent(at.username),
        password: decodeURIComponent(at.password),
        database: decodeURIComponent(at.pathname.slice(1)),
        ...(mode === "VERIFY_IDENTITY" ? { ssl } : {}),
      },
      safe: mode === "VERIFY_IDENTITY" || socketPath !== null || ["localhost", "127.0.0.1", "::1"].includes(host),
    };
  } catch {
    return undefined;
  }
}
