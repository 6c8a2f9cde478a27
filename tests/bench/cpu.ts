import { readdirSync, readFileSync } from "node:fs";

/** CPU seconds of this process (all threads) and of the PostgreSQL server `pid` with its children, the dead ones included. */
export function cpuSeconds(postgres: number | undefined): number {
  const own = process.cpuUsage();
  return (own.user + own.system) / 1e6 + (postgres === undefined ? 0 : familySeconds(postgres));
}

export function familySeconds(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const field = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(name) === pid) ticks += Number(field[11]) + Number(field[12]) + Number(field[13]) + Number(field[14]);
      else if (Number(field[1]) === pid) ticks += Number(field[11]) + Number(field[12]);
    } catch {
      // ended meanwhile: its parent has its time
    }
  }
  return ticks / 100;
}

/** Of one process with all its threads, now. */
export function processSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const field = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(field[11]) + Number(field[12])) / 100;
}
