import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** Where the server finds the built files; they are served under `prefix` with their hash in the name, for ever. */
export const staticDir = new URL("./static/", import.meta.url);
export const staticPrefix = "/assets";

const hashed = new Map<string, string>(
  readdirSync(staticDir).map((name) => {
    const hash = createHash("sha256")
      .update(readFileSync(new URL(name, staticDir)))
      .digest("hex")
      .slice(0, 10);
    const dot = name.lastIndexOf(".");
    return [name, `${staticPrefix}/${name.slice(0, dot)}.${hash}${name.slice(dot)}`];
  }),
);

/** The address of a built file, e.g. `/assets/toguna.1a2b3c4d5e.css`. */
export function asset(name: string): string {
  const url = hashed.get(name);
  if (!url) throw new Error(`ui/static/${name} does not exist: run node ui/build.mjs`);
  return url;
}
