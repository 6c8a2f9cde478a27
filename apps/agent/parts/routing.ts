import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failed } from "../run.ts";
import { Refused, type Keeper, type Place } from "./keeper.ts";

const usual = ["zebra", "ospfd", "ospf6d", "bfdd"] as const;
/** A site without neighbours of another network has nobody to speak BGP with. */
const daemonsFor = (text: string) => (/^router bgp /m.test(text) ? [...usual, "bgpd" as const] : usual);
const library = "/usr/lib/frr";

/** FRRouting by its own declarative difference (frr-reload.py). The daemons outlive the agent. */
export function routing({ run, namespace }: Place): Keeper {
  const space = namespace ? ["-N", namespace] : [];
  const [etc, state] = namespace ? [`/etc/frr/${namespace}`, `/var/run/frr/${namespace}`] : ["/etc/frr", "/var/run/frr"];
  const pid = (d: string): number | undefined => {
    const file = join(state, `toguna-${d}.pid`);
    if (!existsSync(file)) return undefined;
    const n = Number(readFileSync(file, "utf8"));
    try {
      return readFileSync(`/proc/${n}/comm`, "utf8").trim() === d ? n : undefined;
    } catch {
      return undefined;
    }
  };
  const vtysh = (...commands: string[]) => run(["vtysh", ...space, ...commands.flatMap((c) => ["-c", c])]);

  function prepare(): void {
    const frr = /^frr:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
    for (const dir of [etc, state]) {
      mkdirSync(dir, { recursive: true, mode: 0o750 });
      if (frr) chownSync(dir, Number(frr[1]), Number(frr[2]));
    }
    for (const name of ["vtysh.conf", "frr.conf"]) if (!existsSync(join(etc, name))) writeFileSync(join(etc, name), "", { mode: 0o640 });
  }

  return {
    async put(text) {
      prepare();
      const file = join(etc, "toguna.conf");
      writeFileSync(file, text, { mode: 0o640 });
      const missing = daemonsFor(text).filter((d) => pid(d) === undefined);
      for (const d of missing)
        await run([`${library}/${d}`, ...space, "-d", "-i", join(state, `toguna-${d}.pid`), "-A", "127.0.0.1"], { daemon: true });
      try {
        await run(["vtysh", ...space, "-C", "-f", file]);
      } catch (error) {
        if (error instanceof Failed && error.result.code < 128) throw new Refused(error.message);
        throw error;
      }
      if (usual.every((d) => missing.includes(d))) await run(["vtysh", ...space, "-f", file]);
      else await run([`${library}/frr-reload.py`, "--reload", ...(namespace ? ["--pathspace", namespace, "--rundir", state] : []), file]);
    },
    async read(text) {
      if (daemonsFor(text).some((d) => pid(d) === undefined)) return "daemons are missing";
      return vtysh("show running-config");
    },
    async clear() {
      for (const d of [...usual, "bgpd"]) {
        const n = pid(d);
        if (n !== undefined) process.kill(n, "SIGTERM");
      }
    },
  };
}
