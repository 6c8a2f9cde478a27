/**
 * One exchange server as a process of its own, with its own database and keys: `house` (asks, and is the centre) or `gateway`
 * (the identity office's, joined by the token given). Prints what the bench needs; ends on SIGTERM.
 *   exchange-server.ts house <system's url> | gateway <system's url> <centre's url> <token>
 */
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { exchange, invite, join, readToken } from "#exchange";
import { world } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { openExchangePort } from "../../apps/server/exchange-port.ts";
import { publishEcho } from "../exchange/port.ts";
import { modulesOfGateway } from "../exchange/two-servers.ts";

const [, , role, system, centre, ticket] = process.argv as string[];
const gateway = role === "gateway";
const w = await world({
  modules: gateway ? modulesOfGateway : [registry, trust, exchange],
  drivers: [testKeys],
  country: "bf",
  live: true,
  env: { TOGUNA_ROLE: gateway ? "gateway" : "all", TOGUNA_GATEWAY_PORT: "0", TOGUNA_LOG: process.env.TOGUNA_TEST_LOG ?? "silent" },
});
const said: Record<string, unknown> = { pid: process.pid };
let stop = (): Promise<void> => Promise.resolve();
if (gateway) {
  const made = await join(w.kernel.jobContext("exchange.bench"), {
    token: { ...readToken(ticket!)!, centre: centre! },
    address: "127.0.0.1:0",
  });
  if (made?.state !== "joined") throw new Error(`not joined: ${JSON.stringify(made)}`);
  await w.owner("update exchange.service set base_url = $1, timeout_seconds = 60 where code = 'echo'", [`${system}/echo`]);
} else {
  // reached through the gateway or not at all: nothing is measured that did not cross
  await publishEcho(w, "http://127.0.0.1:9/nowhere");
  await w.http.listen({ port: 0, host: "127.0.0.1" });
  const url = `http://127.0.0.1:${(w.http.server.address() as AddressInfo).port}`;
  const { token } = await w.transaction((ctx) => invite(ctx, { institution: "bf-oni", code: "SRV1" }), {
    caller: { kind: "system", module: "gateway-invite" },
  });
  const door = (await openExchangePort(w.kernel, 0))!;
  stop = door.stop;
  Object.assign(said, { port: Number(new URL(door.url).port), token, centre: url });
}
process.on("SIGUSR2", () => {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
});
console.log(JSON.stringify(said));
process.once(
  "SIGTERM",
  () =>
    void stop()
      .then(() => w.close())
      .then(() => process.exit(0)),
);
