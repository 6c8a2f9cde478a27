/** The r1 port of a small house: a world with the exchange only, an institution's system behind it, and calls by plain HTTP. */
import { createServer, request, type IncomingMessage, type RequestListener } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { exchange, setBase } from "#exchange";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { openExchangePort } from "../../apps/server/exchange-port.ts";

export const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
export const persons = "/r1/BF/GOV/ONI/IDENTITE/persons";
/** A service with any verb below any path, whose whole answer may leave: what the pack of the demonstration has no need of. */
export const echo = "/r1/BF/GOV/ONI/IDENTITE/echo";
export const asks = { "X-Road-Client": justice, "Exchange-Purpose": "criminal-record-extract" };

export interface Visit {
  method: string;
  url: string;
  headers: [string, string][];
  body: Buffer;
}
export interface Reply {
  status: number;
  reason: string;
  headers: [string, string][];
  head: Record<string, string>;
  body: Buffer;
  text: string;
}
type Headers = Record<string, string | string[]> | string[];

export interface House {
  world: World;
  port: number;
  visits: Visit[];
  /** How the institution's system behaves from now on. */
  behave(listener: RequestListener): void;
  /** The same for bodies too large to keep: the listener reads them itself, no visit is noted. */
  stream(listener: RequestListener): void;
  call(target: string, o?: { method?: string; headers?: Headers; body?: string | Buffer }): Promise<Reply>;
  /** Bytes on the wire, and all that came back until the port closed. */
  raw(bytes: string | Buffer): Promise<string>;
  close(): Promise<void>;
}

const pairs = (raw: string[]): [string, string][] =>
  raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1]!] as [string, string]] : []));

export async function publishEcho(w: World, base = "sandbox:/echo"): Promise<void> {
  const id = echo.slice(4);
  await w.owner(
    `insert into exchange.service (id, subsystem, code, institution, kind, title, base_url, timeout_seconds, endpoints, query, fields, keep_days)
     select $1, subsystem, 'echo', institution, 'http', title, $3, 2, '[{"method":"GET","path":"/items/*"},{"method":"POST","path":"/items"}]',
       '[{"name":"x","label":{"fr":"x","en":"x"}}]', '[]', 30 from exchange.service where id = $2`,
    [id, persons.slice(4), base],
  );
  await w.owner(
    `insert into exchange.access_right (id, service, subject, methods, path, purposes, basis, from_day)
     values ('echo', $1, $2, '{GET,POST,PUT,PATCH,DELETE,OPTIONS,TRACE}', '**', '{criminal-record-extract}', '{"fr":"","en":""}', '2026-01-01')`,
    [id, justice],
  );
}

export async function house(env: Record<string, string> = {}, start?: Date): Promise<House> {
  const w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf", env, ...(start ? { start } : {}) });
  const visits: Visit[] = [];
  let behaviour: RequestListener = (_, res) => void res.end();
  let streaming: RequestListener | undefined;
  const system = createServer((req, res) => {
    if (streaming) return streaming(req, res);
    const pieces: Buffer[] = [];
    req.on("data", (piece: Buffer) => pieces.push(piece));
    req.on("end", () => {
      visits.push({ method: req.method!, url: req.url!, headers: pairs(req.rawHeaders), body: Buffer.concat(pieces) });
      behaviour(req, res);
    });
  });
  await new Promise<void>((done) => system.listen(0, "127.0.0.1", done));
  await w.transaction((ctx) => setBase(ctx, "sandbox", `http://127.0.0.1:${(system.address() as AddressInfo).port}`));
  await w.owner("update exchange.service set timeout_seconds = 2");
  await publishEcho(w);
  const door = (await openExchangePort(w.kernel, 0))!;
  const port = Number(new URL(door.url).port);
  return {
    world: w,
    port,
    visits,
    behave: (listener) => {
      behaviour = listener;
      streaming = undefined;
      visits.length = 0;
    },
    stream: (listener) => {
      streaming = listener;
    },
    call: (target, o = {}) =>
      new Promise((resolve, reject) => {
        const req = request({
          host: "127.0.0.1",
          port,
          path: target,
          method: o.method ?? "GET",
          headers: (o.headers ?? asks) as never,
          agent: false,
        });
        req.once("error", reject);
        req.once("response", (res: IncomingMessage) => {
          const pieces: Buffer[] = [];
          res.on("data", (piece: Buffer) => pieces.push(piece));
          res.once("error", reject);
          res.once("end", () => {
            const body = Buffer.concat(pieces);
            resolve({
              status: res.statusCode!,
              reason: res.statusMessage!,
              headers: pairs(res.rawHeaders),
              head: res.headers as Record<string, string>,
              body,
              text: body.toString(),
            });
          });
        });
        req.end(o.body);
      }),
    raw: (bytes) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
        let text = "";
        socket.setTimeout(10_000, () => reject(new Error(`the port neither answered nor closed: ${bytes.toString().slice(0, 200)}`)));
        socket.on("data", (piece) => (text += piece.toString("latin1")));
        socket.once("close", () => resolve(text));
        socket.once("error", () => resolve(text));
      }),
    async close() {
      await door.stop();
      system.closeAllConnections();
      system.close();
      await w.close();
    },
  };
}

export const typeOf = (r: Reply): string => {
  const { type, message, detail } = JSON.parse(r.text) as Record<string, string | undefined>;
  if (type !== r.head["x-road-error"] || !message || !/^[0-9a-f-]{36}$/.test(detail ?? ""))
    throw new Error(`not an error of ours: ${r.text}`);
  return type ?? "";
};

/** What a start does when the country's folder has changed. */
export const loadCountryAgain = (h: House): Promise<void> => h.world.kernel.start().then(() => undefined);
