/**
 * One side of a weak link, in a process and a network namespace of its own, that a test may kill: the house with its r1 port,
 * or the gateway of the identity office with that office's system behind it. Told what to do by messages of its parent.
 */
import { appendFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { type AddressInfo } from "node:net";
import { exchange, invite, join, keepUp, pull, readToken } from "#exchange";
import { readConfig } from "#kernel/config";
import { createHttp } from "#kernel/http";
import { createKernel } from "#kernel/kernel";
import { openapi } from "#kernel/openapi";
import { registry } from "#registry";
import { trust } from "#trust";
import { openExchangePort } from "../../../apps/server/exchange-port.ts";
import { gatewayModules } from "../../../apps/server/gateway-house.ts";
import { keysFile } from "../../../drivers/keys-file/index.ts";

export interface SideOptions {
  gateway: boolean;
  runUrl: string;
  dataDir: string;
  /** In its namespace. */
  address: string;
  httpPort: number;
  serverPort: number;
  systemPort: number;
  /** One line a call the institution's system was given. */
  visits: string;
}
export type Order =
  | { do: "invite" }
  | { do: "join"; token: string; centre: string }
  | { do: "look" }
  | { do: "send"; from: number; count: number; keys: number; size: number; life: number; target: string; client: string };

const o = JSON.parse(process.env.SIDE!) as SideOptions;
const config = readConfig({
  TOGUNA_DEMO: "1",
  TOGUNA_LOG: process.env.TOGUNA_TEST_LOG ?? "silent",
  TOGUNA_DATA: o.dataDir,
  TOGUNA_COUNTRY: "bf",
  TOGUNA_ROLE: o.gateway ? "gateway" : "all",
  TOGUNA_GATEWAY_HOST: o.address,
  TOGUNA_GATEWAY_PORT: String(o.serverPort),
  TOGUNA_GATEWAY_ADDRESS: `${o.address}:${o.serverPort}`,
});
const kernel = await createKernel({
  config,
  modules: o.gateway ? gatewayModules : [registry, trust, exchange],
  drivers: [keysFile],
  runUrl: o.runUrl,
  guard: { identify: async () => ({ kind: "stranger" as const }) },
});
await kernel.start();
const j = kernel.jobContext("exchange.test");
if (o.gateway)
  createServer((req, res) => {
    const pieces: Buffer[] = [];
    req.on("data", (piece: Buffer) => pieces.push(piece));
    req.on("end", () => {
      // on disk before it is answered: what was done is done, whoever dies next
      appendFileSync(o.visits, `${Buffer.concat(pieces).toString().split("|")[0]}\n`);
      res.writeHead(200, { "content-type": "text/plain" }).end("done");
    });
  }).listen(o.systemPort, "127.0.0.1");
else {
  const http = await createHttp(kernel, [], { openapi: () => openapi(kernel.modules, config.origin) });
  await http.listen({ port: o.httpPort, host: o.address });
}
const door = o.gateway ? undefined : await openExchangePort(kernel, 0);
const port = door ? Number(new URL(door.url).port) : 0;

function post(n: number, s: Extract<Order, { do: "send" }>): Promise<number> {
  return new Promise((done, fail) => {
    const head = `${n} k${n % s.keys}|`;
    const req = request({
      host: "127.0.0.1",
      port,
      path: `/r1/${s.target}/x`,
      method: "POST",
      headers: {
        "X-Road-Client": s.client,
        "X-Road-Id": `m-${n}`,
        "Exchange-Purpose": "criminal-record-extract",
        "Exchange-Order-Key": `k${n % s.keys}`,
        "Exchange-Time-To-Live": String(s.life),
        "Content-Type": "text/plain",
        Prefer: "respond-async",
      },
    });
    req.once("error", fail);
    req.once("response", (res) => {
      res.resume();
      res.once("end", () => done(res.statusCode!));
    });
    req.end(head.padEnd(s.size, "x"));
  });
}

async function run(order: Order): Promise<unknown> {
  if (order.do === "invite") {
    const { token } = await kernel.transaction((ctx) => invite(ctx, { institution: "bf-oni", code: "SRV1" }), {
      caller: { kind: "system", module: "gateway-invite" },
    });
    return token;
  }
  if (order.do === "join") {
    const token = { ...readToken(order.token)!, centre: order.centre };
    const said = await join(j, { token, address: `${o.address}:${o.serverPort}` });
    await keepUp(j);
    return said?.state;
  }
  if (order.do === "look") {
    await keepUp(j);
    return o.gateway ? (await pull(j), true) : true;
  }
  const refused: number[] = [];
  // of one key in their order: each key is one program that sends
  await Promise.all(
    Array.from({ length: order.keys }, async (_, k) => {
      for (let n = order.from; n < order.from + order.count; n++)
        if (n % order.keys === k) {
          const status = await post(n, order);
          if (status !== 202) refused.push(status);
        }
    }),
  );
  return refused;
}

process.on("message", ({ id, order }: { id: number; order: Order }) => {
  run(order).then(
    (value) => process.send!({ id, value }),
    (error: unknown) => process.send!({ id, error: String((error as Error)?.stack ?? error) }),
  );
});
process.on("disconnect", () => process.exit(0));
process.send!({ ready: true, port: door && (new URL(door.url).port as unknown as AddressInfo) });
