import type { OverlayPart } from "#network/api";
import { withFile } from "../run.ts";
import { spelt } from "./interfaces.ts";
import { Refused, type Keeper, type Place } from "./keeper.ts";
import { effective } from "./takeover.ts";

/** Our mark on routes: what bears it is ours to remove. */
const protocol = "77";
const names = ["wg0", "wg1"] as const;
const fits = (address: string | undefined): boolean => address === undefined || /^[0-9a-fA-F.:]{2,45}(?:\/\d{1,3})?$/.test(address);

/** WireGuard with the kernel's module, else in user space. A tunnel outlives the agent: only an order takes it down. */
export function overlay({ run, disk, away }: Place, kernel: boolean): Keeper {
  const up = async () =>
    new Set(
      (JSON.parse(await run(["ip", "-j", "link", "show"])) as { ifname: string }[])
        .map((l) => l.ifname)
        .filter((n) => names.includes(n as "wg0")),
    );
  const routes = async () =>
    (await Promise.all(["-4", "-6"].map((f) => run(["ip", f, "-j", "route", "show", "proto", protocol]))))
      .flatMap((t) => JSON.parse(t || "[]") as { dst: string; dev: string }[])
      .map((r) => ({ ...r, dst: r.dst.includes("/") ? r.dst : `${r.dst}/${r.dst.includes(":") ? 128 : 32}` }));

  const create = (name: string) =>
    kernel ? run(["ip", "link", "add", name, "type", "wireguard"]) : run(["wireguard-go", name], { daemon: true });

  /** Only what differs: to set the port again, even the same one, opens its socket anew, and what comes meanwhile is lost. */
  async function sync(i: OverlayPart["interfaces"][number]): Promise<void> {
    const [self, ...peers] = await dump(i.name);
    const port = /^ListenPort = (\d+)$/m.exec(i.conf)?.[1];
    const wanted = i.conf.split(/^(?=\[Peer\])/m).filter((b) => b.startsWith("[Peer]"));
    if (self?.[1] !== disk.publicOf(i.slot) || self[2] !== port) {
      const conf = i.conf.replace("[Interface]", `[Interface]\nPrivateKey = ${disk.secret(i.slot)}`);
      return void (await withFile(conf, (path) => run(["wg", "setconf", i.name, path])));
    }
    const field = (block: string, name: string) => new RegExp(`^${name} = (.*)$`, "m").exec(block)?.[1] ?? "";
    const running = new Map(peers.map((p) => [p[0]!, [p[2], p[3] === "(none)" ? "" : p[3]!.split(",").toSorted().join(), p[7]].join(" ")]));
    const kept = new Set(wanted.map((b) => field(b, "PublicKey")));
    for (const key of running.keys()) if (!kept.has(key)) await run(["wg", "set", i.name, "peer", key, "remove"]);
    const changed = wanted.filter((b) => {
      const allowed = field(b, "AllowedIPs").split(", ").filter(Boolean).map(spelt).toSorted().join();
      return running.get(field(b, "PublicKey")) !== [field(b, "Endpoint"), allowed, field(b, "PersistentKeepalive")].join(" ");
    });
    if (changed.length) await withFile(changed.join("\n"), (path) => run(["wg", "addconf", i.name, path]));
  }
  const dump = async (name: string) =>
    (await run(["wg", "show", name, "dump"], { fine: [1] })).trim().split("\n").map((l) => l.split("\t")); // prettier-ignore

  return {
    async put(text) {
      const want = JSON.parse(text) as OverlayPart;
      for (const i of want.interfaces) if (i.name !== names[i.slot]) throw new Refused(`${i.name} is no slot of ours`);
      const said = want.routes;
      // each becomes a line of a batch
      if (said && (!names.includes(said.interface as "wg0") || ![...said.prefixes, said.source4, said.source6].every(fits)))
        throw new Refused("the routes of the tunnel are not prefixes, or lead elsewhere");
      let there = await up();
      for (const i of want.interfaces) {
        if (!there.has(i.name)) await create(i.name);
        await sync({ ...i, conf: effective(i.conf, i.takeovers ?? [], away?.() ?? new Set()) });
        await run(["ip", "link", "set", i.name, "up", "mtu", String(Number(i.mtu))]);
      }
      // first the new ways, then the old ones go: in one batch, so that no packet finds none
      const r = want.routes;
      const wish = new Set((r?.prefixes ?? []).map(spelt));
      const lines = [...wish].map((p) => {
        const source = p.includes(":") ? r?.source6 : r?.source4;
        return `route replace ${p} dev ${r!.interface} proto ${protocol}${source ? ` src ${source}` : ""}`;
      });
      for (const old of await routes()) if (!wish.has(old.dst)) lines.push(`route delete ${old.dst} proto ${protocol}`);
      if (lines.length) await withFile(`${lines.join("\n")}\n`, (path) => run(["ip", "-batch", path]));
      const kept = new Set<string>(want.interfaces.map((i) => i.name));
      there = await up();
      for (const n of there) {
        if (kept.has(n)) continue;
        await run(["ip", "link", "delete", n]);
        disk.secret(names.indexOf(n as "wg0") as 0 | 1, true);
      }
    },
    async read() {
      const state: unknown[] = [];
      for (const n of [...(await up())].toSorted()) {
        const [self, ...peers] = await dump(n);
        // where a peer was last heard from moves by itself, and so do the counters
        state.push([n, self?.[1], self?.[2], peers.map((p) => [p[0], p[3]?.split(",").toSorted(), p[7]]).toSorted()]);
      }
      return JSON.stringify([state, (await routes()).map((x) => `${x.dst} ${x.dev}`).toSorted()]);
    },
    async clear() {
      for (const n of await up()) await run(["ip", "link", "delete", n]);
    },
  };
}
