import { Failed, withFile } from "../run.ts";
import { Refused, type Keeper, type Place } from "./keeper.ts";

interface Root {
  kind: string;
  handle: string;
  root?: boolean;
  dev: string;
}
const line = /^(?:qdisc|class) replace dev ([A-Za-z0-9_.-]{1,15}) (?:root|parent \d*:\d*)(?: [a-z0-9:. ]+)?$/;

/** tc, by a batch of `replace`: what stands already is changed where it differs. */
export function classes({ run }: Place): Keeper {
  const devices = (text: string) => [...new Set([...text.matchAll(/ dev (\S+)/g)].map((m) => m[1]!))];
  const there = async () => new Set((JSON.parse(await run(["ip", "-j", "link", "show"])) as { ifname: string }[]).map((l) => l.ifname));
  return {
    async put(text) {
      const lines = text.split("\n").filter(Boolean);
      const wrong = lines.find((l) => !line.test(l));
      if (wrong) throw new Refused(`tc is not asked for ${JSON.stringify(wrong.slice(0, 80))}`);
      const known = await there();
      // htb cannot be replaced by itself: where it is the root already, its classes are changed below it
      const rooted = new Set((JSON.parse(await run(["tc", "-j", "qdisc", "show"])) as Root[]).filter((q) => q.kind === "htb" && q.root && q.handle === "1:").map((q) => q.dev)); // prettier-ignore
      const now = lines.filter((l) => {
        const dev = line.exec(l)![1]!;
        return known.has(dev) && !(l.includes(" root ") && rooted.has(dev));
      });
      if (now.length === 0) return;
      try {
        await withFile(`${now.join("\n")}\n`, (path) => run(["tc", "-batch", path]));
      } catch (error) {
        if (error instanceof Failed && error.result.code < 128) throw new Refused(error.message);
        throw error;
      }
    },
    async read(text) {
      const known = await there();
      const out: unknown[] = [];
      for (const dev of devices(text)) {
        if (!known.has(dev)) out.push([dev, "absent"]);
        else out.push([dev, (await run(["tc", "class", "show", "dev", dev])).trim().split("\n").toSorted()]);
      }
      return JSON.stringify(out);
    },
    async clear() {
      for (const dev of await there()) await run(["tc", "qdisc", "del", "dev", dev, "root"], { fine: [1, 2] });
    },
  };
}
