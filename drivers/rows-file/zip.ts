/** The zip around a workbook: parts by name, unpacked as a stream, never more bytes than allowed whatever the directory says. */
import { fromFd, type Entry, type ZipFile } from "yauzl";
import { unreadable } from "#exchange/ports";
import { bounds } from "./bounds.ts";

export interface Zip {
  has(name: string): boolean;
  part(name: string): AsyncIterable<Uint8Array>;
}

/** `fd` stays the caller's. */
export async function openZip(fd: number): Promise<Zip> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    fromFd(fd, { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true }, (error, file) =>
      error ? reject(unreadable("not-a-workbook")) : resolve(file),
    ),
  );
  const entries = new Map<string, Entry>();
  await new Promise<void>((resolve, reject) => {
    const bad = () => reject(unreadable("not-a-workbook"));
    zip.on("error", bad);
    zip.on("end", resolve);
    zip.on("entry", (entry: Entry) => {
      // The same name twice can be read in two ways; an encrypted part not at all.
      if (entries.has(entry.fileName) || entries.size >= bounds.parts) return bad();
      if (entry.isEncrypted()) return reject(unreadable("encrypted"));
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
  let unpacked = 0;
  return {
    has: (name) => entries.has(name),
    async *part(name) {
      const entry = entries.get(name);
      if (!entry) throw unreadable("not-a-workbook");
      if (entry.uncompressedSize > bounds.unpacked) throw unreadable("unpacks-too-large");
      const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
        zip.openReadStream(entry, (error, opened) => (error ? reject(unreadable("not-a-workbook")) : resolve(opened))),
      );
      try {
        for await (const piece of stream) {
          unpacked += piece.length;
          if (unpacked > bounds.unpacked) throw unreadable("unpacks-too-large");
          yield piece as Buffer;
        }
      } catch (error) {
        throw (error as { fault?: string }).fault === undefined ? unreadable("not-a-workbook") : error;
      }
    },
  };
}
