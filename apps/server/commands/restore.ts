import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "#kernel/config";
import { startPostgres } from "#kernel/postgres";
import { checkManifest } from "../manifest.ts";

/** `restore <folder>`: into an empty TOGUNA_DATA, after every file of the backup has been checked. */
export async function run(config: Config, args: string[]): Promise<void> {
  const source = args[0] && resolve(args[0]);
  if (!source) throw new Error("usage: restore <folder>");
  if (config.databaseUrl) throw new Error("restore is for the embedded database");
  if (existsSync(config.dataDir) && readdirSync(config.dataDir).length)
    throw new Error(`${config.dataDir} is not empty: restore into a new TOGUNA_DATA`);
  const manifest = await checkManifest(source, "backup");
  mkdirSync(config.dataDir, { recursive: true, mode: 0o711 });
  try {
    for (const name of readdirSync(source))
      if (name !== "MANIFEST.json") cpSync(join(source, name), join(config.dataDir, name), { recursive: true });
    chmodSync(join(config.dataDir, "postgres"), 0o700);
    const server = await startPostgres(join(config.dataDir, "postgres"));
    await server.stop();
  } catch (error) {
    rmSync(config.dataDir, { recursive: true, force: true });
    throw error;
  }
  console.log(`Restored the backup of ${manifest.at} (${manifest.files.length} files). Start with the same passphrase.`);
}
