/**
 * A version of the directory told by what is new since one the other side has: Dictionary-Compressed Zstandard (RFC 9842, 5), the
 * older document being the dictionary. Whatever comes out is judged by the signed hash like a document sent whole. Pure.
 */
import { createHash } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** RFC 9842, 5: a skippable frame of 32 bytes, the hash of the dictionary. */
const magic = Buffer.from("5e2a4d1820000000", "hex");
const largest = 64 * 1024 * 1024;
/** A window as wide as both documents: what stands at the start of one is found at the end of the other. 128 MiB is all a reader owes. */
const windowOf = (bytes: number): number => Math.min(27, Math.max(20, Math.ceil(Math.log2(bytes))));
const hashOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

export function pressedBy(dictionary: Buffer, document: Buffer): Buffer {
  const { ZSTD_c_compressionLevel: level, ZSTD_c_windowLog: window } = constants;
  const params = { [level]: 9, [window]: windowOf(dictionary.length + document.length) };
  return Buffer.concat([magic, hashOf(dictionary), zstdCompressSync(document, { dictionary, params })]);
}

/** Undefined when it is of another form, or made for another dictionary. */
export function unpressed(dictionary: Buffer, bytes: Buffer): Buffer | undefined {
  if (!bytes.subarray(0, 8).equals(magic) || !bytes.subarray(8, 40).equals(hashOf(dictionary))) return undefined;
  try {
    const params = { [constants.ZSTD_d_windowLogMax]: 27 };
    return zstdDecompressSync(bytes.subarray(40), { dictionary, maxOutputLength: largest, params });
  } catch {
    return undefined;
  }
}

/** `Available-Dictionary` (RFC 9842, 2.2): a byte sequence of RFC 9651. */
export const dictionaryHeader = (sha256: Uint8Array): string => `:${Buffer.from(sha256).toString("base64")}:`;
export function readDictionaryHeader(value: string | string[] | undefined): Buffer | undefined {
  const found = typeof value === "string" ? /^:([A-Za-z0-9+/]{43}=):$/.exec(value.trim()) : null;
  return found ? Buffer.from(found[1]!, "base64") : undefined;
}
