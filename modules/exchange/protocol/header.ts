/** The header part of a message: the bytes that are signed and logged (PR-REST 1.0.4), and the request hash built on it. */
import { createHash } from "node:crypto";

export type Header = readonly [name: string, value: string];

/** Hop-by-hop and self-made headers: dropped both ways. */
const dropped = new Set(
  (
    "transfer-encoding keep-alive proxy-authenticate proxy-authorization te trailer upgrade connection user-agent host " +
    "content-length server expect"
  ).split(" "),
);
/** Only the gateways may say these. */
const droppedFromRequest = new Set(["x-road-request-id", "x-road-request-hash"]);
const droppedFromResponse = new Set(
  // an error of ours carries x-road-error; a provider that says it would pass its own error for ours
  ["x-road-id", "x-road-client", "x-road-service", "x-road-request-id", "x-road-request-hash", "x-road-error"],
);

export const requestHeaders = (headers: readonly Header[]): Header[] =>
  headers.filter(([name]) => !dropped.has(name.toLowerCase()) && !droppedFromRequest.has(name.toLowerCase()));
export const responseHeaders = (headers: readonly Header[]): Header[] =>
  headers.filter(([name]) => !dropped.has(name.toLowerCase()) && !droppedFromResponse.has(name.toLowerCase()));

/** A value that holds a line end would be two headers once signed; it is never written. */
export const headerIsSafe = ([name, value]: Header): boolean => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && !/(?!\t)\p{Cc}/u.test(value);

/** Header parts are UTF-8; Node hands bytes over as Latin-1 characters and takes them back so. What is not UTF-8 stays what Node read. */
export function headersRead(raw: readonly string[]): Header[] {
  const headers: Header[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) headers.push([raw[i]!, fromWire(raw[i + 1]!)]);
  return headers;
}
function fromWire(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}
export const onTheWire = ([name, value]: Header): Header => [name, Buffer.from(value, "utf8").toString("latin1")];

const lines = (first: readonly string[], headers: readonly Header[]): string =>
  [...first, ...headers.map(([name, value]) => `${name}:${value}`)].map((line) => `${line}\r\n`).join("");

/** `target` = raw path and, after `?`, raw query. */
export const requestPart = (method: string, target: string, headers: readonly Header[]): string => lines([method, target], headers);

/** An empty reason keeps its line. */
export const responsePart = (status: number, reason: string, headers: readonly Header[]): string =>
  lines([String(status), reason], headers);

/** Splits a header part back; undefined when it is not one. */
export function readPart(part: string): { first: [string, string]; headers: Header[] } | undefined {
  if (!part.endsWith("\r\n") || !part.isWellFormed()) return undefined;
  const [one, two, ...rest] = part.slice(0, -2).split("\r\n");
  if (one === undefined || two === undefined) return undefined;
  // A lone line end or another control character would split a line for somebody else.
  if ([one, two, ...rest].some((line) => /(?!\t)\p{Cc}/u.test(line))) return undefined;
  const headers: Header[] = [];
  for (const line of rest) {
    const colon = line.indexOf(":");
    if (colon < 1) return undefined;
    headers.push([line.slice(0, colon), line.slice(colon + 1)]);
  }
  return { first: [one, two], headers };
}

/** The last wins, as for a repeated X-Road-Client. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  return headers.findLast(([one]) => one.toLowerCase() === name.toLowerCase())?.[1];
}

export const sha512 = (bytes: Uint8Array | string): Buffer => createHash("sha512").update(bytes).digest();

/** Digest of a message: what is signed, and in base64 the x-road-request-hash. A body of zero bytes counts as none. */
export function messageDigest(part: string, body?: Uint8Array | { hash: Uint8Array }): Buffer {
  const head = sha512(part);
  if (body === undefined || (body instanceof Uint8Array && body.length === 0)) return head;
  const bodyHash = body instanceof Uint8Array ? sha512(body) : body.hash;
  // One hash over the header part alone, or over both hashes: the two forms X-Road defines.
  return sha512(Buffer.concat([head, bodyHash]));
}

export const requestHash = (part: string, body?: Uint8Array): string => messageDigest(part, body).toString("base64");
