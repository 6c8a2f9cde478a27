import { readConfig } from "#kernel/config";

/** Local commands, one spelling: `npm run toguna -- <command>`. Each lives in commands/ and exports `run(config, args)`. */
const commands: Record<
  string,
  { help: string; load: () => Promise<{ run(config: import("#kernel/config").Config, args: string[]): Promise<void> }> }
> = {
  start: { help: "start everything; the first start prepares database, keys and country", load: () => import("./commands/start.ts") },
  migrate: { help: "bring the database's schemas up to date", load: () => import("./commands/migrate.ts") },
};

const [name = "help", ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  console.log("npm run toguna -- <command>\n");
  for (const [key, { help }] of Object.entries(commands)) console.log(`  ${key.padEnd(16)}${help}`);
  process.exit(name === "help" || name === "--help" ? 0 : 2);
}
try {
  const { run } = await command.load();
  await run(readConfig(), args);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (process.env.TOGUNA_LOG === "debug") console.error(error);
  process.exit(1);
}
