import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../live-house.ts";
import { root } from "../tree.ts";

/** First and later starts of the demonstration (seconds until /readyz), and memory at rest (MB of PSS: Node, PostgreSQL). */
export async function measureStarts(): Promise<{ first: number; later: number; nodeMb: number; postgresMb: number }> {
  const data = mkdtempSync(join(tmpdir(), "toguna-bench-"));
  chmodSync(data, 0o711); // PostgreSQL may run as another user
  try {
    const first = await startOnce(data, false);
    const later = await startOnce(data, true);
    return { first: first.seconds, later: later.seconds, nodeMb: later.nodeMb, postgresMb: later.postgresMb };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function startOnce(data: string, rest: boolean): Promise<{ seconds: number; nodeMb: number; postgresMb: number }> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, ["apps/server/bootstrap.mjs", "start"], {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, TOGUNA_DATA: join(data, "data"), TOGUNA_PORT: String(port), TOGUNA_SANDBOX_PORT: "0", TOGUNA_DEMO: "1" },
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error("the program ended before it was ready");
    if (
      await fetch(`http://127.0.0.1:${port}/readyz`).then(
        (r) => r.ok,
        () => false,
      )
    )
      break;
    await new Promise((r) => setTimeout(r, 50));
  }
  const seconds = (performance.now() - began) / 1000;
  if (rest) await new Promise((r) => setTimeout(r, 20_000));
  const family = descendants(child.pid as number);
  const postgres = Number(readFileSync(join(data, "data/postgres/postmaster.pid"), "utf8").split("\n")[0]);
  const sum = (pids: number[]) => pids.reduce((n, pid) => n + pss(pid), 0) / 1024;
  const result = { seconds, nodeMb: sum(family), postgresMb: sum([postgres, ...descendants(postgres)]) };
  child.kill("SIGTERM");
  await new Promise((r) => child.once("exit", r));
  return result;
}

function descendants(pid: number): number[] {
  const parents = readdirSync("/proc")
    .filter((n) => /^\d+$/.test(n))
    .flatMap((n) => {
      try {
        return [[Number(n), Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${n}/status`, "utf8"))?.[1])] as const];
      } catch {
        return [];
      }
    });
  const below = (p: number): number[] => parents.filter(([, up]) => up === p).flatMap(([child]) => [child, ...below(child)]);
  return [pid, ...below(pid)].filter((p) => /\bnode\b/.test(comm(p)) || p !== pid);
}

function comm(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8");
  } catch {
    return "";
  }
}

/** Proportional set size in KB: shared pages counted once among those who share them. */
export function pss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
