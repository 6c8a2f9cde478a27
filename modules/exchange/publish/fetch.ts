/** One document from an institution's address: bounded in time and size, redirects not followed, nothing sent but the question. */
import { lookup } from "node:dns";
import { request as plain } from "node:http";
import { request as secure, type RequestOptions } from "node:https";
import { isForbiddenHost } from "./rules.ts";

export type Fetched = { ok: true; text: string } | { ok: false; fault: "not-reached" | "bad-answer" | "too-long" };
export interface Tls {
  rejectUnauthorized: boolean;
  ca?: string;
  cert?: string;
  key?: string;
}
const most = 2_000_000;

/** A name may lead to the gateway itself although it does not say so: looked at when it is resolved, at each connection. */
export const guardedLookup: NonNullable<RequestOptions["lookup"]> = (host, options, done) =>
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error) return done(error, []);
    const fit = found.filter((one) => !isForbiddenHost(one.address));
    if (fit.length === 0) return done(Object.assign(new Error("the name leads to this machine"), { code: "EFORBIDDEN" }), []);
    if ((options as { all?: boolean }).all) return done(null, fit);
    return done(null, fit[0]!.address, fit[0]!.family);
  });

export function fetchDocument(
  address: string,
  o: { tls: Tls; loopback: boolean; deadlineMs: number; signal: AbortSignal },
): Promise<Fetched> {
  const url = new URL(address);
  const open = url.protocol === "https:" ? secure : plain;
  return new Promise((resolve) => {
    const end = (fetched: Fetched): void => {
      clearTimeout(timer);
      resolve(fetched);
      req.destroy();
    };
    const req = open(url, {
      agent: false,
      signal: o.signal,
      headers: { accept: "application/json, application/yaml;q=0.9, text/yaml;q=0.9, */*;q=0.1" },
      ...(url.protocol === "https:" ? o.tls : {}),
      ...(o.loopback ? {} : { lookup: guardedLookup }),
    });
    const timer = setTimeout(() => end({ ok: false, fault: "not-reached" }), o.deadlineMs);
    req.once("error", () => end({ ok: false, fault: "not-reached" }));
    req.once("response", (res) => {
      if (res.statusCode !== 200) return end({ ok: false, fault: "bad-answer" });
      const pieces: Buffer[] = [];
      let size = 0;
      res.on("data", (piece: Buffer) => {
        size += piece.length;
        if (size > most) end({ ok: false, fault: "too-long" });
        else pieces.push(piece);
      });
      res.once("error", () => end({ ok: false, fault: "bad-answer" }));
      res.once("close", () => {
        if (!res.complete) return end({ ok: false, fault: "bad-answer" });
        try {
          end({ ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces)) });
        } catch {
          end({ ok: false, fault: "bad-answer" });
        }
      });
    });
    req.end();
  });
}
