/** Where a service's requests go. */
/** `sandbox:/x` leads where the named base listens; anything else is an absolute http(s) address. */
export function resolveUrl(
  base: string,
  bases: ReadonlyMap<string, string>,
  setting: (name: string) => string | undefined,
  e: { rawPath: string; rawQuery: string },
): string | undefined {
  const named = /^([a-z]+):(\/.*)$/.exec(base);
  let root = base;
  if (named && !/^https?:\/\//.test(base)) {
    const home = setting(`${named[1]}_url`) ?? bases.get(named[1]!) ?? defaultBase(named[1]!, setting);
    if (!home) return undefined;
    root = home + named[2];
  }
  return `${root.replace(/\/$/, "")}${e.rawPath}${e.rawQuery ? `?${e.rawQuery}` : ""}`;
}
const defaultBase = (name: string, setting: (name: string) => string | undefined): string | undefined =>
  name === "sandbox" ? `http://127.0.0.1:${setting("sandbox_port") ?? 8090}` : undefined;
