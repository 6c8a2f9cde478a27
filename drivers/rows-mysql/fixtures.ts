/** A MariaDB of Debian's own for the tests, in a folder that goes with them. */
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { tmpdir, userInfo } from "node:os";
import mysql from "mysql2/promise";

const program = "/usr/sbin/mariadbd";
export const missing: string | false =
  existsSync(program) || process.env.CI ? false : "apt-get install mariadb-server: MySQL's side is tested with it";

export interface Maria {
  port: number;
  root: mysql.Connection;
  /** As a power cut would. */
  kill(): void;
  close(): Promise<void>;
}

export async function maria(): Promise<Maria> {
  const folder = mkdtempSync(join(tmpdir(), "toguna-maria-"));
  const user = userInfo().username;
  if (user === "root") chownSync(folder, 0, 0);
  execFileSync(
    "mariadb-install-db",
    ["--no-defaults", `--datadir=${folder}/data`, `--user=${user}`, "--auth-root-authentication-method=normal", "--skip-test-db"],
    { stdio: "pipe" },
  );
  const port = await freePort();
  const child = spawn(
    program,
    [
      "--no-defaults",
      `--datadir=${folder}/data`,
      `--user=${user}`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${folder}/s`,
      `--pid-file=${folder}/pid`,
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-buffer-pool-size=16M",
      "--skip-log-bin",
      "--performance-schema=OFF",
    ],
    { stdio: "ignore" },
  );
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  let root: mysql.Connection | undefined;
  for (let i = 0; !root; i++)
    root = await mysql
      .createConnection({ host: "127.0.0.1", port, user: "root", charset: "utf8mb4", multipleStatements: true })
      .catch(async (error) => {
        if (i > 200) throw error;
        await new Promise((done) => setTimeout(done, 50));
        return undefined;
      });
  const ready = root;
  return {
    port,
    root: ready,
    kill: () => void child.kill("SIGKILL"),
    async close() {
      ready.destroy();
      child.kill("SIGKILL");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((done) => server.close(() => done()));
  return port;
}
