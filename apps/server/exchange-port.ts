import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as secureServer } from "node:https";
import type { Socket } from "node:net";
import { type Identify, r1 } from "#exchange";
import type { Config } from "#kernel/config";
import type { Kernel } from "#kernel/kernel";
import { byCertificate } from "./exchange-clients.ts";

export interface ExchangePort {
  url: string;
  stop(): Promise<void>;
}

/**
 * The exchange's client port (r1). Systems show a certificate registered for their subsystem; without certificates there is no
 * port, but in a demonstration, where any program on this machine, and none elsewhere, may try it.
 */
export async function openExchangePort(kernel: Kernel, port: number): Promise<ExchangePort | undefined> {
  const { config } = kernel;
  const tls = tlsOf(config);
  if (!tls && !config.demo) {
    kernel.log.info({}, "exchange client port: closed, it needs TOGUNA_EXCHANGE_CLIENTS and a TLS certificate");
    return undefined;
  }
  const host = tls ? config.host : "127.0.0.1";
  const words = (config.setting("exchange_errors") ?? "").split(",");
  const says = (word: string) => words.some((one) => one.trim() === word);
  const surface = r1(() => kernel.jobContext("exchange.r1"), {
    identify: tls ? byCertificate(kernel, tls.clients) : onlyThisMachine,
    precise: says("precise"),
    legacy: says("legacy"),
  });
  const current = new WeakMap<Socket, { req: IncomingMessage; res: ServerResponse }>();
  // its own words for every refusal: none of Node's bare answers
  const server = tls ? secureServer({ ...patience, ...secrets(tls) }, take) : createServer(patience, take);
  function take(req: IncomingMessage, res: ServerResponse): void {
    current.set(req.socket, { req, res });
    surface.request(req, res);
  }
  server.on("checkContinue", (req, res) => {
    res.writeContinue();
    take(req, res);
  });
  server.on("checkExpectation", take);
  // more header lines than a limit would allow are dropped unseen by Node: then what is signed is not what was said
  server.maxHeadersCount = 0;
  server.maxConnections = 5000;
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const now = current.get(socket);
    // a failed handshake or a broken line: nobody there to read
    if (!socket.writable || !/^(HPE_|ERR_HTTP)/.test(error.code ?? "")) return void socket.destroy();
    if (!now || now.res.writableFinished) return void socket.end(surface.malformed());
    // once answered, Node forgets a request it has not read to its end: who still reads it must hear that nothing more comes
    socket.once("close", () => now.req.destroy());
    // Beside an answer under way a second one would be taken for it: that answer is finished, then the connection ends.
    now.res.once("close", () => socket.destroySoon());
    if (!now.req.complete && !now.res.headersSent) surface.spoilt(now.res);
  });
  server.on("connect", (_req, socket) => socket.end(surface.malformed()));
  const taken = await new Promise<boolean>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" && config.setting("exchange_port") === undefined ? done(true) : fail(error),
    );
    server.listen(port, host, () => done(false));
  });
  if (taken) {
    kernel.log.warn({ port }, "exchange client port: somebody else listens there, set TOGUNA_EXCHANGE_PORT");
    return undefined;
  }
  const { port: real } = server.address() as { port: number };
  return {
    url: `${tls ? "https" : "http"}://${tls ? new URL(config.origin).hostname : "127.0.0.1"}:${real}`,
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

const patience = {
  headersTimeout: 15_000,
  // bodies of any size: who sends one too slowly is given up where it is read
  requestTimeout: 0,
  // large bodies cross in fewer turns
  highWaterMark: 256 * 1024,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
  requireHostHeader: false,
};

interface Tls {
  cert: string;
  key: string;
  clients: string;
}
/** Its own certificate, else the house's; never without the list of those who may call. */
function tlsOf(config: Config): Tls | undefined {
  const [cert, key, clients] = ["exchange_tls_cert", "exchange_tls_key", "exchange_clients"].map((name) => config.setting(name));
  const own = cert && key ? { cert, key } : config.tls;
  if (clients && !own) throw new Error("TOGUNA_EXCHANGE_CLIENTS needs TOGUNA_EXCHANGE_TLS_CERT and TOGUNA_EXCHANGE_TLS_KEY");
  return clients && own ? { ...own, clients } : undefined;
}
/** Every certificate may knock: who it is for is the list's to say, in the protocol's words and not in a broken handshake. */
const secrets = (tls: Tls) => ({
  cert: readFileSync(tls.cert),
  key: readFileSync(tls.key),
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: "TLSv1.2" as const,
  handshakeTimeout: 10_000,
});

/** Anybody on this machine, but no web page a browser on it has open: such a page comes with its own host name. */
const onlyThisMachine: Identify = (req: IncomingMessage) => {
  const here = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(req.socket.remoteAddress ?? "");
  const named = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(req.headers.host ?? "localhost");
  return here && named && req.headers.origin === undefined ? "any" : undefined;
};
