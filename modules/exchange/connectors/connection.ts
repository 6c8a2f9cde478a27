/** What an operator set for a connection: `TOGUNA_CONNECTOR_<NAME>_URL` or `_FOLDER`, and `_INSTITUTION`, whose it is. */
import type { PublicConfig } from "#kernel";

export type Connection = { kind: "postgres" | "mysql"; url: string; needsTls: boolean } | { kind: "folder"; folder: string };

/** Undefined: not set, or another institution's; nobody is told which. */
export function connectionOf(
  config: Pick<PublicConfig, "setting" | "production">,
  name: string,
  institution: string,
): Connection | undefined {
  const set = (what: string) => config.setting(`connector_${name}_${what}`);
  if (set("institution") !== institution) return undefined;
  const [url, folder] = [set("url"), set("folder")];
  if (folder !== undefined && url === undefined) return { kind: "folder", folder };
  if (url === undefined || folder !== undefined) return undefined;
  const kind = /^postgres(ql)?:/.test(url) ? "postgres" : /^(mysql|mariadb):/.test(url) ? "mysql" : undefined;
  return kind && { kind, url, needsTls: config.production };
}
