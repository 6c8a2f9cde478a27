// File contents on disk: named by content, encrypted, whole or absent. A row in PostgreSQL says who may see which.
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, readFile, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

const MAGIC = Buffer.from("TGF1");
const [NONCE, TAG] = [12, 16];
const TEMPORARY = ".part";

export class BlobDamaged extends Error {}
export class BlobMissing extends Error {}

export interface Blobs {
  /** Name of what `bytes` are, once they are safely on disk. */
  put(bytes: Uint8Array, o: { nonce: Uint8Array; now: Date }): Promise<{ blob: string; sha256: Buffer }>;
  get(blob: string, sha256: Uint8Array): Promise<Uint8Array>;
  /** Removes what `isKnown` does not list and nobody touched since `before`; returns how many. */
  sweep(before: Date, isKnown: (blobs: string[]) => Promise<Set<string>>): Promise<number>;
}

/** The one place where bytes meet the disk; a test replaces it by a disk that is full. */
export type WriteAll = (handle: FileHandle, bytes: Uint8Array) => Promise<void>;

export const sha256Of = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

export const createBlobs = (root: string, secret: Uint8Array, writeAll: WriteAll = (handle, bytes) => handle.writeFile(bytes)): Blobs => {
  // Two keys from one secret: names must not tell whether a known document is here.
  const derive = (use: string): Buffer => Buffer.from(hkdfSync("sha256", secret, "", `toguna files ${use}`, 32));
  const [nameKey, contentKey] = [derive("names"), derive("contents")];
  const nameOf = (sha256: Uint8Array): string => createHmac("sha256", nameKey).update(sha256).digest("hex");
  const folderOf = (blob: string): string => join(root, blob.slice(0, 2));
  const pathOf = (blob: string): string => join(folderOf(blob), blob);

  const seal = (bytes: Uint8Array, sha256: Uint8Array, nonce: Uint8Array): Buffer => {
    const cipher = createCipheriv("aes-256-gcm", contentKey, nonce).setAAD(sha256);
    return Buffer.concat([MAGIC, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  };
  const unseal = (sealed: Buffer, sha256: Uint8Array): Uint8Array => {
    const body = MAGIC.length + NONCE;
    if (sealed.length < body + TAG || !sealed.subarray(0, MAGIC.length).equals(MAGIC)) throw new BlobDamaged();
    const decipher = createDecipheriv("aes-256-gcm", contentKey, sealed.subarray(MAGIC.length, body)).setAAD(sha256);
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(body, sealed.length - TAG)), decipher.final()]);
    } catch {
      throw new BlobDamaged();
    }
  };
  const syncFolder = async (folder: string): Promise<void> => {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  };

  return {
    async put(bytes, { nonce, now }) {
      const sha256 = sha256Of(bytes);
      const blob = nameOf(sha256);
      const path = pathOf(blob);
      // Already here: touched, so that a sweep under way leaves it alone.
      const here = await utimes(path, now, now).then(
        () => true,
        () => false,
      );
      if (here) return { blob, sha256 };
      const folder = folderOf(blob);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = `${path}.${Buffer.from(nonce).toString("hex")}${TEMPORARY}`;
      try {
        const handle = await open(temporary, "wx", 0o600);
        try {
          await writeAll(handle, seal(bytes, sha256, nonce));
          await handle.utimes(now, now);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(temporary, path);
        await syncFolder(folder);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      return { blob, sha256 };
    },
    async get(blob, sha256) {
      const sealed = await readFile(pathOf(blob)).catch((error: NodeJS.ErrnoException) => {
        throw error.code === "ENOENT" ? new BlobMissing() : error;
      });
      const bytes = unseal(sealed, sha256);
      if (!sha256Of(bytes).equals(sha256)) throw new BlobDamaged();
      return bytes;
    },
    async sweep(before, isKnown) {
      let removed = 0;
      for (const folder of await readdir(root).catch(() => [])) {
        const names = await readdir(join(root, folder));
        const known = await isKnown(names.filter((name) => !name.endsWith(TEMPORARY)));
        for (const name of names.filter((one) => !known.has(one))) {
          const path = join(root, folder, name);
          // Asked again just before: a keeper may have touched it meanwhile.
          const touched = await stat(path).catch(() => undefined);
          if (touched === undefined || touched.mtime >= before) continue;
          await rm(path, { force: true });
          removed += 1;
        }
      }
      return removed;
    },
  };
};
