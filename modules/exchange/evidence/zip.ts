/** A zip file as containers need it (PKWARE APPNOTE 6.3): whole entries in memory, stored or deflated, a comment; below 4 GB. Pure. */
import { crc32, deflateRawSync } from "node:zlib";

export interface Entry {
  name: string;
  bytes: Uint8Array | string;
  /** As it is: what a reader must find without inflating. */
  stored?: boolean;
}

const utf8Names = 0x0800;

/** MS-DOS date and time, UTC, two-second steps. */
const dosTime = (at: Date): [time: number, date: number] => [
  (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  ((Math.max(at.getUTCFullYear(), 1980) - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
];

export function zip(entries: readonly Entry[], at: Date, comment = ""): Buffer {
  const [time, date] = dosTime(at);
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const e of entries) {
    const bytes = typeof e.bytes === "string" ? Buffer.from(e.bytes, "utf8") : Buffer.from(e.bytes);
    const data = e.stored ? bytes : deflateRawSync(bytes);
    const name = Buffer.from(e.name, "utf8");
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(utf8Names, 2);
    fields.writeUInt16LE(e.stored ? 0 : 8, 4);
    fields.writeUInt16LE(time, 6);
    fields.writeUInt16LE(date, 8);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(name.length, 22);
    files.push(Buffer.from("504b0304", "hex"), fields, name, data);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("504b01021403", "hex"), fields, place, name);
    offset += 30 + name.length + data.length;
  }
  const index = Buffer.concat(directory);
  const note = Buffer.from(comment, "latin1");
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(note.length, 20);
  return Buffer.concat([...files, index, end, note]);
}
