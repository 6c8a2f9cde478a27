/** A house and a gateway of the identity office in one process: two databases, two kernels, mutual TLS between them on loopback. */
import { createHash } from "node:crypto";
import { createServer, request, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type JobContext, provide } from "#kernel";
import { world, type World } from "#kernel/testing";
import { exchange, invite, join, keepUp, pull, readToken, setBase } from "#exchange";
import { concernedPersons, consentPersons } from "#exchange/ports";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";

export interface Pair {
  house: World;
  gateway: World;
  hj: JobContext;
  gj: JobContext;
  /** The institutions' systems behind both; `hits` in order. */
  system: { url: string; hits: string[]; answer: RequestListener };
  /** One look of each program at its book and port, as the timer does it. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export const oni = "bf-oni";
export const gatewayId = "BF/GOV/ONI/SRV1";
export const modulesOfGateway = [{ ...registry, start: undefined }, trust, exchange];

export const listening = (server: Server): Promise<string> =>
  new Promise((done) => server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)));

/** Whose page shows a read: a made-up pseudonym a number. */
const pages = provide(concernedPersons, () => ({
  known: async (_ctx, number) => `page-${number}`,
  pseudonym: async (_ctx, number) => `page-${number}`,
}));

/** Who is asked for a consent: the same people, each with a telephone that shows nobody anything. */
const asked = provide(consentPersons, () => ({
  number: async (_ctx, person) => person.replace(/^page-/, ""),
  pseudonym: async (_ctx, number) => `page-${number}`,
  tell: async () => 1,
  sendCode: async () => "challenge",
  checkCode: async (_ctx, { code }) => {
    if (code !== "123456") throw new Error("another code");
  },
}));

export async function houseWorld(start?: Date): Promise<World> {
  const house = await world({
    modules: [registry, trust, exchange],
    drivers: [testKeys, pages, asked],
    country: "bf",
    env: { TOGUNA_GATEWAY_PORT: "0" },
    ...(start ? { start } : {}),
  });
  await house.http.listen({ port: 0, host: "127.0.0.1" });
  return house;
}

export const gatewayWorld = (env: Record<string, string> = {}, start?: Date): Promise<World> =>
  world({
    modules: modulesOfGateway,
    drivers: [testKeys],
    country: "bf",
    env: { TOGUNA_ROLE: "gateway", TOGUNA_GATEWAY_PORT: "0", ...env },
    ...(start ? { start } : {}),
  });

export const urlOf = (w: World): string => `http://127.0.0.1:${(w.http.server.address() as AddressInfo).port}`;

/** As the demonstration's command: invited and admitted by the program itself. */
export async function tokenFrom(house: World, code = "SRV1", institution = oni) {
  const { token } = await house.transaction((ctx) => invite(ctx, { institution, code }), {
    caller: { kind: "system", module: "gateway-invite" },
  });
  return { ...readToken(token)!, centre: urlOf(house) };
}

/** `env`: of the gateway. */
export async function twoServers(o: { start?: Date; env?: Record<string, string> } = {}): Promise<Pair> {
  const system: Pair["system"] = {
    url: "",
    hits: [],
    answer: (_req, res) =>
      void res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ rows: [{ nip: "1", family: "Zongo" }] })),
  };
  const outside = createServer((req, res) => {
    system.hits.push(`${req.method} ${req.url}`);
    system.answer(req, res);
  });
  system.url = await listening(outside);
  const house = await houseWorld(o.start);
  await house.transaction((ctx) => setBase(ctx, "sandbox", system.url));
  const gateway = await gatewayWorld(o.env, o.start);
  const [hj, gj] = [house.kernel.jobContext("exchange.test"), gateway.kernel.jobContext("exchange.test")];
  const token = await tokenFrom(house);
  const address = "127.0.0.1:0";
  const first = await join(gj, { token, address });
  if (first?.state !== "joined") throw new Error(`not joined: ${JSON.stringify(first)}`);
  const look = async (): Promise<void> => {
    await keepUp(gj);
    await keepUp(hj);
    await pull(gj);
  };
  await look();
  return {
    house,
    gateway,
    hj,
    gj,
    system,
    look,
    async close() {
      outside.closeAllConnections();
      outside.close();
      await gateway.close();
      await house.close();
    },
  };
}

/** `client answered`, … as that database has them. */
export const sidesOf = async (w: World, exchange: string): Promise<string[]> =>
  (
    await w.owner(
      "select r.side || ' ' || coalesce(o.outcome, 'open') as line from exchange.request r left join exchange.outcome o using (exchange, side) where exchange = $1 order by 1",
      [exchange],
    )
  ).rows.map((row: { line: string }) => row.line);

/** As an institution's own software: a raw answer of any size, `cut` when it was reset. */
export const r1Call = (url: string, headers: Record<string, string>, body?: Buffer) =>
  new Promise<{ status: number; hash: string; size: number; cut: boolean }>((done) => {
    const type = body ? { "content-type": "application/octet-stream" } : {};
    const req = request(url, { method: body ? "POST" : "GET", headers: { ...headers, ...type }, agent: false });
    req.once("error", () => done({ status: 0, hash: "", size: 0, cut: true }));
    req.once("response", (res) => {
      const hash = createHash("sha256");
      let size = 0;
      res.on("data", (piece: Buffer) => {
        hash.update(piece);
        size += piece.length;
      });
      res.once("end", () => done({ status: res.statusCode!, hash: hash.digest("hex"), size, cut: false }));
      res.once("error", () => done({ status: res.statusCode!, hash: "", size, cut: true }));
    });
    req.end(body);
  });

type Owner = (text: string, values: unknown[]) => Promise<unknown>;
/** One subsystem may ask one service for extracts, anywhere in it: a row of the table, for tests of other things than giving rights. */
export async function mayAsk(owner: Owner, id: string, service: string, subject: string, methods = "{GET,POST}"): Promise<void> {
  await owner(
    `insert into exchange.access_right (id, service, subject, methods, path, purposes, basis, from_day)
     values ($1, $2, $3, $4, '**', '{criminal-record-extract}', '{"fr":"","en":""}', '2026-01-01')`,
    [id, service, subject, methods],
  );
}
