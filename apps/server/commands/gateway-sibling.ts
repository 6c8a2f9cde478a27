import { resolve } from "node:path";
import type { Config } from "#kernel/config";
import { siblingFolder } from "../gateway-config.ts";

/** `gateway-sibling <empty folder>`: what a second server of this gateway's institution needs to share its database and log. */
export async function run(config: Config, args: string[]): Promise<void> {
  const to = args[0] && resolve(args[0]);
  if (!to) throw new Error("usage: gateway-sibling <empty folder>");
  if (config.role !== "gateway") throw new Error("gateway-sibling is for the folder of a gateway: set TOGUNA_DATA");
  if (!config.databaseUrl)
    throw new Error("a database that only this machine has cannot be shared: both servers need the same DATABASE_URL");
  siblingFolder(config.dataDir, to);
  console.log(`${to} is ready. It holds this gateway's master secret: carry it to the second machine as a key is carried.
There, with the same DATABASE_URL and passphrase, and a token for another server code (gateway-invite <institution> SRV2):

  TOGUNA_DATA=<folder> npm run toguna -- gateway --join <token>`);
}
