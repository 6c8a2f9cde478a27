import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import pg from "pg";
import type { Config } from "#kernel/config";
import { openInstance } from "../instance.ts";
import { writeManifest } from "../manifest.ts";

/**
 * `backup <folder>`: a physical copy of the running (or stopped) embedded database between pg_backup_start and
 * pg_backup_stop (PostgreSQL 18, 25.3.4), with its WAL, the documents and the encrypted keys. The passphrase is never in it.
 */
export async function run(config: Config, args: string[]): Promise<void> {
  const target = args[0] && resolve(args[0]);
  if (!target) throw new Error("usage: backup <folder>");
  const gateway = config.role === "gateway";
  if (config.databaseUrl && !gateway)
    throw new Error("with an external PostgreSQL use that server's own backup (pg_basebackup); `export` works everywhere");
  if (existsSync(target)) throw new Error(`${target} exists already; a backup never overwrites one`);
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  if (config.databaseUrl) return void (await folderOnly(config, partial, target));
  const instance = await openInstance(config, { beside: true });
  const client = new pg.Client({ connectionString: instance.ownerUrl });
  try {
    await client.connect();
    const data = join(config.dataDir, "postgres");
    const copy = join(partial, "postgres");
    const { rows } = await client.query<{ segment: string }>("select pg_walfile_name(pg_backup_start('toguna', true)) as segment");
    copyDatabase(data, copy);
    const end = await client.query<{ labelfile: string }>("select labelfile from pg_backup_stop(true)");
    writeFileSync(join(copy, "backup_label"), end.rows[0]?.labelfile ?? "");
    cpSync(join(data, "pg_wal"), join(copy, "pg_wal"), { recursive: true });
    const segment = rows[0]?.segment ?? "";
    if (!readdirSync(join(copy, "pg_wal")).includes(segment))
      throw new Error("WAL from the beginning of the copy is gone already: run the backup again at a quieter moment");
    // everything else beside the database: keys (encrypted), documents, the master secret; not the claim of the running program
    copyBeside(config, partial);
    const at = new Date().toISOString();
    const m = await writeManifest(partial, { kind: "backup", at, country: config.country, ...(gateway ? { gateway: true } : {}) });
    renameSync(partial, target);
    console.log(`Backup: ${m.files.length} files, ${Math.round(m.files.reduce((n, f) => n + f.bytes, 0) / 1e6)} MB in ${target}`);
    console.log("The passphrase of the keys is not in it: keep it elsewhere, or the backup opens nothing.");
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  } finally {
    await client.end();
    await instance.stop();
  }
}

function copyBeside(config: Config, to: string): void {
  for (const name of readdirSync(config.dataDir))
    if (!["postgres", "postgres.log", "toguna.pid", "admin.json"].includes(name))
      cpSync(join(config.dataDir, name), join(to, name), { recursive: true });
}

/** A gateway whose database another server keeps: what only this folder has, its keys above all. */
async function folderOnly(config: Config, partial: string, target: string): Promise<void> {
  try {
    copyBeside(config, partial);
    const at = new Date().toISOString();
    const m = await writeManifest(partial, { kind: "backup", at, country: config.country, gateway: true, database: "elsewhere" });
    renameSync(partial, target);
    console.log(`Backup: ${m.files.length} files of this gateway's folder in ${target}.`);
    console.log("Its log and directory are in the database of DATABASE_URL: back that one up with its server's own means (pg_basebackup).");
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

function copyDatabase(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 });
  const left = new Set([
    "postmaster.pid",
    "postmaster.opts",
    "pg_wal",
    "pg_replslot",
    "pg_stat_tmp",
    "pg_subtrans",
    "pg_notify",
    "pg_serial",
    "pg_snapshots",
    "pg_dynshmem",
  ]);
  for (const name of readdirSync(from)) {
    if (left.has(name)) {
      if (!name.startsWith("postmaster")) mkdirSync(join(to, name), { mode: 0o700 });
    } else copyLiving(join(from, name), join(to, name));
  }
}

/** Files may vanish while the server lives (a dropped table): that is what the WAL repairs. */
function copyLiving(from: string, to: string): void {
  try {
    cpSync(from, to, { recursive: true });
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
    if (existsSync(from)) cpSync(from, to, { recursive: true });
  }
}
