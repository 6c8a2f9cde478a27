// Checks the 2D code printed on an act, with nothing but this file and the public key list.
//   node verify/code2d.mjs keys.json 'https://…/v#VDE…'       (Node 20 or newer; exit 0 = genuine, 1 = refused)
// In a browser: import { checkCode2d } from './code2d.mjs'. Format: docs/guides/code2d.md.
const DOMAIN = new TextEncoder().encode("Toguna 2D code v1\0");
const NAMES = ["", "type", "number", "name", "birth", "conclusion", "validUntil", "check"];
const PATTERNS = {
  type: /^[a-z0-9-]{1,32}$/,
  number: /^[!-~]{1,40}$/,
  conclusion: /^[a-z0-9-]{1,32}$/,
  check: /^[0-9A-Z]{4,16}$/,
};

const refused = (reason) => ({ ok: false, reason });
const isText = (value) => typeof value === "string";

const fromBase64url = (text) => {
  if (!isText(text) || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.codePointAt(0));
};
const toBase64url = (bytes) =>
  btoa(String.fromCodePoint(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const day = (high, low) => new Date(Date.UTC(2000, 0, 1) + (high * 256 + low) * 86_400_000).toISOString().slice(0, 10);

const readField = (name, value) => {
  if (name === "birth") {
    const [a, b, month, date] = value;
    const year = a * 256 + b;
    if (value.length !== 4 || year === 0 || year > 9999 || month > 12 || date > 31 || (month === 0 && date !== 0)) return undefined;
    return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`;
  }
  if (name === "validUntil") return value.length === 2 ? day(value[0], value[1]) : undefined;
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return undefined;
  }
  if (name === "name") {
    const tidy = text.normalize("NFC").replace(/\s+/gu, " ").trim();
    return value.length <= 96 && tidy === text ? text : undefined;
  }
  return PATTERNS[name].test(text) ? text : undefined;
};

/** The parts of a scanned text, or undefined when it is not one of our codes. */
const read = (scanned) => {
  const text = isText(scanned) ? scanned.trim().split("#").at(-1) : "";
  const bytes = fromBase64url(text);
  if (bytes === undefined || toBase64url(bytes) !== text) return undefined;
  if (bytes.length < 76 || bytes.length > 350 || bytes[0] !== 0x54 || bytes[1] !== 0x31) return undefined;
  const end = bytes.length - 64;
  const fields = { issued: day(bytes[10], bytes[11]) };
  let last = 0;
  for (let at = 12; at < end;) {
    const [id, size] = [bytes[at], bytes[at + 1]];
    const name = NAMES[id];
    if (id <= last || name === undefined || at + 2 >= end || size === 0 || at + 2 + size > end) return undefined;
    const value = readField(name, bytes.subarray(at + 2, at + 2 + size));
    if (value === undefined) return undefined;
    fields[name] = value;
    last = id;
    at += 2 + size;
  }
  if (fields.type === undefined || fields.number === undefined) return undefined;
  return {
    fields,
    keyId: hex(bytes.subarray(2, 10)),
    signed: Uint8Array.from([...DOMAIN, ...bytes.subarray(0, end)]),
    signature: bytes.subarray(end),
  };
};

/**
 * scanned: the text of the code; list: the downloaded key list; today: YYYY-MM-DD, to say whether the act is out of date.
 * Answers { ok: true, fields, issuer, keyId, expired } or { ok: false, reason }.
 */
export const checkCode2d = async (scanned, list, today) => {
  const code = read(scanned);
  if (code === undefined) return refused("malformed");
  if (list?.format !== "toguna-code2d-keys" || list.version !== 1 || !Array.isArray(list.keys)) return refused("unknown-key-list");
  const key = list.keys.find((candidate) => candidate?.id === code.keyId);
  const [x, y] = [fromBase64url(key?.x), fromBase64url(key?.y)];
  if (x?.length !== 32 || y?.length !== 32) return refused("unknown-key");
  const point = Uint8Array.from([4, ...x, ...y]);
  const id = new Uint8Array(await crypto.subtle.digest("SHA-256", point)).subarray(0, 8);
  if (hex(id) !== code.keyId) return refused("unknown-key");
  let genuine = false;
  try {
    const publicKey = await crypto.subtle.importKey("raw", point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    genuine = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, publicKey, code.signature, code.signed);
  } catch {
    return refused("unknown-key"); // a point that is not on the curve
  }
  if (!genuine) return refused("bad-signature");
  if (key.revoked === true) return refused("key-revoked");
  if (!isText(key.from) || !isText(key.until) || code.fields.issued < key.from || code.fields.issued > key.until)
    return refused("key-not-valid-then");
  const expired = isText(today) && code.fields.validUntil !== undefined && code.fields.validUntil < today;
  return { ok: true, fields: code.fields, issuer: key.issuer, keyId: code.keyId, expired };
};

const run = async (keysFile, scanned) => {
  const { readFile } = await import("node:fs/promises");
  const list = JSON.parse(await readFile(keysFile, "utf8"));
  const answer = await checkCode2d(scanned, list, new Date().toISOString().slice(0, 10));
  console.log(JSON.stringify(answer, null, 2));
  process.exitCode = answer.ok ? 0 : 1;
};

// Run as a command only in Node, and only when this very file was asked for.
if (typeof process !== "undefined" && process.argv?.[1] !== undefined) {
  const { pathToFileURL } = await import("node:url");
  if (import.meta.url === pathToFileURL(process.argv[1]).href) {
    if (process.argv.length === 4) await run(process.argv[2], process.argv[3]);
    else {
      console.error("usage: node verify/code2d.mjs keys.json 'https://…/v#…'");
      process.exitCode = 2;
    }
  }
}
