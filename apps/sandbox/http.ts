/** As much HTTP server as the outside world needs. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Visit {
  req: IncomingMessage;
  res: ServerResponse;
  method: string;
  url: URL;
  /** Decoded path segments. */
  path: readonly string[];
}
export type Route = (visit: Visit) => Promise<boolean> | boolean;

const limit = 64 * 1024;

export async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of req as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > limit) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** An object sent as JSON; empty when it is anything else. */
export function asObject(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function json(res: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  res
    .writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    })
    .end(text);
}

export function text(res: ServerResponse, status: number, type: string, body: string): void {
  res
    .writeHead(status, {
      "content-type": `${type}; charset=utf-8`,
      "x-content-type-options": "nosniff",
    })
    .end(body);
}

function segments(pathname: string): string[] | undefined {
  try {
    return pathname.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

export interface Listening {
  url: string;
  port: number;
  close(): Promise<void>;
}

export function listen(routes: readonly Route[], port: number): Promise<Listening> {
  const server: Server = createServer((req, res) => {
    void (async () => {
      const url = new URL(req.url?.startsWith("/") ? req.url : "/", "http://sandbox");
      const path = segments(url.pathname);
      if (!path) return json(res, 400, { error: "malformed path" });
      for (const route of routes) if (await route({ req, res, method: req.method ?? "GET", url, path })) return;
      json(res, 404, { error: "nothing here" });
    })().catch(() => {
      if (!res.headersSent) json(res, 500, { error: "the sandbox itself failed" });
      else res.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const at = (server.address() as AddressInfo).port;
      resolve({
        port: at,
        url: `http://127.0.0.1:${at}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}
