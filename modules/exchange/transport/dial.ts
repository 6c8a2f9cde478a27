/**
 * Connections to other servers: mutual TLS 1.3, kept and used again. The other side is who the directory says: its very
 * certificate is registered there, good today, and names the host we called. Nothing is written before that is known.
 */
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { isIP } from "node:net";
import { type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { checkServerIdentity, connect, type TLSSocket } from "node:tls";
import type { JobContext } from "#kernel";
import type { TlsIdentity } from "#trust";
import { perProgram } from "../memory/program.ts";
import { bookOf, peerOf } from "../servers/book.ts";
import { hostOf, portOf } from "../servers/token.ts";
import { keepConnection } from "./connections.ts";
import { ownIdentity } from "./own.ts";

/** A connection that could not be made; nothing was sent over it. */
export interface Undialled {
  undialled: "unknown-server" | "no-certificate" | "name" | "unreachable" | "tls" | "not-registered" | "wrong-host" | "slow";
}
const undialled = (why: Undialled["undialled"], cause?: unknown): Error & Undialled =>
  Object.assign(new Error(`the other server is not reached: ${why}`, { cause }), { undialled: why });
/** Somebody stopped waiting for the connection. */
export const tooSlow = (): Error => undialled("slow");
export const whyUndialled = (error: unknown): Undialled["undialled"] | undefined => (error as Partial<Undialled> | undefined)?.undialled;

/** As strong as the keys on both sides, and almost twice as fast as AES-256 on large bodies. */
export const ciphers = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
const connectWithin = 10_000;
/** Unused longer, a connection is closed from our side: the other one keeps it three times as long, so neither writes to a closed door. */
const idle = 20_000;
const agents = perProgram(() => new Map<string, { agent: Agent; serial: string; address: string }>());

function causeOf(error: NodeJS.ErrnoException): Undialled["undialled"] {
  if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN") return "name";
  if (/^E(CONN|HOST|NET|TIMEDOUT|PIPE|ADDR)/.test(error.code ?? "")) return "unreachable";
  return "tls";
}

/** A thousand calls at once must not be a thousand handshakes at once: each would wait for all others and be given up. */
const mostHandshakes = 16;
const handshakes = perProgram(() => {
  let under = 0;
  const waiting: (() => void)[] = [];
  const take = (run: (over: () => void) => void): void => {
    if (under >= mostHandshakes) return void waiting.push(() => take(run));
    under += 1;
    let done = false;
    run(() => {
      if (done) return;
      done = true;
      under -= 1;
      waiting.shift()?.();
    });
  };
  return { take };
});

/** Its idle connections end now, those under way when their call does: a renewal interrupts nobody. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const free of Object.values(agent.freeSockets)) for (const socket of free ?? []) socket.destroy();
}

function agentFor(j: JobContext, server: string, address: string, own: TlsIdentity): Agent {
  const all = agents(j);
  const known = all.get(server);
  if (known && known.serial === own.serial && known.address === address) return known.agent;
  if (known) retire(known.agent);
  const agent = new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 64, timeout: idle, scheduling: "lifo" });
  const host = hostOf(address);
  const turns = handshakes(j);
  const dial = (_options: unknown, done: (error: Error | null, socket?: TLSSocket) => void): void =>
    turns.take((over) => dialNow(done, over));
  const dialNow = (done: (error: Error | null, socket?: TLSSocket) => void, over: () => void): void => {
    const socket = connect({
      host,
      port: portOf(address),
      cert: own.certificate,
      key: own.key,
      // who it is, is decided below, by the directory and our own clock
      rejectUnauthorized: false,
      minVersion: "TLSv1.3",
      ciphers,
      ...(isIP(host) ? {} : { servername: host }),
    });
    socket.setNoDelay(true);
    const fail = (error: Error): void => {
      over();
      clearTimeout(timer);
      socket.destroy();
      done(error);
    };
    const timer = setTimeout(() => fail(undialled("slow")), connectWithin);
    const broken = (error: NodeJS.ErrnoException): void => fail(undialled(causeOf(error), error));
    socket.once("error", broken);
    socket.once("secureConnect", () => {
      const shown = socket.getPeerCertificate();
      const { fingerprint256 } = shown as { fingerprint256?: string };
      if (!fingerprint256 || peerOf(j, fingerprint256)?.id !== server) return fail(undialled("not-registered"));
      if (checkServerIdentity(host, shown)) return fail(undialled("wrong-host"));
      over();
      clearTimeout(timer);
      socket.off("error", broken);
      // between two calls nobody else listens
      socket.on("error", () => undefined);
      keepConnection(j, { socket, server, fingerprint: fingerprint256.replaceAll(":", "").toLowerCase(), way: "to" });
      done(null, socket);
    });
  };
  (agent as unknown as { createConnection: typeof dial }).createConnection = dial;
  all.set(server, { agent, serial: own.serial, address });
  return agent;
}

/** Ends every idle connection to other servers: at the end of the program. */
export function hangUp(j: JobContext): void {
  for (const { agent } of agents(j).values()) agent.destroy();
  agents(j).clear();
}

/** A request to that server, its head not yet sent. Throws `Undialled` when it cannot even be tried. */
export async function dial(
  j: JobContext,
  server: string,
  o: { method: string; path: string; headers?: Record<string, string> },
): Promise<ClientRequest> {
  const peer = bookOf(j)?.servers.get(server);
  if (!peer) throw undialled("unknown-server");
  const own = await ownIdentity(j);
  if (!own) throw undialled("no-certificate");
  return request({
    agent: agentFor(j, server, peer.address, own),
    host: hostOf(peer.address),
    port: portOf(peer.address),
    method: o.method,
    path: o.path,
    headers: { ...o.headers },
  });
}

/** A plain request over the same connections; rejects when no answer's head came. */
export async function requestOn(
  j: JobContext,
  server: string,
  o: { method: string; path: string; headers?: Record<string, string>; body?: Buffer | Readable; signal: AbortSignal },
): Promise<IncomingMessage> {
  const req = await dial(j, server, o);
  return new Promise((done, fail) => {
    const stop = (): void => void req.destroy(new Error("given up"));
    o.signal.addEventListener("abort", stop, { once: true });
    req.once("error", (error) => {
      o.signal.removeEventListener("abort", stop);
      fail(error);
    });
    req.once("response", (res) => {
      res.once("close", () => o.signal.removeEventListener("abort", stop));
      done(res);
    });
    if (o.body === undefined || Buffer.isBuffer(o.body)) req.end(o.body);
    else pipeline(o.body, req).catch(() => undefined);
  });
}
