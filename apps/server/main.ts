import { readConfig, type Config } from "#kernel/config";
import { demoPassword } from "./demo-secrets.ts";
import { gatewayConfig, isGatewayFolder } from "./gateway-config.ts";

/** Local commands, one spelling: `npm run toguna -- <command>`. Each lives in commands/ and exports `run(config, args)`. */
const commands: Record<
  string,
  { help: string; load: () => Promise<{ run(config: import("#kernel/config").Config, args: string[]): Promise<void> }> }
> = {
  start: { help: "start everything; the first start prepares database, keys and country", load: () => import("./commands/start.ts") },
  "verify-ledger": {
    help: "recompute every sealed fact and compare with the signed heads",
    load: () => import("./commands/verify-ledger.ts"),
  },
  appoint: {
    help: '<user name> "<name>" <role> <institution>: the first official of a real installation',
    load: () => import("./commands/appoint.ts"),
  },
  connect: {
    help: "<file.json> [--gateway]: a service answered by a database view or by files dropped in a folder (docs/guides/connect-a-view.md)",
    load: () => import("./commands/connect.ts"),
  },
  "load-country": {
    help: "the schemas and the country's folder into the database, without opening the doors",
    load: () => import("./commands/load-country.ts"),
  },
  backup: { help: "<folder>: a copy of database, documents and keys, while running or not", load: () => import("./commands/backup.ts") },
  restore: { help: "<folder>: a backup into an empty TOGUNA_DATA", load: () => import("./commands/restore.ts") },
  export: { help: "<folder>: everything in open formats", load: () => import("./commands/export.ts") },
  "archive-exchange-log": {
    help: "<folder> --before YYYY-MM-DD: old rows of the exchange's message log into signed zip files",
    load: () => import("./commands/archive-exchange-log.ts"),
  },
  doctor: { help: "what is well, what is not, and what to do about it", load: () => import("./commands/doctor.ts") },
  "import-network": {
    help: "<file>: the agency's own plant (CSV, GeoJSON, NetBox JSON) replaces the illustrative one; --check only tries, --merge completes",
    load: () => import("./commands/import-network.ts"),
  },
  "gateway-invite": {
    help: "<institution> [CODE]: the token with which an institution's own exchange server joins this house",
    load: () => import("./commands/gateway-invite.ts"),
  },
  "gateway-sibling": {
    help: "<empty folder>: of the gateway of TOGUNA_DATA, the folder for a second server on the same database",
    load: () => import("./commands/gateway-sibling.ts"),
  },
  "gateway-epoch": {
    help: "--begin: a restored gateway whose centre stays away seals its log on, under another name",
    load: () => import("./commands/gateway-epoch.ts"),
  },
  "gateway-maintenance": {
    help: "on --for 2h [--message ...] | off | status: the gateway of TOGUNA_DATA is away, its callers are told until when",
    load: () => import("./commands/gateway-maintenance.ts"),
  },
  federation: {
    help: "anchor | import <file> | open <instance> <identifier> | … : exchange with another country’s instance (docs/guides/federate-two-instances.md)",
    load: () => import("./commands/federation.ts"),
  },
  "exchange-bundle": {
    help: "export <server or institution> <file> | import <file>: waiting messages by courier, sealed to the destination; receipts come back so",
    load: () => import("./commands/exchange-bundle.ts"),
  },
  fabric: {
    help: "up | down | status | cut <span> | mend <span>: a living miniature of the network (Linux, root), the rest simulated",
    load: () => import("./commands/fabric.ts"),
  },
  migrate: { help: "bring the database's schemas up to date", load: () => import("./commands/migrate.ts") },
};

/** A gateway reads its configuration itself: it is another program on another machine, its folder and ports are its own. */
async function gateway(): Promise<never> {
  try {
    const { run } = await import("./commands/gateway.ts");
    await run(args);
    return await new Promise<never>(() => undefined);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    if (process.env.TOGUNA_LOG === "debug") console.error(error);
    process.exit(1);
  }
}

/** The demonstration's page of people shows the password everybody may know. */
function known(config: Config): Config {
  if (!config.demo) return config;
  return { ...config, setting: (name) => config.setting(name) ?? (name === "demo_password" ? demoPassword : undefined) };
}

const [name = "help", ...args] = process.argv.slice(2);
if (name === "gateway") await gateway();
const command = commands[name];
if (!command) {
  console.log("npm run toguna -- <command>\n");
  for (const [key, { help }] of Object.entries(commands)) console.log(`  ${key.padEnd(22)}${help}`);
  console.log(`  ${"gateway".padEnd(22)}[--join <token>]: one institution's own exchange server, with its own database and keys`);
  process.exit(name === "help" || name === "--help" ? 0 : 2);
}
try {
  const { run } = await command.load();
  await run(known(isGatewayFolder(process.env) ? gatewayConfig(process.env, []).config : readConfig()), args);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (process.env.TOGUNA_LOG === "debug") console.error(error);
  process.exit(1);
}
