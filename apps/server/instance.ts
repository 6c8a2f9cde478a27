import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { Config } from "#kernel/config";
import { runningPostgres, startPostgres } from "#kernel/postgres";

/** The database of this installation, embedded or external, and the log-ins into it. */
export interface Instance {
  ownerUrl: string;
  runUrl: string;
  exportUrl: string;
  runPassword: string;
  stop(): Promise<void>;
}

/** Of the embedded server's own address: where the program's schemas are. */
export const programDatabase = (server: string): string => server.replace(/\/postgres$/, "/toguna");

/** `beside`: a command that may run while the program runs uses its database instead of being refused. */
export async function openInstance(config: Config, o: { beside?: boolean } = {}): Promise<Instance> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o711 });
  const running = o.beside && !config.databaseUrl ? runningPostgres(join(config.dataDir, "postgres")) : undefined;
  if (running) {
    const password = keptPassword(config.dataDir);
    return { ...logins(programDatabase(running), password), runPassword: password, stop: async () => undefined };
  }
  // a database of its own server takes a command beside the program that runs
  const release = o.beside && config.databaseUrl ? () => undefined : claim(config.dataDir);
  const runPassword = keptPassword(config.dataDir);
  if (config.databaseUrl) {
    return { ...logins(config.databaseUrl, runPassword), runPassword, stop: async () => release() };
  }
  const server = await startPostgres(join(config.dataDir, "postgres"), { keep: (told) => console.error(told) });
  const ownerUrl = programDatabase(server.url);
  await ensureDatabase(server.url, "toguna");
  return {
    ...logins(ownerUrl, runPassword),
    runPassword,
    async stop() {
      await server.stop();
      release();
    },
  };
}

function logins(ownerUrl: string, password: string) {
  const as = (user: string) => {
    const url = new URL(ownerUrl);
    url.username = user;
    url.password = password;
    return url.href;
  };
  return { ownerUrl, runUrl: as("toguna_run"), exportUrl: as("toguna_export") };
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (!rowCount) await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
}

/** The password of the run-time and export log-ins, made once and kept beside the data. */
function keptPassword(dataDir: string): string {
  const file = join(dataDir, "runtime.password");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

/** One program a data folder: a second start says so instead of fighting over the database. A dead owner's claim falls. */
function claim(dataDir: string): () => void {
  const file = join(dataDir, "toguna.pid");
  for (let i = 0; i < 3; i++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch {
      const pid = Number(readFileSync(file, "utf8").trim());
      if (pid && pid !== process.pid && alive(pid)) throw new Error(`Toguna already runs on this data folder (process ${pid}): ${dataDir}`);
      rmSync(file, { force: true });
    }
  }
  throw new Error(`the data folder could not be claimed: ${dataDir}`);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("node");
  } catch {
    return false;
  }
}
