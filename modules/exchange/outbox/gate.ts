/**
 * Messages answered later on the r1 port: `Prefer: respond-async` (RFC 7240), or a service that always answers later, gives 202
 * and a status address; there the caller follows its message, and fetches the signed answer, once or again.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JobContext } from "#kernel";
import { directory } from "../directory/snapshot.ts";
import { refusals } from "../errors.ts";
import { errorFrom, errorOf, type R1Error, send } from "../gates/r1/answer.ts";
import type { Catalogue, Visit } from "../gates/r1/metadata.ts";
import { whole } from "../gates/r1/stream.ts";
import { openRaw } from "../gateway/open-raw.ts";
import { intake, largestWhole } from "../gateway/spool.ts";
import { type Header, headerValue } from "../protocol/header.ts";
import { formatIdentifier, parseClient, parseService } from "../protocol/identifier.ts";
import { acceptLater } from "./accept.ts";
import { loggedAnswer } from "./answers.ts";
import { prefersAsync } from "./rules.ts";
import { outboxOf, type OutboxRow, type OutboxState } from "./store.ts";
import { statementsOf } from "./store-statements.ts";

const json = "application/json;charset=utf-8";
const address = (exchange: string): string => `/async/${exchange}`;
/** Seconds before it is worth asking again. */
const hint: Record<string, number> = { queued: 5, "under-way": 5 };

/** Will this call be answered later? */
export async function asksLater(j: JobContext, target: string, headers: readonly Header[]): Promise<boolean> {
  if (prefersAsync(headers)) return true;
  const service = parseService(target.split("?", 1)[0]!.split("/").slice(2, 7).join("/"));
  return service !== undefined && ((await directory(j)).services.get(formatIdentifier(service))?.stored ?? false);
}

interface Call {
  j: JobContext;
  method: string;
  target: string;
  headers: readonly Header[];
  req: IncomingMessage;
  res: ServerResponse;
  fail(e: R1Error): void;
}

/** Rejects as `intake` does when the body cannot be taken in. */
export async function acceptCall({ j, method, target, headers, req, res, fail }: Call): Promise<void> {
  const accepted = await acceptLater(j, async () => {
    const opening = await openRaw(j, { method, target, headers, later: true });
    if ("opened" in opening) opening.opened.body = await intake(j, req, { most: largestWhole });
    return opening;
  });
  if ("answer" in accepted) return fail(errorFrom(accepted.answer)!);
  const row = await j.transaction(({ db }) => outboxOf(db, accepted.exchange), { readOnly: true });
  j.metric.count("exchange_stored_total", { known: String(accepted.known) });
  const { text, wait } = told(row!);
  const head = {
    Location: address(accepted.exchange),
    "Preference-Applied": "respond-async",
    "Retry-After": String(wait ?? 1),
    "Content-Type": json,
  };
  send(res, 202, head, text);
}

/** `/async/<exchange>` and `/async/<exchange>/answer`; undefined when the target is something else. */
export function later(target: string): Catalogue | undefined {
  const [, exchange, answer] = /^\/async\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\/answer)?$/.exec(target.split("?", 1)[0]!) ?? [];
  if (exchange === undefined) return undefined;
  return async (v) => {
    if (v.method !== "GET" && v.method !== "HEAD")
      return v.fail(errorOf(refusals.badRequest, v.j.ids.uuid(), "A status is read with GET."));
    const row = await ownRow(v, exchange);
    if (!row) return unknown(v);
    if (answer) return giveAnswer(v, row);
    const { text, wait, etag } = await status(v.j, row);
    const headers = { "Content-Type": json, ETag: etag, "Cache-Control": "no-store", ...(wait ? { "Retry-After": String(wait) } : {}) };
    if (headerValue(v.headers, "if-none-match") === etag) return send(v.res, 304, headers, "");
    return send(v.res, 200, headers, v.method === "HEAD" ? "" : text);
  };
}

/** Of the client that sent it; for anybody else there is nothing there. */
async function ownRow(v: Visit, exchange: string): Promise<OutboxRow | undefined> {
  const named = parseClient(headerValue(v.headers, "x-road-client") ?? "");
  const client = named && formatIdentifier(named);
  if (!client || (v.allowed !== "any" && !v.allowed.has(client))) return undefined;
  const row = await v.j.transaction(({ db }) => outboxOf(db, exchange), { readOnly: true });
  return row?.client === client ? row : undefined;
}

const unknown = (v: Visit): void => {
  const error = { type: "client.clientproxy.not_found", message: "No message of this client has this address.", detail: v.j.ids.uuid() };
  send(v.res, 404, { "X-Road-Error": error.type, "Content-Type": json }, JSON.stringify(error));
};

/** What a caller is told: queued, under-way, then how it ended. */
const spoken = (state: OutboxState): string => (state === "sent" || state === "received" ? "under-way" : state);

function told(row: OutboxRow, more: object = {}): { text: string; wait: number | undefined; etag: string } {
  const at = (date: Date | null) => date?.toISOString();
  const status = spoken(row.state);
  return {
    wait: hint[status],
    etag: `"${row.state}-${row.endedAt?.getTime() ?? row.sentAt?.getTime() ?? 0}"`,
    text: JSON.stringify({
      status,
      exchange: row.exchange,
      messageId: row.messageId,
      service: row.service,
      acceptedAt: at(row.at),
      expiresAt: at(row.deadline),
      sentAt: at(row.sentAt),
      receivedAt: at(row.receivedAt),
      endedAt: at(row.endedAt),
      ...(row.endedAt && row.why ? { type: row.why } : {}),
      ...(row.state === "answered" ? { answer: `${address(row.exchange)}/answer` } : {}),
      ...more,
    }),
  };
}

/** With the signed word of the institution asked: that the message arrived, or why it was not answered. */
async function status(j: JobContext, row: OutboxRow): Promise<ReturnType<typeof told>> {
  const statements = await j.transaction(({ db }) => statementsOf(db, row.exchange), { readOnly: true });
  return told(row, {
    statements: statements.map((s) => ({
      kind: s.kind,
      at: s.at.toISOString(),
      text: s.text,
      signature: s.signature.toString("base64"),
      certificate: s.certificate,
    })),
  });
}

async function giveAnswer(v: Visit, row: OutboxRow): Promise<void> {
  if (row.state !== "answered") {
    const error = {
      type: row.why ?? "client.clientproxy.not_found",
      message: row.endedAt ? "This message ended without an answer." : "The answer is not here yet.",
      detail: row.exchange,
    };
    const wait = hint[spoken(row.state)];
    return send(
      v.res,
      row.endedAt ? 410 : 409,
      { "X-Road-Error": error.type, "Content-Type": json, ...(wait ? { "Retry-After": String(wait) } : {}) },
      JSON.stringify(error),
    );
  }
  const answer = await v.j.transaction((ctx) => loggedAnswer(ctx, row.exchange, "client"), { readOnly: true });
  if (answer) return whole(v.res, answer.part, answer.body);
  const error = {
    type: "client.clientproxy.not_found",
    message: "The body of this answer has been erased, as its service's rule says; its proof stands.",
    detail: row.exchange,
  };
  send(v.res, 410, { "X-Road-Error": error.type, "Content-Type": json }, JSON.stringify(error));
}
