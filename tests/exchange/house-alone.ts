/**
 * A house of the exchange's modules alone, as a process a test may kill and start again on its database and folder. Prints one
 * line: where its r1 port is, and with `--invite` a token for a gateway.
 */
import { exchange, invite, setBase } from "#exchange";
import { readConfig } from "#kernel/config";
import { createHttp } from "#kernel/http";
import { createKernel } from "#kernel/kernel";
import { migrate } from "#kernel/migrate";
import { openapi } from "#kernel/openapi";
import { prepareQueue } from "#kernel/queue";
import { registry } from "#registry";
import { trust } from "#trust";
import { openExchangePort } from "../../apps/server/exchange-port.ts";
import { openInstance } from "../../apps/server/instance.ts";
import { keysFile } from "../../drivers/keys-file/index.ts";

const [system, ...more] = process.argv.slice(2);
const config = readConfig(process.env);
const modules = [registry, trust, exchange];
const instance = await openInstance(config);
await migrate(instance.ownerUrl, modules, instance.runPassword);
await prepareQueue(
  instance.ownerUrl,
  modules.flatMap((m) => m.jobs),
);
const guard = { identify: async () => ({ kind: "stranger" as const }) };
const kernel = await createKernel({ config, modules, drivers: [keysFile], runUrl: instance.runUrl, guard });
await kernel.start();
await kernel.transaction((ctx) => setBase(ctx, "sandbox", system!));
const http = await createHttp(kernel, [], { openapi: () => openapi(kernel.modules, config.origin) });
await http.listen({ port: config.port, host: "127.0.0.1" });
const door = await openExchangePort(kernel, Number(config.setting("exchange_port")));
const token = more.includes("--invite")
  ? (
      await kernel.transaction((ctx) => invite(ctx, { institution: "bf-oni", code: "SRV1" }), {
        caller: { kind: "system", module: "gateway-invite" },
      })
    ).token
  : undefined;
console.log(JSON.stringify({ r1: door!.url, token }));
