/** The server port: other servers' messages over mutual TLS 1.3, judged as the directory says, then handed to the provider's side. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { TLSSocket } from "node:tls";
import type { JobContext } from "#kernel";
import { pull, pullNow } from "../configuration/pull.ts";
import { concernedPath, takeReport } from "../access/report.ts";
import { pullConsents } from "../consent/pull.ts";
import { weakLink } from "../outbox/link-server.ts";
import { perProgram } from "../memory/program.ts";
import { type Maintenance, ownMaintenance, type Peer, peerOf, refreshBook } from "../servers/book.ts";
import { during } from "../servers/running.ts";
import { keepConnection } from "./connections.ts";
import { messagePath } from "./deliver.ts";
import { sayAway } from "./away.ts";
import { readyPath } from "./choose.ts";
import { ciphers } from "./dial.ts";
import { ownIdentity } from "./own.ts";
import { silence, take, turnAway } from "./take.ts";

export interface ServerPort {
  port: number;
  /** New connections see the certificate that is good now. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

export const changedPath = "/changed";
const handshake = 10_000;
/** Three times what the calling side keeps unused connections. */
const keepAlive = 65_000;

// a connection's certificate never changes, and reading it out costs more than verifying a signature
const prints = new WeakMap<TLSSocket, string>();
function fingerprintOf(socket: TLSSocket): string {
  const known = prints.get(socket);
  if (known !== undefined) return known;
  const read = socket.getPeerCertificate() as { fingerprint256?: string };
  const print = (read.fingerprint256 ?? "").replaceAll(":", "").toLowerCase();
  prints.set(socket, print);
  return print;
}

const looks = perProgram(() => ({ at: 0 }));
/** A server that was admitted a moment ago may be newer than our book. */
async function admitted(j: JobContext, fingerprint: string): Promise<Peer | undefined> {
  const known = peerOf(j, fingerprint);
  if (known || fingerprint === "") return known;
  const last = looks(j);
  if (performance.now() - last.at > 1000) {
    last.at = performance.now();
    await (j.config.role === "gateway" ? pull(j) : refreshBook(j));
  }
  return peerOf(j, fingerprint);
}

function unready(req: IncomingMessage, res: ServerResponse, away: Maintenance): void {
  const text = JSON.stringify(sayAway(away));
  res.writeHead(503, { "content-type": "application/json", "content-length": Buffer.byteLength(text), connection: "close" }).end(text);
  req.resume();
}

/** Undefined while this program has no certificate to show. */
export async function listen(j: JobContext, o: { host: string; port: number }): Promise<ServerPort | undefined> {
  const own = await ownIdentity(j);
  if (!own) return undefined;
  const admission = new WeakMap<TLSSocket, Promise<Peer | undefined>>();
  const server = createServer(
    {
      cert: own.certificate,
      key: own.key,
      requestCert: true,
      // whose certificate it is, is decided below, by the directory and our own clock
      rejectUnauthorized: false,
      minVersion: "TLSv1.3",
      ciphers,
      handshakeTimeout: handshake,
      headersTimeout: 15_000,
      requestTimeout: 0,
      keepAliveTimeout: keepAlive,
      connectionsCheckingInterval: 5000,
    },
    (req, res) => void answer(req, res),
  );
  server.setTimeout(silence, (socket) => socket.destroy());
  server.on("secureConnection", (socket: TLSSocket) => {
    socket.setNoDelay(true);
    const fingerprint = fingerprintOf(socket);
    const who = admitted(j, fingerprint).catch(() => undefined);
    admission.set(socket, who);
    void who.then((peer) => {
      if (!peer) {
        j.metric.count("exchange_strangers_total");
        j.log.warn({ from: socket.remoteAddress, fingerprint: fingerprint || "none" }, "exchange server port: no registered certificate");
        return socket.destroy();
      }
      return keepConnection(j, { socket, server: peer.id, fingerprint, way: "from" });
    });
  });
  // a broken handshake, or lines that are not HTTP: nobody of ours
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  server.on("clientError", (_error, socket) => socket.destroy());

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const socket = req.socket as TLSSocket;
    try {
      await admission.get(socket);
      // asked at each request: a revocation counts on connections that stand already
      const peer = peerOf(j, fingerprintOf(socket));
      if (!peer) return void socket.destroy();
      const away = ownMaintenance(j);
      if (req.method === "POST" && req.url === messagePath)
        return await (away ? turnAway(req, res, away) : during(j, () => take(j, req, res, peer)));
      if (away && (req.url === readyPath || (req.url?.startsWith("/weak/") && !peer.foreign))) return unready(req, res, away);
      if (req.method === "GET" && req.url === readyPath) return void res.writeHead(204).end();
      // waiting messages, reports and news of the directory pass inside one instance
      if (peer.foreign) return void res.writeHead(404, { connection: "close", "content-length": 0 }).end();
      if (req.url?.startsWith("/weak/")) return await during(j, () => weakLink(j, req, res, { server: peer.id }));
      if (req.method === "POST" && req.url === concernedPath && j.config.role !== "gateway") return await takeReport(j, req, res, peer);
      if (req.method === "POST" && req.url === changedPath && peer.centre) {
        res.writeHead(204).end();
        await pullNow(j);
        return void (await pullConsents(j));
      }
      res.writeHead(404, { connection: "close", "content-length": 0 }).end();
    } catch (error) {
      j.log.error({ error: String((error as Error)?.stack ?? error) }, "exchange server port");
      res.destroy();
    }
  }

  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(o.port, o.host, () => done());
  });
  server.on("error", (error) => j.log.error({ error: String(error) }, "exchange server port"));
  let serial = own.serial;
  return {
    port: (server.address() as { port: number }).port,
    async renew() {
      const now = await ownIdentity(j);
      if (!now || now.serial === serial) return;
      server.setSecureContext({ cert: now.certificate, key: now.key, minVersion: "TLSv1.3", ciphers });
      serial = now.serial;
      j.log.info({ serial }, "exchange server port: shows its new certificate");
    },
    stop: () =>
      new Promise((done) => {
        const impatient = setTimeout(() => server.closeAllConnections(), 3000);
        server.close(() => {
          clearTimeout(impatient);
          done();
        });
        server.closeIdleConnections();
      }),
  };
}
