/** Files an institution drops in a folder: CSV and XLSX, read line by line. Only plain files, only in the folder itself. */
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { provide } from "#kernel";
import { type DropDriver, dropFolder, type FileSeen, type Line, unreadable } from "#exchange/ports";
import { bounds } from "./bounds.ts";
import { csvLines } from "./csv.ts";
import { sheetLines } from "./sheet.ts";

const mostFiles = 1000;

export const filesOfFolders: DropDriver = {
  async files(folder) {
    const seen: FileSeen[] = [];
    for (const entry of (await readdir(folder, { withFileTypes: true })).slice(0, 10 * mostFiles)) {
      // a link leads where it likes, a pipe never ends
      if (!entry.isFile() || seen.length >= mostFiles) continue;
      const at = await lstat(join(folder, entry.name)).catch(() => undefined);
      if (at?.isFile()) seen.push({ name: entry.name, size: at.size, modified: at.mtime });
    }
    return seen;
  },
  async *lines(folder, file, format, signal): AsyncGenerator<Line[], void> {
    if (file.name !== basename(file.name) || file.name === ".." || file.name === ".") throw unreadable("not-a-file");
    const handle = await open(join(folder, file.name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => {
      throw unreadable("gone");
    });
    try {
      await unchanged(handle, file);
      if (file.size > bounds.file) throw unreadable("too-large");
      const lines = format.format === "csv" ? csvLines(bytesOf(handle), format) : (await magic(handle), sheetLines(handle.fd, format));
      for await (const portion of lines) {
        if (signal.aborted) throw unreadable("gone");
        yield portion;
      }
      // What was written into it meanwhile may be half of something.
      await unchanged(handle, file);
    } finally {
      await handle.close();
    }
  },
};

async function unchanged(handle: FileHandle, file: FileSeen): Promise<void> {
  const at = await handle.stat();
  if (!at.isFile()) throw unreadable("not-a-file");
  if (at.size !== file.size || at.mtime.getTime() !== file.modified.getTime()) throw unreadable("changed");
}

async function* bytesOf(handle: FileHandle): AsyncGenerator<Uint8Array, void> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(128 * 1024), position });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A zip; or the older container that Office wraps around an encrypted workbook (and around .xls). */
async function magic(handle: FileHandle): Promise<void> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
  const start = buffer.toString("hex", 0, bytesRead);
  if (start.startsWith("504b0304")) return;
  throw unreadable(start === "d0cf11e0a1b11ae1" ? "encrypted" : "not-a-workbook");
}

export const rowsFile = provide(dropFolder, () => filesOfFolders);
