/** One HTTP call to an institution's system: sent once, bounded in time and size, redirects passed back, never followed. */
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { type Header, headersRead, onTheWire } from "../protocol/header.ts";

export interface Call {
  url: string;
  method: string;
  headers: readonly Header[];
  body?: Uint8Array | undefined;
  /** For the whole answer, last byte included. */
  deadlineMs: number;
  limit: number;
  signal: AbortSignal;
}

export type Result =
  | { kind: "response"; status: number; reason: string; headers: Header[]; body: Buffer }
  /** Nothing left this machine. */
  | { kind: "not-sent" }
  /** It may have been received and done. */
  | { kind: "lost"; why: "timeout" | "cut" | "tooLarge" | "malformed" };

export function callProvider(c: Call): Promise<Result> {
  const url = new URL(c.url);
  const open = url.protocol === "https:" ? secure : plain;
  return new Promise((resolve) => {
    let connected = false;
    let settled = false;
    const end = (result: Result): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      c.signal.removeEventListener("abort", aborted);
      resolve(result);
      req.destroy();
    };
    const lost = (why: "timeout" | "cut" | "tooLarge" | "malformed") => end(connected ? { kind: "lost", why } : { kind: "not-sent" });
    const aborted = () => lost("cut");

    const req = open({
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? undefined : url.port,
      // Character by character as signed: a URL object would escape some again.
      path: rawTarget(c.url),
      method: c.method,
      // One connection a call: a pooled one that dies under us could not tell "sent" from "not sent".
      agent: false,
      headers: [...c.headers.map(onTheWire), ["host", url.host], ...length(c)].flat() as unknown as Record<string, string>,
      // Node's parser stays strict: what two parsers would read differently is an error here.
      insecureHTTPParser: false,
      maxHeaderSize: 32 * 1024,
    });
    const timer = setTimeout(() => lost("timeout"), c.deadlineMs);
    c.signal.addEventListener("abort", aborted, { once: true });
    if (c.signal.aborted) aborted();

    req.once("socket", (socket) => {
      const event = url.protocol === "https:" ? "secureConnect" : "connect";
      socket.once(event, () => (connected = true));
    });
    req.once("error", (error: NodeJS.ErrnoException) => lost(error.code?.startsWith("HPE_") ? "malformed" : "cut"));
    req.once("response", (res) => {
      const pieces: Buffer[] = [];
      let size = 0;
      // the length of an answer to HEAD is that of a body nobody sends
      const announced = c.method === "HEAD" ? 0 : Number(res.headers["content-length"] ?? 0);
      if (res.statusCode === undefined || res.statusCode < 200) return lost("malformed");
      if (announced > c.limit) return lost("tooLarge");
      res.on("data", (piece: Buffer) => {
        size += piece.length;
        if (size > c.limit) lost("tooLarge");
        else pieces.push(piece);
      });
      res.once("error", () => lost("cut"));
      // A body shorter than announced ends in 'close' without 'complete': half an answer is no answer.
      res.once("close", () => {
        if (!res.complete) return lost("cut");
        end({
          kind: "response",
          status: res.statusCode ?? 0,
          reason: res.statusMessage ?? "",
          headers: headersRead(res.rawHeaders),
          body: Buffer.concat(pieces),
        });
      });
    });
    req.end(c.body);
  });
}

function rawTarget(url: string): string {
  const slash = url.indexOf("/", url.indexOf("//") + 2);
  return slash < 0 ? "/" : url.slice(slash);
}

const length = (c: Call): Header[] => (c.body ? [["content-length", String(c.body.length)]] : []);
