import type { OverlayPart } from "#network/api";
import { withFile } from "../run.ts";
import { spelt } from "./interfaces.ts";
import { Refused, type Keeper, type Place } from "./keeper.ts";

/** Our mark on routes: what bears it is ours to remove. */
const protocol = "77";
const names = ["wg0", "wg1"] as const;

/** WireGuard with the kernel's module, else in user space. A tunnel outlives the agent: only an order takes it down. */
export function overlay({ run, disk }: Place, kernel: boolean): Keeper {
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

  return {
    async put(text) {
      const want = JSON.parse(text) as OverlayPart;
      for (const i of want.interfaces) if (i.name !== names[i.slot]) throw new Refused(`${i.name} is no slot of ours`);
      let there = await up();
      for (const i of want.interfaces) {
        if (!there.has(i.name))
          await run(kernel ? ["ip", "link", "add", i.name, "type", "wireguard"] : ["wireguard-go", i.name], { daemon: true });
        const conf = i.conf.replace("[Interface]", `[Interface]\nPrivateKey = ${disk.secret(i.slot)}`);
        await withFile(conf, (path) => run(["wg", "syncconf", i.name, path]));
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
        const [self, ...peers] = (await run(["wg", "show", n, "dump"], { fine: [1] }))
          .trim()
          .split("\n")
          .map((l) => l.split("\t"));
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
