import type { InterfacesPart } from "#network/api";
import { withFile } from "../run.ts";
import { Refused, type Keeper, type Place } from "./keeper.ts";

interface Link {
  ifname: string;
  flags: string[];
  linkinfo?: { info_kind?: string };
  addr_info: { local: string; prefixlen: number; scope: string }[];
}
const segmentName = /^v\d{1,4}$/;
const name = /^[A-Za-z0-9_.-]{1,15}$/;
const address = /^[0-9a-fA-F.:]{2,45}\/\d{1,3}$/;

function read(text: string): InterfacesPart {
  const p = JSON.parse(text) as InterfacesPart;
  const all = [...p.links, ...p.segments];
  for (const i of all) if (!name.test(i.name)) throw new Refused(`no interface can be called ${JSON.stringify(i.name)}`);
  for (const s of p.segments) if (!segmentName.test(s.name)) throw new Refused(`${s.name} is no segment of ours`);
  for (const a of [...p.loopback, ...all.flatMap((i) => i.addresses)])
    if (!address.test(a)) throw new Refused(`${JSON.stringify(a)} is no address`);
  return p;
}

/** As `ip` writes it: a v6 address has many spellings. */
const shown = (l: Link) => l.addr_info.filter((a) => a.scope === "global" && !a.local.startsWith("127.")).map((a) => `${a.local}/${a.prefixlen}`).toSorted(); // prettier-ignore

export function interfaces({ run }: Place): Keeper {
  const links = async () => new Map((JSON.parse(await run(["ip", "-j", "-d", "addr", "show"])) as Link[]).map((l) => [l.ifname, l]));
  const sysctl = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.all.accept_dad=0"]; // prettier-ignore
  return {
    async put(text) {
      const want = read(text);
      await run(["sysctl", "-q", "-w", ...sysctl]);
      let there = await links();
      const lines: string[] = [];
      for (const s of want.segments) if (!there.has(s.name)) lines.push(`link add name ${s.name} type bridge`);
      const kept = new Set(want.segments.map((s) => s.name));
      for (const [n, l] of there)
        if (segmentName.test(n) && l.linkinfo?.info_kind === "bridge" && !kept.has(n)) lines.push(`link delete ${n}`);
      if (lines.length) await batch(lines.splice(0));
      there = await links();
      for (const i of [{ name: "lo", addresses: want.loopback }, ...want.links, ...want.segments]) {
        const l = there.get(i.name);
        if (!l) continue; // a cable that is not there yet: seen as drift when it comes
        const have = new Set(shown(l));
        const wish = new Set(i.addresses.map(spelt));
        for (const a of have) if (!wish.has(a)) lines.push(`addr del ${a} dev ${i.name}`);
        for (const a of wish) if (!have.has(a)) lines.push(`addr add ${a} dev ${i.name}${a.includes(":") ? " nodad" : ""}`);
        if (!l.flags.includes("UP")) lines.push(`link set ${i.name} up`);
      }
      if (lines.length) await batch(lines);
    },
    async read(text) {
      const want = read(text);
      const there = await links();
      return JSON.stringify(
        ["lo", ...want.links.map((l) => l.name), ...[...there.keys()].filter((n) => segmentName.test(n)).toSorted()].map((n) => {
          const l = there.get(n);
          return l ? [n, l.flags.includes("UP"), shown(l)] : [n, "absent"];
        }),
      );
    },
    async clear() {
      const lines: string[] = [];
      for (const [n, l] of await links()) {
        if (segmentName.test(n) && l.linkinfo?.info_kind === "bridge") lines.push(`link delete ${n}`);
        else for (const a of shown(l)) lines.push(`addr del ${a} dev ${n}`);
      }
      if (lines.length) await batch(lines);
    },
  };

  function batch(lines: readonly string[]): Promise<string> {
    return withFile(`${lines.join("\n")}\n`, (path) => run(["ip", "-batch", path]));
  }
}

/** RFC 5952, by the URL parser that is at hand. */
export function spelt(cidr: string): string {
  if (!cidr.includes(":")) return cidr;
  const [a, length] = cidr.split("/");
  return `${new URL(`http://[${a}]/`).hostname.slice(1, -1)}/${length}`;
}
