/** How the r1 surface speaks: errors as X-Road writes them, answers as the provider's side signed them. */
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { JobContext } from "#kernel";
import type { Answer } from "../../door.ts";
import { failures, type Refusal, refusals } from "../../errors.ts";
import type { Away } from "../../gateway/flow.ts";
import { awaySentence, backAt } from "../../servers/away.ts";

/** How errors are said: `precise` statuses that say what happened; `legacy` the type names X-Road used before 7.8. */
export interface Speech {
  precise: boolean;
  legacy: boolean;
}

export interface R1Error {
  type: string;
  message: string;
  /** The exchange's number: the log knows it. */
  detail: string;
  /** The status that says what happened, where X-Road knows only 400 and 500. */
  precise: number;
  /** Seconds. */
  retryAfter?: number;
}

/** Sentences for the programmer whose call was refused; the types are X-Road's, the words ours. */
const sentences: Record<string, string> = {
  [refusals.purposeMissing.type]:
    "The agreement names purposes and the call names none: say one in Exchange-Purpose, or in X-Road-Issue as purpose or purpose:case.",
  [refusals.answeredByHand.type]: "A person answers this service: it cannot be called while the caller waits.",
  [refusals.unknownServer.type]: "No security server of that identifier is registered.",
  [refusals.notAuthenticated.type]: "This connection has not shown a certificate registered for the client it names.",
  [failures.timeout]: "The institution's system did not answer in time.",
  [failures.notReached]: "The institution's system cannot be reached.",
  [failures.cut]: "The institution's system closed the connection before its answer was whole.",
  [failures.tooLarge]: "The agreement restricts the fields of this answer, and it is larger than the 8 MiB in which fields are told apart.",
  [failures.malformed]: "The institution's system answered something that is not HTTP.",
};
const gatewayTimeout = 504;

export const errorOf = (refusal: Refusal, detail: string, message?: string): R1Error => ({
  // The suffix tells our officials which agreement to mend; programs know X-Road's name.
  type: refusal.type.replace(/^(.*\.access_denied)\..*$/, "$1"),
  message: message ?? sentences[refusal.type] ?? refusal.kind.title.en,
  detail,
  precise: refusal === refusals.notAuthenticated ? 401 : refusal.kind.status,
});

/** This server itself is in maintenance. */
export const awayError = (j: Pick<JobContext, "clock" | "ids">, away: Away): R1Error => ({
  type: failures.maintenance,
  message: awaySentence(away),
  detail: j.ids.uuid(),
  precise: 503,
  retryAfter: backAt(j, away),
});

/** Undefined for what was answered. */
export function errorFrom(a: Answer): R1Error | undefined {
  if (a.outcome === "answered") return undefined;
  if (a.outcome === "refused") return errorOf({ type: a.type, kind: a.problem.kind }, a.exchangeId);
  const type = a.outcome === "pending-person" ? refusals.answeredByHand.type : a.type;
  const doubt = a.outcome === "unknown" ? " The call may have been carried out: do not repeat it before asking." : "";
  const away = a.outcome === "unavailable" ? a.away : undefined;
  return {
    type,
    message: away ? awaySentence(away) : `${sentences[type] ?? "The exchange did not come to an end."}${doubt}`,
    detail: a.exchangeId,
    precise: type === failures.timeout ? gatewayTimeout : away ? 503 : 502,
    ...(away && a.outcome === "unavailable" ? { retryAfter: a.retryAfter } : {}),
  };
}

/** `server.serverproxy.access_denied` was `Server.ServerProxy.AccessDenied` until 7.7. */
const proxies: Record<string, string> = { clientproxy: "ClientProxy", serverproxy: "ServerProxy", io_error: "IOError" };
export const legacyName = (type: string): string =>
  type
    .split(".")
    .map((word) => proxies[word] ?? word.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()))
    .join(".");

const wantsXml = (accept: string | undefined): boolean => /(text\/xml|application\/xml|text\/\*)/i.test(accept ?? "");
export const wantsJson = (accept: string | undefined): boolean => /application\/json/i.test(accept ?? "");
export const escapeXml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    // what XML cannot say even escaped
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");

export function errorBytes(e: R1Error, accept: string | undefined, o: Speech): { type: string; body: string; name: string } {
  const { message, detail } = e;
  const type = o.legacy ? legacyName(e.type) : e.type;
  if (!wantsXml(accept)) return { type: "application/json;charset=utf-8", body: JSON.stringify({ type, message, detail }), name: type };
  const tag = (name: string, text: string) => `<${name}>${escapeXml(text)}</${name}>`;
  return {
    type: "text/xml;charset=utf-8",
    name: type,
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<error>${tag("type", type)}${tag("message", message)}${tag("detail", detail)}</error>`,
  };
}

export const statusOf = (e: R1Error, precise: boolean): number => (precise ? e.precise : e.type.startsWith("server.") ? 500 : 400);

export function sendError(res: ServerResponse, e: R1Error, o: { accept: string | undefined; speech: Speech; close?: boolean }): void {
  const { type, body, name } = errorBytes(e, o.accept, o.speech);
  const status = statusOf(e, o.speech.precise);
  const later = e.retryAfter === undefined ? {} : { "Retry-After": String(e.retryAfter) };
  send(res, status, { "X-Road-Error": name, "Content-Type": type, ...later, ...(o.close ? { Connection: "close" } : {}) }, body);
}

export function send(res: ServerResponse, status: number, headers: OutgoingHttpHeaders, body: string | Buffer): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
}
