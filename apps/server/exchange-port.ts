import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Identify, r1 } from "#exchange";
import type { Kernel } from "#kernel/kernel";

export interface ExchangePort {
  url: string;
  stop(): Promise<void>;
}

/**
 * The exchange's client port (r1). Today systems are not authenticated here, so it opens only in a demonstration and only on
 * the loopback address; production has no such port until certificates are registered for subsystems.
 */
export async function openExchangePort(kernel: Kernel, port: number): Promise<ExchangePort | undefined> {
  const { config } = kernel;
  if (!config.demo) {
    kernel.log.info({}, "exchange client port: closed, it needs mutual TLS in production");
    return undefined;
  }
  const surface = r1(() => kernel.jobContext("exchange.r1"), {
    identify: onlyThisMachine,
    precise: config.setting("exchange_errors") === "precise",
  });
  const current = new WeakMap<Socket, { req: IncomingMessage; res: ServerResponse }>();
  const server = createServer(
    // its own words for every refusal: none of Node's bare answers
    {
      headersTimeout: 15_000,
      requestTimeout: 120_000,
      keepAliveTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
      requireHostHeader: false,
    },
    take,
  );
  function take(req: IncomingMessage, res: ServerResponse): void {
    current.set(req.socket, { req, res });
    surface.request(req, res);
  }
  server.on("checkContinue", (req, res) => {
    if (Number(req.headers["content-length"] ?? 0) <= 8 * 1024 * 1024) res.writeContinue();
    take(req, res);
  });
  server.on("checkExpectation", take);
  // more header lines than a limit would allow are dropped unseen by Node: then what is signed is not what was said
  server.maxHeadersCount = 0;
  server.on("clientError", (_error: Error, socket: Socket) => {
    const now = current.get(socket);
    if (!socket.writable) return socket.destroy();
    if (!now || now.res.writableFinished) return void socket.end(surface.malformed());
    // Beside an answer under way a second one would be taken for it: that answer is finished, then the connection ends.
    now.res.once("close", () => socket.destroySoon());
    if (!now.req.complete && !now.res.headersSent) surface.spoilt(now.res);
  });
  server.on("connect", (_req, socket) => socket.end(surface.malformed()));
  const taken = await new Promise<boolean>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" && config.setting("exchange_port") === undefined ? done(true) : fail(error),
    );
    server.listen(port, "127.0.0.1", () => done(false));
  });
  if (taken) {
    kernel.log.warn({ port }, "exchange client port: somebody else listens there, set TOGUNA_EXCHANGE_PORT");
    return undefined;
  }
  const { port: real } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${real}`,
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

/** Anybody on this machine, but no web page a browser on it has open: such a page comes with its own host name. */
const onlyThisMachine: Identify = (req: IncomingMessage) => {
  const here = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(req.socket.remoteAddress ?? "");
  const named = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(req.headers.host ?? "localhost");
  return here && named && req.headers.origin === undefined ? "any" : undefined;
};
