/** Where a service's requests go. */
import { formatQuery } from "../protocol/path.ts";
import type { Envelope } from "./message.ts";

/** `sandbox:/x` leads where the named base listens; anything else is an absolute http(s) address. */
export function resolveUrl(
  base: string,
  bases: ReadonlyMap<string, string>,
  setting: (name: string) => string | undefined,
  e: Pick<Envelope, "path" | "query">,
): string | undefined {
  const named = /^([a-z]+):(\/.*)$/.exec(base);
  let root = base;
  if (named && !/^https?:\/\//.test(base)) {
    const home = setting(`${named[1]}_url`) ?? bases.get(named[1]!) ?? defaultBase(named[1]!, setting);
    if (!home) return undefined;
    root = home + named[2];
  }
  const query = formatQuery(e.query);
  return `${root.replace(/\/$/, "")}${e.path === "/" ? "" : e.path}${query ? `?${query}` : ""}`;
}
const defaultBase = (name: string, setting: (name: string) => string | undefined): string | undefined =>
  name === "sandbox" ? `http://127.0.0.1:${setting("sandbox_port") ?? 8090}` : undefined;
