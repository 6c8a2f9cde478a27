import { existsSync } from "node:fs";
import type { Capability } from "#network/api";
import { withFile, type Run } from "./run.ts";

const has = (...paths: string[]) => paths.some((p) => existsSync(p));

/** What this machine can do, found by doing it once on things of our own that go again at once. */
export async function probe(run: Run): Promise<Capability[]> {
  const able = async (...argv: string[]) => run(argv).then(() => true, () => false); // prettier-ignore
  const device = async (kind: string[], then: () => Promise<boolean> = async () => true) => {
    if (!(await able("ip", "link", "add", "name", "tgprobe", ...kind))) return false;
    const ok = await then();
    await able("ip", "link", "delete", "tgprobe");
    return ok;
  };
  const found: Capability[] = [];
  const frr = has("/usr/lib/frr/zebra") && has("/usr/bin/vtysh") && has("/usr/lib/frr/frr-reload.py");
  if (frr && has("/usr/lib/frr/ospfd")) found.push("routing");
  if (frr && has("/usr/lib/frr/ospf6d")) found.push("routing-v6");
  if (frr && has("/usr/lib/frr/bfdd")) found.push("bfd");
  const table =
    "table inet tgprobe\ndelete table inet tgprobe\ntable inet tgprobe {\n chain c {\n ct state established accept\n }\n}\ndelete table inet tgprobe\n";
  if (has("/usr/sbin/nft") && (await withFile(table, (path) => able("nft", "-f", path)))) found.push("filter");
  const kernel = has("/usr/bin/wg") && (await device(["type", "wireguard"]));
  if (kernel) found.push("kernel-wireguard");
  if (kernel || (has("/usr/bin/wg") && has("/usr/bin/wireguard-go") && has("/dev/net/tun"))) found.push("overlay");
  const bridge = await device(["type", "bridge"], async () => {
    if (await able("tc", "qdisc", "replace", "dev", "tgprobe", "root", "handle", "1:", "htb", "default", "30")) found.push("classes");
    if (await able("tc", "qdisc", "replace", "dev", "tgprobe", "root", "netem", "delay", "1ms")) found.push("netem");
    return true;
  });
  if (bridge) found.push("bridge");
  if (await device(["link", "lo", "type", "vlan", "id", "9"])) found.push("vlan");
  return found.toSorted();
}
