/** How the outside world misbehaves: on request, for special persons, or by a rate. */
import type { ServerResponse } from "node:http";

export const faultNames = [
  "late",
  "error",
  "cut",
  "drip",
  "silent",
  "lies",
  "oversize",
  "malformed",
  "redirect",
  "not-json",
  "gone",
] as const;
export type FaultName = (typeof faultNames)[number];

export const isFault = (name: unknown): name is FaultName => (faultNames as readonly unknown[]).includes(name);

export interface Behaviour {
  /** Milliseconds before an ordinary answer, between these two. */
  latency: readonly [least: number, most: number];
  /** Every request of this register, until changed. */
  fault?: FaultName;
  /** Share of requests, 0 to 1, that meet `rateFault`. */
  rate?: number;
  rateFault?: FaultName;
  /** How long `late` waits. */
  lateMs: number;
  /** Pause between two pieces of `drip`. */
  dripMs: number;
}

export const calm: Behaviour = { latency: [0, 0], lateMs: 20_000, dripMs: 250 };

export type Timer = (fn: () => void, ms: number) => void;

/** Sends `body` the way `fault` says, or properly. */
export function answer(res: ServerResponse, body: string, fault: FaultName | undefined, b: Behaviour, after: Timer): void {
  const json = { "content-type": "application/json; charset=utf-8" };
  const bytes = Buffer.from(body);
  switch (fault) {
    case undefined:
      res.writeHead(200, { ...json, "content-length": bytes.length }).end(bytes);
      return;
    case "late":
      after(() => answer(res, body, undefined, b, after), b.lateMs);
      return;
    case "error":
      res.writeHead(500, { "content-type": "text/html" }).end("<h1>500 Internal Server Error</h1>");
      return;
    case "cut":
      res.writeHead(200, { ...json, "content-length": bytes.length });
      res.write(bytes.subarray(0, bytes.length >> 1), () => res.destroy());
      return;
    case "drip": {
      res.writeHead(200, { ...json, "content-length": bytes.length });
      const step = (at: number): void => {
        if (res.destroyed) return;
        if (at >= bytes.length) return void res.end();
        res.write(bytes.subarray(at, at + 1));
        after(() => step(at + 1), b.dripMs);
      };
      step(0);
      return;
    }
    case "silent":
      return;
    case "lies":
      // Announces more than it sends, then closes as if all were said.
      res.socket?.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length + 100}\r\nconnection: close\r\n\r\n${body}`,
      );
      return;
    case "oversize": {
      res.writeHead(200, json);
      const piece = `"${"x".repeat(1 << 20)}",`;
      res.write('{"rows":[');
      let sent = 0;
      const more = (): void => {
        while (sent < 64 && !res.destroyed) {
          sent += 1;
          if (!res.write(piece)) return void res.once("drain", more);
        }
        if (!res.destroyed) res.end('""]}');
      };
      more();
      return;
    }
    case "malformed":
      res.writeHead(200, json).end(`${body.slice(0, -1)},`);
      return;
    case "redirect":
      res.writeHead(302, { location: "/elsewhere" }).end();
      return;
    case "not-json":
      res.writeHead(200, { "content-type": "text/plain" }).end("tout va bien");
      return;
    case "gone":
      res.destroy();
      return;
  }
}
