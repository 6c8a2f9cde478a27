// The document store: what neighbours keep, read and remove.
import { join } from "node:path";
import { type Context, type JobContext, sweep } from "#kernel";
import { type Blobs, BlobDamaged, BlobMissing, createBlobs } from "./blobs.ts";
import { fileKept, fileRemoved } from "./facts.ts";
import { fileDamaged, fileEmpty, fileUnknown, noSpace } from "./problems.ts";
import * as store from "./store.ts";

export interface NewFile {
  bytes: Uint8Array;
  mediaType: string;
  /** As the reader will save it. */
  name?: string;
  /** Whose it is (pseudonymous id), and which institution holds it: these two may see it, nobody else. */
  person?: string;
  institution?: string;
  /** Removed after this moment. */
  keepUntil?: Date;
}

export interface FileInfo {
  id: string;
  /** Hexadecimal. */
  sha256: string;
  size: number;
  mediaType: string;
  name?: string;
  person?: string;
  institution?: string;
  createdAt: Date;
}

type Where = Pick<Context, "config" | "secret">;
const opened = new Map<string, Blobs>();
const blobs = (at: Where): Blobs => {
  const root = join(at.config.dataDir, "files");
  const known = opened.get(root) ?? createBlobs(root, at.secret("documents.files"));
  opened.set(root, known);
  return known;
};

const infoOf = (row: store.FileRow): FileInfo => ({
  id: row.id,
  sha256: row.sha256.toString("hex"),
  size: row.size,
  mediaType: row.mediaType,
  ...(row.name === null ? {} : { name: row.name }),
  ...(row.person === null ? {} : { person: row.person }),
  ...(row.institution === null ? {} : { institution: row.institution }),
  createdAt: row.createdAt,
});

/** A name fit for a download: one line, no path, nothing a shell or a header could mistake. */
export const fileName = (name: string): string =>
  name
    .normalize("NFC")
    .replace(/[\p{C}"\\/:*?<>|;]+/gu, "-")
    .replace(/^[.\s-]+/, "")
    .slice(0, 120)
    .trim() || "document";

const full = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** The content is on disk before the row commits: a rollback leaves an orphan for the sweep, never a row without content. */
export const keepFile = async (ctx: Context, file: NewFile): Promise<{ id: string; sha256: string; size: number }> => {
  if (file.bytes.length === 0) throw fileEmpty();
  const now = ctx.clock.now();
  const { blob, sha256 } = await blobs(ctx)
    .put(file.bytes, { nonce: ctx.ids.bytes(12), now })
    .catch((cause: NodeJS.ErrnoException) => {
      if (full.has(cause.code ?? "")) throw noSpace({ cause, retryAfter: 300 });
      throw cause;
    });
  const row: store.FileRow = {
    id: ctx.ids.uuid(),
    blob,
    sha256,
    size: file.bytes.length,
    mediaType: file.mediaType,
    name: file.name === undefined ? null : fileName(file.name),
    person: file.person ?? null,
    institution: file.institution ?? null,
    createdAt: now,
    keepUntil: file.keepUntil ?? null,
  };
  await store.insert(ctx.db, row);
  const hex = sha256.toString("hex");
  await ctx.record(fileKept, `file:${row.id}`, { sha256: hex, size: row.size, mediaType: row.mediaType });
  return { id: row.id, sha256: hex, size: row.size };
};

/** What is known of a file the caller may see. */
export const fileInfo = async (ctx: Context, id: string): Promise<FileInfo | undefined> => {
  const row = await store.byId(ctx.db, id);
  return row === undefined ? undefined : infoOf(row);
};

/**
 * The content. Reading somebody's file is a personal read: say the purpose and it is recorded here, or say that your
 * contract's `personal` records it.
 */
export const readFile = async (
  ctx: Context,
  id: string,
  why: { purpose: string } | { recorded: true },
): Promise<FileInfo & { bytes: Uint8Array }> => {
  const row = await store.byId(ctx.db, id);
  if (row === undefined) throw fileUnknown();
  if ("purpose" in why && row.person !== null) await ctx.recordRead(row.person, why.purpose, "documents.read-file");
  const bytes = await blobs(ctx)
    .get(row.blob, row.sha256)
    .catch((cause: unknown) => {
      if (!(cause instanceof BlobDamaged || cause instanceof BlobMissing)) throw cause;
      ctx.log.error({ file: id, missing: cause instanceof BlobMissing }, "file content is damaged");
      throw fileDamaged({ cause });
    });
  return { ...infoOf(row), bytes };
};

const drop = async (ctx: Context, row: store.FileRow, why: string): Promise<void> => {
  // Somebody else's removal of the same file needs no second fact.
  if ((await store.remove(ctx.db, row.id)) === 1)
    await ctx.record(fileRemoved, `file:${row.id}`, { sha256: row.sha256.toString("hex"), why });
};

/** The row goes now; the content with the next sweep, unless another row shares it. */
export const removeFile = async (ctx: Context, id: string, why = "asked"): Promise<void> => {
  const row = await store.byId(ctx.db, id);
  if (row === undefined) throw fileUnknown();
  await drop(ctx, row, why);
};

const ORPHAN_AGE = 24 * 3600 * 1000;

/** Files past their keeping time, then contents no row names: left by rollbacks, removals and crashes. */
export const tidy = sweep("documents.tidy", { seconds: 6 * 3600 }, async (j: JobContext) => {
  await j.transaction(async (ctx) => {
    for (const row of await store.outlived(ctx.db, ctx.clock.now())) await drop(ctx, row, "kept-long-enough");
  });
  const before = new Date(j.clock.now().getTime() - ORPHAN_AGE);
  const removed = await blobs(j).sweep(before, (names) => j.transaction((ctx) => store.known(ctx.db, names)));
  if (removed > 0) j.log.info({ removed }, "orphan files removed");
});
