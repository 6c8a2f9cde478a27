import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { randomBytes } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { binaries } from "./postgres-binaries.ts";
import { execFileSync } from "node:child_process";

/** A running embedded server: its owner's address and how to stop it. */
export interface Postgres {
  url: string;
  readonly pid: number;
  stop(mode?: "fast" | "immediate"): Promise<void>;
}

/**
 * Starts (or adopts) the embedded PostgreSQL 18 whose cluster lives in `dir`. First start: initdb with checksums and a
 * random owner password. A server left behind by a killed program is adopted when it answers, else its stale pid file
 * is PostgreSQL's own business. Listens on loopback only. With `keep` a server that dies is started again at its address,
 * and `keep` is told.
 */
export async function startPostgres(dir: string, o: { fast?: boolean; keep?: (told: string) => void } = {}): Promise<Postgres> {
  const data = resolve(dir);
  const native = binaries();
  const as = serverUser();
  const fresh = !existsSync(join(data, "PG_VERSION"));
  if (fresh) rmSync(data, { recursive: true, force: true });
  openPath(data, as);
  const passwordFile = `${data}.password`;
  if (fresh) {
    const password = randomBytes(18).toString("base64url");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (as) chownSync(passwordFile, as.uid, as.gid);
    run(join(native, "bin/initdb"), as, [
      "-D",
      data,
      "-U",
      "toguna_owner",
      "--pwfile",
      passwordFile,
      "--auth=scram-sha-256",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--encoding=UTF8",
      "--data-checksums",
      ...(o.fast ? ["--no-sync"] : []),
    ]);
  }
  const password = readFileSync(passwordFile, "utf8").trim();
  const found = runningServer(data);
  const adopted = found && (await answers(address(password, found.port), 5)) ? found : undefined;
  const port = adopted?.port ?? (await freePort());
  const url = address(password, port);
  let pid = adopted?.pid ?? (await launch(data, port, url, native, as, o.fast ?? false));
  let stopping = false;
  if (o.keep) {
    const tell = o.keep;
    const watch = async (): Promise<void> => {
      if (stopping) return;
      try {
        if (!alive(pid)) {
          tell(`PostgreSQL (process ${pid}) is gone: starting it again`);
          pid = await launch(data, port, url, native, as, o.fast ?? false);
          tell(`PostgreSQL runs again (process ${pid})`);
          if (stopping) await stopPid(pid);
        }
      } catch (error) {
        tell(String(error)); // a full disk, for one: tried again until it succeeds
      }
      setTimeout(() => void watch(), 250).unref();
    };
    void watch();
  }
  return {
    url,
    get pid() {
      return pid;
    },
    stop(mode) {
      stopping = true;
      return stopPid(pid, mode);
    },
  };
}

async function launch(data: string, port: number, url: string, native: string, as: User | undefined, fast: boolean): Promise<number> {
  const log = openSync(`${data}.log`, "a");
  const child = spawn(
    join(native, "bin/postgres"),
    [
      ...["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", ""],
      ...settings.concat(fast ? ["fsync=off", "full_page_writes=off", "synchronous_commit=off"] : []).flatMap((s) => ["-c", s]),
    ],
    {
      stdio: ["ignore", log, log],
      detached: true,
      env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", LD_LIBRARY_PATH: join(native, "lib") },
      ...(as ?? {}),
    },
  );
  closeSync(log);
  child.unref();
  if (!(await answers(url, 30, child))) {
    const tail = readFileSync(`${data}.log`, "utf8").split("\n").slice(-6).join("\n");
    throw new Error(`the embedded PostgreSQL did not start:\n${tail}`);
  }
  return child.pid as number;
}

const settings = [
  "max_connections=100",
  "shared_buffers=64MB",
  "log_min_messages=warning",
  "timezone=UTC",
  "wal_level=replica",
  "wal_keep_size=256MB",
];

const address = (password: string, port: number) => `postgres://toguna_owner:${password}@127.0.0.1:${port}/postgres`;

type User = { uid: number; gid: number };

/** PostgreSQL refuses to run as root: then it runs as `postgres`, made if missing. */
function serverUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const find = () =>
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((l) => l.split(":"))
      .find((f) => f[0] === "postgres");
  if (!find()) execFileSync("useradd", ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"], { stdio: "ignore" });
  const entry = find();
  if (!entry) throw new Error("PostgreSQL cannot run as root, and the user `postgres` could not be made; start as another user");
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

/** The parent folders must be enterable by the server's user, the data folder its own. */
function openPath(data: string, as: User | undefined): void {
  mkdirSync(dirname(data), { recursive: true });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (!as) return;
  // files of a restored backup belong to whoever restored them: the whole tree becomes the server's
  const owned = statSync(join(data, "PG_VERSION"), { throwIfNoEntry: false });
  if (owned && owned.uid !== as.uid) execFileSync("chown", ["-R", `${as.uid}:${as.gid}`, data]);
  else chownSync(data, as.uid, as.gid);
  for (let up = dirname(data); up !== dirname(up); up = dirname(up)) {
    const mode = statSync(up).mode;
    if ((mode & 0o001) === 0) {
      if (up === dirname(data)) chmodSync(up, mode | 0o011);
      else throw new Error(`${up} is closed to the user \`postgres\`: set TOGUNA_DATA to a folder it can enter`);
    }
  }
}

function run(file: string, as: User | undefined, args: string[]): void {
  execFileSync(file, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", LD_LIBRARY_PATH: join(dirname(dirname(file)), "lib") },
    cwd: "/",
    ...(as ?? {}),
  });
}

/** The address of the server that runs on `dir` now, if one does: for commands beside a running program. */
export function runningPostgres(dir: string): string | undefined {
  const server = runningServer(resolve(dir));
  return server && address(readFileSync(`${resolve(dir)}.password`, "utf8").trim(), server.port);
}

/** The pid file's server, when that process lives and is a postgres. */
function runningServer(data: string): { pid: number; port: number } | undefined {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const [pid = "", , , port = ""] = readFileSync(file, "utf8").split("\n");
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("postgres")) return undefined;
  } catch {
    return undefined;
  }
  return { pid: Number(pid), port: Number(port) };
}

async function answers(url: string, seconds: number, child?: ChildProcess): Promise<boolean> {
  const { default: pg } = await import("pg");
  for (let i = 0; i < seconds * 20; i++) {
    if (child && child.exitCode !== null) return false;
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await client.end().catch(() => undefined);
      await new Promise((r) => setTimeout(r, 50));
    }
  }
  return false;
}

async function stopPid(pid: number, mode: "fast" | "immediate" = "fast"): Promise<void> {
  try {
    process.kill(pid, mode === "fast" ? "SIGINT" : "SIGQUIT");
    for (let i = 0; i < 300; i++) {
      await new Promise((r) => setTimeout(r, 20));
      if (!alive(pid)) return;
    }
    process.kill(pid, "SIGQUIT");
  } catch {
    // already gone
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
