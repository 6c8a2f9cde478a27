// Reads a zip file whole (PKWARE APPNOTE): stored and deflated entries, by the directory at its end. Doubtful files are refused.
import * as zlib from "node:zlib";

const largest = 1 << 30;

/** Name -> bytes, in the directory's order. Throws with what is wrong. */
export function unzip(file) {
  const end = endOf(file);
  const count = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  const entries = new Map();
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== 0x02014b50) throw new Error("the directory of the zip file is damaged");
    const [flags, method] = [file.readUInt16LE(at + 8), file.readUInt16LE(at + 10)];
    const [sum, packed, size] = [file.readUInt32LE(at + 16), file.readUInt32LE(at + 20), file.readUInt32LE(at + 24)];
    const [nameLength, extra, note] = [file.readUInt16LE(at + 28), file.readUInt16LE(at + 30), file.readUInt16LE(at + 32)];
    const name = file.subarray(at + 46, at + 46 + nameLength).toString("utf8");
    const local = file.readUInt32LE(at + 42);
    at += 46 + nameLength + extra + note;
    if (flags & 1) throw new Error(`${name} is encrypted`);
    total += size;
    if (total > largest) throw new Error("the zip file would unpack to more than 1 GiB");
    if (local + 30 > file.length || file.readUInt32LE(local) !== 0x04034b50) throw new Error(`${name} is not where the directory says`);
    const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const data = file.subarray(start, start + packed);
    if (data.length !== packed || (method !== 0 && method !== 8)) throw new Error(`${name} cannot be unpacked`);
    const bytes = method === 0 ? data : zlib.inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
    // node before 20.15 has no crc32
    if (bytes.length !== size || (zlib.crc32?.(bytes) !== undefined && zlib.crc32(bytes) !== sum)) throw new Error(`${name} is damaged`);
    // two entries of one name show two readers two files
    if (entries.has(name)) throw new Error(`${name} is there twice`);
    entries.set(name, Buffer.from(bytes));
  }
  return entries;
}

function endOf(file) {
  for (let at = file.length - 22; at >= Math.max(0, file.length - 22 - 0xffff); at--)
    if (file.readUInt32LE(at) === 0x06054b50 && at + 22 + file.readUInt16LE(at + 20) === file.length) return at;
  throw new Error("this is not a zip file");
}
