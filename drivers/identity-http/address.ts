import type { Host } from "#kernel";
import { outsideSystems } from "#identity/ports";

export interface HttpOptions {
  /** The system's own address. */
  url?: string;
  /** Below which the country's path for it is found: the demonstration's outside. */
  base?: string;
}

/** Configured address, else the country's path below the outside world of the demonstration, else none. */
export function addressOf(host: Host, system: "identity-register" | "sim-changes", setting: string, o: HttpOptions): string | undefined {
  const own = o.url ?? host.config.setting(setting);
  if (own) return own;
  const base = o.base ?? host.config.setting("sandbox_url") ?? `http://127.0.0.1:${host.config.setting("sandbox_port") ?? "8090"}`;
  const path = host.country.get(outsideSystems).find((s) => s.system === system)?.path;
  return path ? `${base}${path}` : undefined;
}
