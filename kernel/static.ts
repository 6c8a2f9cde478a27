import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Assets } from "./page.ts";

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

export interface StaticFile {
  /** Address with the content's hash in it: cached for ever. */
  url: string;
  type: string;
  plain: Buffer;
  br: Buffer | undefined;
  gzip: Buffer | undefined;
}

/** All files of the asset folders, compressed once at start. */
export function loadAssets(all: readonly Assets[]): { byName: Map<string, StaticFile>; byUrl: Map<string, StaticFile> } {
  const byName = new Map<string, StaticFile>();
  const byUrl = new Map<string, StaticFile>();
  for (const { prefix, dir } of all) {
    for (const name of readdirSync(dir)) {
      const ext = extname(name);
      const type = types[ext];
      if (!type) continue;
      const plain = readFileSync(new URL(name, dir));
      const hash = createHash("sha256").update(plain).digest("hex").slice(0, 10);
      const url = `${prefix}${name.slice(0, -ext.length)}.${hash}${ext}`;
      const small = /text|javascript|json|svg/.test(type) && plain.length > 400;
      const file: StaticFile = {
        url,
        type,
        plain,
        br: small ? brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }) : undefined,
        gzip: small ? gzipSync(plain, { level: 9 }) : undefined,
      };
      byName.set(`${prefix}${name}`, file);
      byUrl.set(url, file);
    }
  }
  return { byName, byUrl };
}

/** Pages are compressed above 1 kB: brotli 4 or gzip 6, whichever the browser takes. */
export function compress(body: Buffer, accept: string | undefined): { body: Buffer; encoding?: string } {
  if (body.length < 1024 || !accept) return { body };
  if (/\bbr\b/.test(accept)) return { body: brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }), encoding: "br" };
  if (/\bgzip\b/.test(accept)) return { body: gzipSync(body), encoding: "gzip" };
  return { body };
}
