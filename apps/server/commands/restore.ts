import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "#kernel/config";
import { raiseFences } from "#kernel/migrate";
import { startPostgres } from "#kernel/postgres";
import { afterGatewayRestore } from "../gateway-restored.ts";
import { programDatabase } from "../instance.ts";
import { checkManifest } from "../manifest.ts";

/** `restore <folder>`: into an empty TOGUNA_DATA, after every file of the backup has been checked. */
export async function run(config: Config, args: string[]): Promise<void> {
  const source = args[0] && resolve(args[0]);
  if (!source) throw new Error("usage: restore <folder>");
  if (existsSync(config.dataDir) && readdirSync(config.dataDir).length)
    throw new Error(`${config.dataDir} is not empty: restore into a new TOGUNA_DATA`);
  const manifest = await checkManifest(source, "backup");
  const elsewhere = manifest.database === "elsewhere";
  if (Boolean(config.databaseUrl) !== elsewhere)
    throw new Error(
      elsewhere
        ? "this gateway's database is kept by another server: set its DATABASE_URL, restored by that server's own means"
        : "restore is for the embedded database",
    );
  let checked: string | undefined;
  mkdirSync(config.dataDir, { recursive: true, mode: 0o711 });
  try {
    for (const name of readdirSync(source))
      if (name !== "MANIFEST.json") cpSync(join(source, name), join(config.dataDir, name), { recursive: true });
    closeSecrets(config.dataDir);
    if (!elsewhere) {
      chmodSync(join(config.dataDir, "postgres"), 0o700);
      const server = await startPostgres(join(config.dataDir, "postgres"));
      await raiseFences(programDatabase(server.url));
      await server.stop();
    }
    if (manifest.gateway) checked = await afterGatewayRestore({ ...process.env, TOGUNA_DATA: config.dataDir });
  } catch (error) {
    rmSync(config.dataDir, { recursive: true, force: true });
    throw error;
  }
  if (checked) console.log(checked);
  console.log(`Restored the backup of ${manifest.at} (${manifest.files.length} files). Start with the same passphrase.`);
}

/** Whatever a copy on another medium made of them: nobody else reads keys and passwords. */
function closeSecrets(folder: string): void {
  for (const name of ["master.key", "runtime.password", "gateway.json", "postgres.password"])
    if (existsSync(join(folder, name))) chmodSync(join(folder, name), 0o600);
  if (existsSync(join(folder, "keys"))) chmodSync(join(folder, "keys"), 0o700);
}
