/**
 * The client-facing REST surface of X-Road (r1): what an institution's information system calls. It authenticates the system,
 * reads the message, and hands it to the same gateway that `ask` uses; there is no second way through.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JobContext } from "#kernel";
import { refusals, type Refusal } from "../../errors.ts";
import { carry } from "../../gateway/ask.ts";
import { openRaw } from "../../gateway/open-raw.ts";
import { acceptCall, asksLater, later } from "../../outbox/gate.ts";
import { takeIn, whySpoilt } from "../../gateway/spool.ts";
import { type Header, headersRead, headerValue } from "../../protocol/header.ts";
import { formatIdentifier, parseClient } from "../../protocol/identifier.ts";
import { bookOf, ownMaintenance } from "../../servers/book.ts";
import { during } from "../../servers/running.ts";
import { awayError, errorBytes, errorFrom, errorOf, type R1Error, sendError, type Speech } from "./answer.ts";
import { sendAnswering } from "./stream.ts";
import { bodyProblem, passedOver } from "./body.ts";
import { govstackConfiguration } from "../govstack/serve.ts";
import { evidence } from "./evidence.ts";
import { spoken } from "./govstack.ts";
import { govstackDirectory } from "./govstack-directory.ts";
import { metadata } from "./metadata.ts";
import { operations } from "./operations.ts";

/** Subsystems the system behind this connection may speak for; undefined: it has not shown who it is. */
export type Identify = (req: IncomingMessage) => "any" | ReadonlySet<string> | undefined;

export interface R1 {
  request(req: IncomingMessage, res: ServerResponse): void;
  /** What Node's parser refused, said in the protocol's words. */
  malformed(): string;
  /** The same once a request has begun and its body cannot be read on. */
  spoilt(res: ServerResponse): void;
}

const verbs = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]);
const mostAtOnce = 2000;

export function r1(job: () => JobContext, o: { identify: Identify } & Speech): R1 {
  let underWay = 0;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const j = job();
    const headers = spoken(headersRead(req.rawHeaders));
    const accept = headerValue(headers, "accept");
    const fail = (e: R1Error, close = false): void => {
      j.log.info({ exchange: e.detail, type: e.type }, "r1 refused");
      const say = () => sendError(res, e, { accept, speech: o, close: close || !req.complete });
      if (req.complete) say();
      else void passedOver(req).then(say);
    };
    const refuse = (r: Refusal, message?: string) => fail(errorOf(r, j.ids.uuid(), message), true);
    const target = req.url ?? "";
    const method = req.method ?? "";
    try {
      const allowed = o.identify(req);
      if (allowed === undefined) return refuse(refusals.notAuthenticated);
      if (!verbs.has(method)) return refuse(refusals.badRequest, "X-Road knows DELETE GET HEAD OPTIONS PATCH POST PUT TRACE.");
      if (/[^\x21-\x7e]/.test(target)) return refuse(refusals.badRequest);
      const catalogue =
        metadata(target) ??
        govstackConfiguration(target) ??
        govstackDirectory(target) ??
        evidence(target) ??
        operations(target) ??
        later(target);
      if (!catalogue && !target.startsWith("/r1/"))
        return refuse(refusals.badRequest, "Calls start with /r1/, the catalogue is /listClients.");
      if (!mayName(allowed, headers)) return refuse(refusals.notAuthenticated);
      if (underWay >= mostAtOnce) return refuse(refusals.crowded, "Too many calls at once: ask again in a moment.");
      underWay += 1;
      try {
        if (catalogue) return await catalogue({ j, method, headers, accept, allowed, res, fail });
        if (await asksLater(j, target, headers)) return await acceptCall({ j, method, target, headers, req, res, fail });
        // what may wait was taken in above; nothing else begins that could not end
        const away = ownMaintenance(j);
        if (away) return fail(awayError(j, { server: bookOf(j)!.self!, ...away }), true);
        await during(j, async () => {
          const carried = await carry(j, async () => {
            const opening = await openRaw(j, { method, target, headers });
            if ("opened" in opening) Object.assign(opening.opened, await takeIn(j, req, announced(req)));
            return opening;
          });
          if (!carried.answering) return fail(errorFrom(carried.answer)!);
          const instead = await sendAnswering(res, carried.answering);
          if (instead) fail(errorFrom(instead)!);
        });
      } finally {
        underWay -= 1;
      }
    } catch (error) {
      const spoilt = whySpoilt(error);
      if (spoilt === "cut") return void res.destroy();
      if (spoilt) return refuse(...bodyProblem(spoilt));
      const e = {
        ...errorOf(refusals.internal, j.ids.uuid()),
        precise: 500,
        message: "The exchange failed inside; nothing is known of the call but its number.",
      };
      j.log.error({ exchange: e.detail, error: String((error as Error)?.stack ?? error) }, "r1");
      fail(e, true);
    }
  }

  const unreadable = () => errorOf(refusals.badRequest, job().ids.uuid(), "This is not a request that can be read in one way only.");
  return {
    request: (req, res) => void answer(req, res),
    spoilt: (res) => sendError(res, unreadable(), { accept: undefined, speech: o, close: true }),
    malformed() {
      const e = unreadable();
      const { type, body, name } = errorBytes(e, undefined, o);
      return `HTTP/1.1 400 Bad Request\r\nX-Road-Error: ${name}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
    },
  };
}

/** Bytes of its body, where it says so; a request without a word of its body has none. */
function announced(req: IncomingMessage): number | undefined {
  if (req.headers["transfer-encoding"] !== undefined) return undefined;
  return Number(req.headers["content-length"] ?? 0);
}

/** A malformed identifier is refused further on, with its own type: it names nobody. */
function mayName(allowed: "any" | ReadonlySet<string>, headers: readonly Header[]): boolean {
  if (allowed === "any") return true;
  const client = parseClient(headerValue(headers, "x-road-client") ?? "");
  return !client || allowed.has(formatIdentifier(client));
}
