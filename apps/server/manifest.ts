import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/** What a backup or an export holds: every file with its size and SHA-256, so that a copy can be trusted before it is used. */
export interface Manifest {
  toguna: string;
  kind: "backup" | "export";
  at: string;
  country: string;
  /** Of one gateway's folder. */
  gateway?: true;
  /** The database is not in it: another server keeps it, and backs it up. */
  database?: "elsewhere";
  files: { path: string; bytes: number; sha256: string }[];
}

export function filesBelow(dir: string, base = dir): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
    const path = join(dir, e.name);
    return e.isDirectory() ? filesBelow(path, base) : e.isFile() ? [relative(base, path)] : [];
  });
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

export async function writeManifest(dir: string, m: Omit<Manifest, "files" | "toguna">): Promise<Manifest> {
  const files = [];
  for (const path of filesBelow(dir).sort()) {
    if (path === "MANIFEST.json") continue;
    files.push({ path, bytes: statSync(join(dir, path)).size, sha256: await sha256(join(dir, path)) });
  }
  const manifest: Manifest = { toguna: "0.1.0", ...m, files };
  writeFileSync(join(dir, "MANIFEST.json"), JSON.stringify(manifest, null, 1));
  return manifest;
}

/** Throws on the first file that is missing, changed or of another size, and on files nobody named. */
export async function checkManifest(dir: string, kind: Manifest["kind"]): Promise<Manifest> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(dir, "MANIFEST.json"), "utf8")) as Manifest;
  } catch (cause) {
    throw new Error(`${dir} is not a ${kind}: its MANIFEST.json cannot be read`, { cause });
  }
  if (manifest.kind !== kind) throw new Error(`${dir} is a ${manifest.kind}, not a ${kind}`);
  const named = new Set(manifest.files.map((f) => f.path));
  const stray = filesBelow(dir).filter((p) => p !== "MANIFEST.json" && !named.has(p));
  if (stray.length) throw new Error(`the ${kind} holds files its manifest does not name: ${stray.slice(0, 3).join(", ")}`);
  for (const f of manifest.files) {
    const path = join(dir, f.path);
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size !== f.bytes || (await sha256(path)) !== f.sha256) throw new Error(`the ${kind} is damaged: ${f.path} is missing or changed`);
  }
  return manifest;
}
