/** Another State's network: a namespace of its own with FRR, one cable to ours. */
import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Abroad {
  namespace: string;
  /** A command over there. */
  run(...argv: string[]): string;
  close(): void;
}

export function abroad(o: {
  name: string;
  ours: string;
  port: string;
  as: number;
  theirs: string;
  neighbour: string;
  from: number;
  tells: string[];
}): Abroad {
  const { name } = o;
  const must = (...argv: string[]) => {
    const r = spawnSync(argv[0]!, argv.slice(1), { encoding: "utf8", timeout: 20_000 });
    if (r.status !== 0) throw new Error(`${argv.join(" ")}: ${r.stderr || r.stdout}`);
    return r.stdout;
  };
  const at = (...argv: string[]) => must("nsenter", `--net=/run/netns/${name}`, "--", ...argv);
  const state = `/var/run/frr/${name}`;
  const etc = `/etc/frr/${name}`;
  const daemons = ["zebra", "bgpd"];
  const close = () => {
    for (const d of daemons) {
      const file = join(state, `${d}.pid`);
      const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
      try {
        if (pid && readFileSync(`/proc/${pid}/comm`, "utf8").trim() === d) process.kill(pid, "SIGKILL");
      } catch {
        // gone already
      }
    }
    spawnSync("ip", ["netns", "delete", name]);
    for (const dir of [state, etc]) rmSync(dir, { recursive: true, force: true });
  };
  close();
  const frr = /^frr:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"))!;
  for (const dir of [state, etc]) {
    mkdirSync(dir, { recursive: true });
    chownSync(dir, Number(frr[1]), Number(frr[2]));
  }
  try {
    must("ip", "netns", "add", name);
    must("ip", "link", "add", o.port, "netns", o.ours, "type", "veth", "peer", "name", "eth0", "netns", name);
    at("ip", "link", "set", "lo", "up");
    at("ip", "link", "set", "eth0", "up");
    at("ip", "addr", "add", o.theirs, "dev", "eth0");
    for (const prefix of o.tells) at("ip", "addr", "add", `${prefix.split("/")[0]!.replace(/\.0$/, ".1")}/32`, "dev", "lo");
    const conf = [
      `router bgp ${o.as}`,
      " no bgp ebgp-requires-policy",
      " no bgp network import-check",
      ` neighbor ${o.neighbour} remote-as ${o.from}`,
      ` neighbor ${o.neighbour} ttl-security hops 1`,
      ` neighbor ${o.neighbour} timers connect 1`,
      " address-family ipv4 unicast",
      ...o.tells.map((prefix) => `  network ${prefix}`),
      " exit-address-family",
      "exit",
    ].join("\n");
    const file = join(etc, "bgp.conf");
    writeFileSync(file, `${conf}\n`);
    for (const d of daemons)
      at(`/usr/lib/frr/${d}`, "-d", "-N", name, "-i", join(state, `${d}.pid`), "-A", "127.0.0.1", ...(d === "bgpd" ? ["-f", file] : []));
  } catch (error) {
    close();
    throw error;
  }
  return { namespace: name, run: (...argv) => at(...argv), close };
}
