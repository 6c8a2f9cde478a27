import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Power, SiteReport } from "#network/api";
import type { Run } from "./run.ts";

interface Stats {
  ifname: string;
  operstate: string;
  flags: string[];
  stats64: { rx: { bytes: number; dropped: number }; tx: { bytes: number; dropped: number } };
}

export async function counters(run: Run): Promise<SiteReport["interfaces"]> {
  const all = JSON.parse(await run(["ip", "-j", "-s", "link", "show"])) as Stats[];
  return all
    .filter((l) => /^(?:[fc]-|v\d|wg\d)/.test(l.ifname))
    .map((l) => ({
      name: l.ifname,
      up: l.flags.includes("LOWER_UP"),
      rxBytes: l.stats64.rx.bytes,
      txBytes: l.stats64.tx.bytes,
      rxDropped: l.stats64.rx.dropped,
      txDropped: l.stats64.tx.dropped,
    }));
}

export async function neighbours(run: Run, namespace: string | undefined): Promise<SiteReport["neighbours"]> {
  const space = namespace ? ["-N", namespace] : [];
  const ask = async (command: string) => JSON.parse((await run(["vtysh", ...space, "-c", command]).catch(() => "{}")) || "{}");
  const ospf = (await ask("show ip ospf neighbor json")) as {
    neighbors?: Record<string, { nbrState?: string; converged?: string; ifaceName?: string }[]>;
  };
  const bfd = (await ask("show bfd peers json")) as { interface?: string; status?: string; peer?: string }[];
  const peers = Array.isArray(bfd) ? bfd : [];
  return Object.values(ospf.neighbors ?? {}).flatMap((list) =>
    list.map((n) => {
      const name = (n.ifaceName ?? "").split(":")[0]!;
      const own = peers.filter((b) => b.interface === name);
      return {
        interface: name,
        state: /^Full/i.test(n.nbrState ?? n.converged ?? "") ? ("full" as const) : ("other" as const),
        bfd: own.length === 0 ? ("none" as const) : own.some((b) => b.status === "up") ? ("up" as const) : ("down" as const),
      };
    }),
  );
}

export async function tunnels(run: Run): Promise<SiteReport["tunnels"]> {
  const text = await run(["wg", "show", "all", "dump"], { fine: [1] }).catch(() => "");
  return text
    .split("\n")
    .map((l) => l.split("\t"))
    .filter((c) => c.length === 9)
    .map((c) => ({ interface: c[0]!, peer: c[1]!, lastHandshake: Number(c[5]), rxBytes: Number(c[6]), txBytes: Number(c[7]) }));
}

/** Where the machine has a supply that tells, that; else a file somebody fills (`{"source","charge"}`), said to be simulated. */
export function power(dir: string, sys = "/sys/class/power_supply"): Power {
  const word = (...path: string[]) => (existsSync(join(sys, ...path)) ? readFileSync(join(sys, ...path), "utf8").trim() : undefined);
  const supplies = existsSync(sys) ? readdirSync(sys) : [];
  const mains = supplies.find((s) => word(s, "type") === "Mains");
  const battery = supplies.find((s) => word(s, "type") === "Battery");
  if (mains || battery) {
    const charge = battery ? Number(word(battery, "capacity")) : Number.NaN;
    const on = mains ? word(mains, "online") === "1" : word(battery!, "status") !== "Discharging";
    return { source: on ? "mains" : "battery", ...(Number.isFinite(charge) ? { charge } : {}), simulated: false };
  }
  const file = join(dir, "power.json");
  try {
    const told = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<Power>) : {};
    return { source: told.source ?? "mains", charge: told.charge ?? 100, simulated: true };
  } catch {
    return { source: "unknown", simulated: true };
  }
}
