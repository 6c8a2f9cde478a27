/** Looks, measures, keeps and tells: a report each few seconds, at once when a link comes or goes, a sample each minute. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PartName, Power, SiteReport } from "#network/api";
import { now } from "../clock.ts";
import type { Disk } from "../disk.ts";
import type { Engine } from "../engine.ts";
import { counters, neighbours, power, tunnels } from "../report.ts";
import type { Changes } from "../monitor.ts";
import type { Run } from "../run.ts";
import type { Wire } from "../wire.ts";
import { linkWatch } from "./links.ts";
import { minute, probeOf, traffic } from "./minute.ts";
import { ping } from "./ping.ts";
import { openSpool } from "./spool.ts";
import { targets } from "./targets.ts";
import { when } from "./when.ts";

export interface Measuring {
  run: Run;
  disk: Disk;
  site: Engine;
  link: Wire;
  namespace: string | undefined;
  changes: Changes;
  signal: AbortSignal;
  /** Parts put right since the last report; taken when told. */
  repaired: { parts: PartName[] };
  seconds: { report: number; sample: number };
  say(text: string): void;
}
/** Bytes of samples in one report, beside how the site stands now. */
const mostTold = 100_000;
/** Neighbours and gateways are asked this often: thirty echoes a minute. */
const probeSeconds = 10;
/** Links that come and go without end wake nobody more often than this. */
const stormMs = 2000;
/** So many neighbours are asked at once. */
const atOnce = 8;

/** Seconds since the machine started, and which start: neither is bent by a clock. */
function uptime(): { up: number; boot: string } {
  try {
    return { up: Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]), boot: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() }; // prettier-ignore
  } catch {
    return { up: performance.now() / 1000, boot: `process ${process.pid}` };
  }
}

export async function measuring(o: Measuring): Promise<void> {
  const { run, disk, link, signal } = o;
  const spool = openSpool(join(disk.dir, "measured.ndjson"), { boot: disk.kept.boot, say: o.say });
  const links = linkWatch();
  const sums = minute();
  let warned = false;
  let wake: () => void = () => undefined;
  let woken = false;
  const nudge = () => {
    woken = true;
    wake();
  };
  o.changes.on(nudge);
  const wait = (ms: number) =>
    new Promise<void>((done) => {
      if (signal.aborted) return done();
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        done();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener("abort", end, { once: true });
      wake = end;
    });

  let last: { interfaces: SiteReport["interfaces"]; at: number } | undefined;
  let opened = performance.now();
  let supply: Power = power(disk.dir);

  /** How the site stands; what passed and what happened since the last look goes into the minute. */
  async function look() {
    const [interfaces, near] = [await counters(run), await neighbours(run, o.namespace)];
    const at = performance.now();
    if (last) sums.traffic(traffic(last.interfaces, interfaces, (at - last.at) / 1000));
    last = { interfaces, at };
    const own = now() - link.skew();
    const found = links.look(interfaces, near, own);
    const stamp = (ms: number) => new Date(Math.max(0, ms)).toISOString();
    sums.events(found.events.map((e) => ({ ...e, at: stamp(e.at) })));
    supply = power(disk.dir);
    return { interfaces, neighbours: near, links: found.links.map((l) => ({ ...l, since: stamp(l.since) })), changed: found.events.length > 0 }; // prettier-ignore
  }

  function closeMinute(): void {
    const at = performance.now();
    if ((at - opened) / 1000 < o.seconds.sample) return;
    const part = sums.close((at - opened) / 1000, supply);
    opened = at;
    spool.append({ own: now(), skew: link.heard() ? link.skew() : undefined, ...uptime(), part });
  }

  async function tell(seen: Awaited<ReturnType<typeof look>>): Promise<void> {
    const { changed: _, ...stands } = seen;
    const repaired = o.repaired.parts.splice(0);
    // without a word from the house yet, only how the site stands: its answer tells the time
    const samples = link.heard() ? spool.oldest(mostTold) : [];
    const clock = { own: now(), skew: link.skew(), ...uptime() };
    const report: Omit<SiteReport, "node" | "sequence"> = {
      at: new Date(now() - link.skew()).toISOString(),
      clockSkew: Math.round(link.skew() / 1000),
      power: supply,
      tunnels: await tunnels(run),
      ...stands,
      ...o.site.last(),
      repaired,
      samples: samples.map((s) => ({ serial: s.serial, ...when(s, clock), ...s.part })),
    };
    try {
      await link.ask("/agent/v1/report", { report }, 10);
    } catch (error) {
      o.repaired.parts.push(...repaired);
      throw error;
    }
    if (samples.length) spool.told(samples.at(-1)!.serial);
  }

  async function reports(): Promise<void> {
    while (!signal.aborted) {
      let pause = o.seconds.report * 1000;
      woken = false;
      const began = performance.now();
      try {
        const seen = await look();
        closeMinute();
        await tell(seen);
        // what a change set off may not be at its end, and what was kept while nobody listened wants to be told
        if (seen.changed || spool.size().samples > 1) pause = Math.min(pause, stormMs);
        if (!warned && Math.abs(link.skew()) > 60_000) {
          warned = true;
          o.say(`this clock is ${Math.round(link.skew() / 1000)} s beside the house’s: reports carry the house’s time`);
        }
      } catch {
        closeMinute(); // told later
      }
      if (!woken) await wait(pause);
      // a storm of changes is one look
      const since = performance.now() - began;
      if (woken && since < stormMs) {
        wake = () => undefined;
        await new Promise((r) => setTimeout(r, stormMs - since));
      }
    }
  }

  async function probes(): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now();
      const { interfaces, overlay } = disk.kept.parts;
      let list: ReturnType<typeof targets> = [];
      try {
        list = targets({ interfaces: interfaces?.text, overlay: overlay?.text });
      } catch {
        // a text of another time
      }
      const there = new Set(last?.interfaces.map((i) => i.name));
      list = list.filter((t) => t.to.startsWith("node:") || there.has(t.to));
      const next = list.values();
      const worker = async () => {
        for (const t of next) {
          if (signal.aborted) return;
          const answer = await ping(run, t.address).catch(() => undefined);
          if (answer) sums.probe(probeOf(t.to, answer.sent, answer.times));
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      await new Promise<void>((done) => {
        const timer = setTimeout(done, Math.max(200, Math.max(probeSeconds, o.seconds.report) * 1000 - (performance.now() - began)));
        signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
      });
    }
  }
  await Promise.all([reports(), probes()]);
}
