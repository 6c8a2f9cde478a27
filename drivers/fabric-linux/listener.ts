import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Clock } from "#kernel";
import type { AgentHouse, SiteReport } from "#network/ports";
import type { Letters } from "./letters.ts";

/** RFC 8410: an Ed25519 private key is these bytes and 32 of its own. */
const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
export function houseKey(seed: Uint8Array): { key: KeyObject; publicKey: string } {
  const key = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: "der", type: "pkcs8" });
  return { key, publicKey: createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64") };
}

const mostBody = 1024 * 1024;
/** A core with some hundred links tells some 60 kB. */
const mostReport = 200_000;
/** An agent asks again after this long; proxies on the way close a silent connection later. */
const holdSeconds = 25;
/** Reports are handed on together, this often. */
const flushMs = 1000;
/** Bytes of reports that wait for the module at most: beyond it agents keep theirs. */
const mostWaiting = 32 * 1024 * 1024;

const paths = ["/agent/v1/poll", "/agent/v1/receipt", "/agent/v1/report"];

interface Known {
  key: KeyObject;
  /** Highest number heard on each path. */
  heard: Map<string, number>;
  at: number;
}

/**
 * Where agents call: each question signed by its agent with a number higher than the last, each answer signed by the house
 * over the question's signature. An agent nobody enrolled, a bent or a repeated question: 401, 409, and nothing else happens.
 */
export async function listen(
  house: AgentHouse,
  letters: Letters,
  clock: Clock,
  o: { port: number; host: string; key: Uint8Array },
): Promise<{ port: number; publicKey: string; stop(): Promise<void> }> {
  const own = houseKey(o.key);
  const known = new Map<string, Known>();
  let waiting: { report: SiteReport; size: number; done(kept: boolean): void }[] = [];
  let size = 0;
  let heardSince = new Map<string, number>();
  let flushing: Promise<void> = Promise.resolve();
  /** Whoever reported is answered when the module has kept it; what it could not take, the agent still has. */
  const flush = () => {
    const [list, heard] = [waiting, heardSince];
    if (list.length === 0 && heard.size === 0) return flushing;
    [waiting, heardSince] = [[], new Map()];
    const bytes = list.reduce((n, w) => n + w.size, 0);
    flushing = flushing.then(async () => {
      const kept = await house.reports(list.map((w) => w.report), heard).then(() => true, () => false); // prettier-ignore
      size -= bytes;
      for (const w of list) w.done(kept);
      // numbers of this second are told with those of the next one
      if (!kept) for (const [node, n] of heard) heardSince.set(node, Math.max(n, heardSince.get(node) ?? 0));
    });
    return flushing;
  };
  const timer = setInterval(() => void flush(), flushMs);

  /** Read anew each minute: who was dismissed is not heard for longer. */
  async function agent(node: string): Promise<Known | undefined> {
    const found = known.get(node);
    const now = clock.now().getTime();
    if (found && now - found.at < 60_000) return found;
    const k = await house.agent(node);
    if (!k) {
      known.delete(node);
      return undefined;
    }
    const key = createPublicKey({ key: Buffer.from(k.publicKey, "base64"), format: "der", type: "spki" });
    const same = found?.key.equals(key) ? found.heard : new Map(paths.map((p) => [p, Math.max(k.sequence, k.heard)]));
    const entry = { key, heard: same, at: now };
    known.set(node, entry);
    return entry;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const answer = (status: number, signature: string, body: object = {}) => {
      const text = Buffer.from(JSON.stringify({ ...body, house: clock.now().getTime() }));
      const signed = sign(null, Buffer.concat([Buffer.from(`${signature}\n`), text]), own.key).toString("base64url");
      response.writeHead(status, { "content-type": "application/json", "content-length": text.length, "x-signature": signed }).end(text);
    };
    const refuse = (status: number) => void response.writeHead(status, { "content-length": 0, connection: "close" }).end();
    if (request.method !== "POST" || !paths.includes(path)) return refuse(404);
    const text = await bodyOf(request);
    if (text === undefined) return refuse(413);
    const signature = String(request.headers["x-signature"] ?? "");
    let body: { node?: unknown; number?: unknown; order?: unknown; report?: unknown; ok?: unknown };
    try {
      body = JSON.parse(text);
    } catch {
      return refuse(400);
    }
    if (body === null || typeof body !== "object" || typeof body.node !== "string" || !Number.isSafeInteger(body.number))
      return refuse(400);
    const { node } = body;
    const number = body.number as number;
    const who = await agent(node);
    if (!who || !verify(null, Buffer.from(`${path}\n${text}`), who.key, Buffer.from(signature, "base64url"))) return refuse(401);
    if (number <= (who.heard.get(path) ?? -1)) return refuse(409);
    who.heard.set(path, number);
    heardSince.set(node, Math.max(number, heardSince.get(node) ?? 0));
    letters.heard(node);
    if (path === "/agent/v1/report") {
      const report = body.report as SiteReport | null;
      if (report === null || typeof report !== "object") return refuse(400);
      if (text.length > mostReport) return refuse(413);
      if (size + text.length > mostWaiting) return refuse(503);
      size += text.length;
      const kept = await new Promise<boolean>((done) => waiting.push({ report: { ...report, node, sequence: number }, size: text.length, done })); // prettier-ignore
      return kept ? answer(200, signature) : refuse(503);
    }
    if (path === "/agent/v1/receipt") {
      letters.answered(node, String(body.order), body as never);
      return answer(200, signature);
    }
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const order = await letters.next(node, holdSeconds * 1000, gone.signal);
    if (!gone.signal.aborted) answer(200, signature, order ? { order } : {});
    return undefined;
  }

  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500, { "content-length": 0 });
      response.end();
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(o.port, o.host, () => done());
  });
  return {
    port: (server.address() as { port: number }).port,
    publicKey: own.publicKey,
    async stop() {
      clearInterval(timer);
      letters.close();
      await flush();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await flush();
    },
  };
}

function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (c: Buffer) => {
      if ((size += c.length) > mostBody) return done(undefined);
      return chunks.push(c);
    });
    request.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
    request.on("error", fail);
  });
}
