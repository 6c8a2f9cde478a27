/**
 * The agent of one site: `node apps/agent/main.ts <config.json>`. It calls the house, never the other way round; carries out
 * signed orders of a few typed verbs; keeps the last desired state on disk and puts it in place at its start, before and
 * without the house; puts right what was bent; reports.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FabricStep, PartName } from "#network/api";
import { openDisk } from "./disk.ts";
import { engine } from "./engine.ts";
import { measuring } from "./measure/loop.ts";
import { monitor } from "./monitor.ts";
import { Refused } from "./parts/keeper.ts";
import { probe } from "./probe.ts";
import { runner } from "./run.ts";
import { watchRoutes } from "./watch.ts";
import { wire } from "./wire.ts";

interface Config {
  node: string;
  /** Base address of the house's agent port. */
  house: string;
  /** Ed25519 public key of the house: SPKI, DER, base64. */
  houseKey: string;
  state: string;
  /** Network namespace and FRR pathspace; absent on a machine that is the site. */
  namespace?: string;
  reportSeconds?: number;
  repairSeconds?: number;
  sampleSeconds?: number;
}
type Order = ({ id: string; key: string; fence: string } & FabricStep) | { id: string; verb: "observe" };

const config = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Config;
const disk = openDisk(config.state);
if (process.argv[3] === "key") {
  process.stdout.write(
    `${JSON.stringify({ node: config.node, publicKey: disk.identityPublic, keys: [disk.publicOf(0), disk.publicOf(1)] })}\n`,
  );
  process.exit(0);
}
const say = (text: string) => process.stderr.write(`${config.node}: ${text}\n`);
const run = runner(config.namespace);
// several sites on one machine: each has its own folder for the sockets of its tunnels, in this process's own mounts
if (config.namespace) {
  const own = join(config.state, "wireguard");
  for (const dir of [own, "/run/wireguard"]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  await runner(undefined)(["mount", "--bind", own, "/run/wireguard"]);
}
const capabilities = await probe(run);
const site = engine({ run, disk, namespace: config.namespace }, capabilities);
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());

const repaired: { parts: PartName[] } = { parts: await site.repair() };
say(repaired.parts.length ? `put back ${repaired.parts.join(", ")} from disk` : "nothing to put back");
const link = wire({
  house: config.house,
  houseKey: config.houseKey,
  node: config.node,
  identity: disk.identity,
  boot: disk.kept.boot,
  signal: stop.signal,
});
const wait = (ms: number) =>
  new Promise<void>((r) => (setTimeout(r, ms), stop.signal.addEventListener("abort", () => r(), { once: true })));

/** Orders one by one, as they come: the house holds the question until it has one. */
async function orders(): Promise<void> {
  let pause = 200;
  while (!stop.signal.aborted) {
    try {
      const answer = await link.ask<{ order?: Order }>("/agent/v1/poll", {}, 40);
      pause = 200;
      if (answer?.order) await carryOut(answer.order);
    } catch (error) {
      if (stop.signal.aborted) return;
      say(`the house is away: ${error instanceof Error ? error.message : String(error)}`);
      await wait(pause * (0.5 + (disk.kept.boot % 10) / 20));
      pause = Math.min(10_000, pause * 2);
    }
  }
}

async function carryOut(order: Order): Promise<void> {
  let answer: object;
  try {
    answer = { ok: true, result: order.verb === "observe" ? await site.observe() : await site.carryOut(order, order) };
  } catch (error) {
    answer = {
      ok: false,
      refused: error instanceof Refused,
      problem: (error instanceof Error ? error.message : String(error)).slice(0, 1000),
    };
  }
  await link.ask("/agent/v1/receipt", { order: order.id, ...answer }, 10);
}

async function repairs(): Promise<void> {
  while (!stop.signal.aborted) {
    await wait((config.repairSeconds ?? 15) * 1000);
    const bent = stop.signal.aborted ? [] : await site.repair();
    if (bent.length) say(`put right ${bent.join(", ")}`);
    repaired.parts = [...new Set([...repaired.parts, ...bent])];
  }
}

const changes = monitor(config.namespace, stop.signal);
const ways = watchRoutes({
  run,
  changes,
  signal: stop.signal,
  watched: () => site.watched(),
  async changed(away) {
    say(away.size ? `out of reach: ${[...away].join(", ")}` : "everybody is in reach");
    await site.reroute(away).catch((error: unknown) => say(`tunnels as they were: ${String(error)}`));
  },
});
const measured = measuring({
  run,
  disk,
  site,
  link,
  namespace: config.namespace,
  changes,
  signal: stop.signal,
  repaired,
  seconds: { report: config.reportSeconds ?? 10, sample: config.sampleSeconds ?? 60 },
  say,
});
await Promise.all([orders(), repairs(), measured, ways]);
process.exit(0);
