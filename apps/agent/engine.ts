import { createHash } from "node:crypto";
import type { Capability, FabricStep, Observed, OverlayPart, PartName } from "#network/api";
import type { Disk } from "./disk.ts";
import type { Run } from "./run.ts";
import { classes } from "./parts/classes.ts";
import { filter } from "./parts/filter.ts";
import { interfaces } from "./parts/interfaces.ts";
import { partNames, Refused, type Keeper, type Place } from "./parts/keeper.ts";
import { overlay } from "./parts/overlay.ts";
import { routing } from "./parts/routing.ts";

const printOf = (text: string) => createHash("sha256").update(text).digest("base64url");

export interface Engine {
  observe(): Promise<Observed>;
  /** What was seen at the last look, without looking again. */
  last(): Observed;
  carryOut(step: FabricStep, order: { key: string; fence: string }): Promise<object>;
  /** Puts right what was bent since, from what is on disk; the parts it touched. */
  repair(): Promise<PartName[]>;
  /** Host routes whose coming and going decides which tunnel carries what. */
  watched(): string[];
  /** Puts the tunnels as they must be with these nodes away. */
  reroute(away: ReadonlySet<string>): Promise<void>;
}

/** One thing at a time: an order and a repair never mix. */
export function engine(place: Place & { run: Run; disk: Disk }, capabilities: Capability[]): Engine {
  const { disk } = place;
  let away: ReadonlySet<string> = new Set();
  const keepers: Record<PartName, Keeper> = {
    interfaces: interfaces(place),
    filter: filter(place),
    overlay: overlay({ ...place, away: () => away }, capabilities.includes("kernel-wireguard")),
    routing: routing(place),
    classes: classes(place),
  };
  let line: Promise<unknown> = Promise.resolve();
  const alone = <T>(fn: () => Promise<T>): Promise<T> => {
    const next = line.then(fn, fn);
    line = next.catch(() => undefined);
    return next;
  };
  const print = async (p: PartName, text: string) =>
    printOf(await keepers[p].read(text).catch((error: unknown) => `unreadable: ${String(error)}`));

  let seen: Observed["parts"] = {};
  async function standing(): Promise<Observed["parts"]> {
    const list = partNames.flatMap((p) => (disk.kept.parts[p] ? [[p, disk.kept.parts[p]] as const] : []));
    const states = await Promise.all(list.map(async ([p, k]) => [p, (await print(p, k.text)) === k.print ? k.hash : "drifted"] as const));
    seen = Object.fromEntries(states);
    return seen;
  }

  async function put(p: PartName, text: string, hash: string): Promise<void> {
    await keepers[p].put(text);
    disk.kept.parts[p] = { hash, text, print: await print(p, text) };
    seen = { ...seen, [p]: hash };
    // a queue of a tunnel or of a link that has just come, addresses of a bridge: what hangs on this part is looked at again by the repair
    disk.save();
  }

  return {
    last: () => ({ parts: seen, keys: [disk.publicOf(0), disk.publicOf(1)], capabilities }),
    observe: () =>
      alone(async () => ({
        parts: await standing(),
        keys: [disk.publicOf(0), disk.publicOf(1)],
        capabilities,
      })),
    carryOut: (step, order) =>
      alone(async () => {
        const before = disk.kept.receipts[order.key];
        if (before) return before;
        if (BigInt(order.fence) < BigInt(disk.kept.fence)) throw new Refused(`fence ${order.fence} is older than ${disk.kept.fence}`);
        disk.kept.fence = order.fence;
        if (step.verb === "put") {
          if (!partNames.includes(step.part)) throw new Refused(`no part is called ${String(step.part)}`);
          await put(step.part, step.text, step.hash);
        } else if (step.verb === "clear") {
          for (const p of partNames.toReversed()) await keepers[p].clear();
          disk.kept.parts = {};
        } else throw new Refused("no such verb");
        const receipt = { done: step.verb };
        disk.kept.receipts[order.key] = receipt;
        disk.save();
        return receipt;
      }),
    repair: () =>
      alone(async () => {
        const now = await standing();
        const bent = partNames.filter((p) => now[p] === "drifted");
        for (const p of bent) await put(p, disk.kept.parts[p]!.text, disk.kept.parts[p]!.hash).catch(() => undefined);
        return bent;
      }),
    watched() {
      const text = disk.kept.parts.overlay?.text;
      const all = text ? (JSON.parse(text) as OverlayPart).interfaces.flatMap((i) => i.takeovers ?? []) : [];
      return [...new Set(all.flatMap((t) => [t.gone, t.stands]))];
    },
    reroute: (now) =>
      alone(async () => {
        away = now;
        const kept = disk.kept.parts.overlay;
        if (kept) await put("overlay", kept.text, kept.hash);
      }),
  };
}
