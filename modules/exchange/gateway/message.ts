/** Messages as the gateways write them, and the checks each makes on the other's. */
import {
  type Header,
  headerIsSafe,
  headerValue,
  readPart,
  requestHeaders,
  requestPart,
  responseHeaders,
  responsePart,
  sha512,
} from "../protocol/header.ts";
import { formatIdentifier, parseClient, parseService } from "../protocol/identifier.ts";
import { formatQuery } from "../protocol/path.ts";

export interface Envelope {
  /** x-road-request-id: one per exchange. */
  exchange: string;
  /** x-road-id: the client's own number for the message. */
  messageId: string;
  client: string;
  service: string;
  method: string;
  path: string;
  query: Record<string, string> | undefined;
  purpose: string;
  userId: string | undefined;
  issue: string | undefined;
  /** The consent it leans on; empty when what was said is none. */
  consent?: string | undefined;
}

export const consentHeader = "Exchange-Consent";
export const purposeHeader = "Exchange-Purpose";
const protocol = "/r1/";

export const targetOf = (e: Envelope): string => {
  const query = formatQuery(e.query);
  return `${protocol}${e.service}${e.path === "/" ? "" : e.path}${query ? `?${query}` : ""}`;
};

/** Headers of the request, in the order they are signed; undefined when one could break a line. */
export function requestOf(e: Envelope, body: Uint8Array | undefined): { part: string; headers: Header[] } | undefined {
  const own: Header[] = [
    ["X-Road-Client", e.client],
    ...(e.userId === undefined ? [] : [["X-Road-UserId", e.userId] as Header]),
    ...(e.issue === undefined ? [] : [["X-Road-Issue", e.issue] as Header]),
    [purposeHeader, e.purpose],
    ...(e.consent === undefined ? [] : [[consentHeader, e.consent] as Header]),
    ["Accept", "application/json"],
    ...(body ? [["Content-Type", "application/json"] as Header] : []),
  ];
  const headers: Header[] = [...requestHeaders(own), ["x-road-request-id", e.exchange], ["x-road-id", e.messageId]];
  if (!headers.every(headerIsSafe)) return undefined;
  return { part: requestPart(e.method, targetOf(e), headers), headers };
}

const openingHeader = "Exchange-Opening";

/**
 * What is signed before a large body has arrived: the header part and one line more, so that nobody takes it for the message
 * itself without a body. `length` in bytes, where it is known.
 */
export const openingOf = (part: string, length: number | undefined): string => `${part}${openingHeader}:${length ?? "chunked"}\r\n`;

export interface Response {
  status: number;
  reason: string;
  headers: readonly Header[];
}

/** The provider's side adds, in this order, what binds its answer to the request it verified. */
export function responseOf(r: Response, e: Envelope, hash: string): { part: string; headers: Header[] } {
  const headers: Header[] = [
    ...responseHeaders(r.headers).filter(headerIsSafe),
    ["x-road-id", e.messageId],
    ["x-road-client", e.client],
    ["x-road-service", e.service],
    ["x-road-request-id", e.exchange],
    ["x-road-request-hash", hash],
  ];
  return { part: responsePart(r.status, r.reason.replace(/[^\t\x20-\x7e]/g, ""), headers), headers };
}

/** The bytes a signature covers: both hashes, so that it can be checked after the body has been erased. */
export function signedBytes(part: string, bodyHash: Uint8Array | undefined): Buffer {
  const head = sha512(part);
  return bodyHash ? Buffer.concat([head, bodyHash]) : head;
}

export const hashOf = (body: Uint8Array | undefined): Buffer | undefined => (body && body.length > 0 ? sha512(body) : undefined);

/** Is this the answer to what was asked? Every binding header must say so, each once. */
export function bindsTo(part: string, e: Envelope, requestHash: string): boolean {
  const read = readPart(part);
  if (!read) return false;
  const expected: Record<string, string> = {
    "x-road-id": e.messageId,
    "x-road-client": e.client,
    "x-road-service": e.service,
    "x-road-request-id": e.exchange,
    "x-road-request-hash": requestHash,
  };
  return Object.entries(expected).every(
    ([name, value]) => headerValue(read.headers, name) === value && read.headers.filter(([one]) => one.toLowerCase() === name).length === 1,
  );
}

/** Path below the service and query as signed, to be forwarded as they are. */
export type Received = Envelope & { rawPath: string; rawQuery: string };

/** Changes nothing at the provider, so it may be asked again. */
export const isReading = (method: string): boolean => ["GET", "HEAD", "OPTIONS", "TRACE"].includes(method);

/**
 * Why the question is asked: our own header, or, for software that knows X-Road's headers only, the issue written `purpose` or
 * `purpose:case`. Said twice, a purpose is not said.
 */
function intentOf(headers: readonly Header[]): { purpose: string | undefined; issue: string | undefined } {
  const said = headers.filter(([name]) => name.toLowerCase() === purposeHeader.toLowerCase());
  const issue = headerValue(headers, "x-road-issue");
  if (said.length > 0) return { purpose: said.length === 1 ? said[0]![1] : undefined, issue };
  const [, purpose, rest] = /^([a-z0-9-]{1,200})(?::(.+))?$/.exec(issue ?? "") ?? [];
  return purpose === undefined ? { purpose, issue } : { purpose, issue: rest };
}

/** A number, said once; anything else is no consent, and not nothing either. */
function consentIn(headers: readonly Header[]): string | undefined {
  const [said, ...more] = headers.filter(([name]) => name.toLowerCase() === consentHeader.toLowerCase());
  if (!said) return undefined;
  return more.length === 0 && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(said[1]) ? said[1] : "";
}

/** What the provider's side reads from a signed request: the signed text is the only source. */
export function readRequest(part: string): Received | undefined {
  const read = readPart(part);
  if (!read) return undefined;
  const [method, target] = read.first;
  const { headers } = read;
  const mark = target.indexOf("?");
  const full = mark < 0 ? target : target.slice(0, mark);
  if (!full.startsWith(protocol)) return undefined;
  const pieces = full.slice(protocol.length).split("/");
  const one = (name: string) => headerValue(headers, name);
  const [exchange, messageId] = [one("x-road-request-id"), one("x-road-id")];
  const { purpose, issue } = intentOf(headers);
  // One spelling per identifier, however the caller percent-encoded it; the signed text keeps his.
  const client = parseClient(one("x-road-client") ?? "");
  const service = parseService(pieces.slice(0, 5).join("/"));
  if (!client || !service || !exchange || !messageId || !purpose || one(openingHeader) !== undefined) return undefined;
  const rawQuery = mark < 0 ? "" : target.slice(mark + 1);
  // What two readers could take differently (a name said twice, `+`, `;`, a bare character) is not a question.
  if (!/^[A-Za-z0-9\-._~!$'()*,:@/?&=%]*$/.test(rawQuery)) return undefined;
  const query = new URLSearchParams(rawQuery);
  if (new Set(query.keys()).size !== query.size) return undefined;
  return {
    exchange,
    messageId,
    client: formatIdentifier(client),
    service: formatIdentifier(service),
    method,
    path: `/${pieces.slice(5).join("/")}`,
    rawPath: pieces.length > 5 ? `/${pieces.slice(5).join("/")}` : "",
    query: Object.fromEntries(query),
    rawQuery,
    purpose,
    userId: one("x-road-userid"),
    issue,
    consent: consentIn(headers),
  };
}
