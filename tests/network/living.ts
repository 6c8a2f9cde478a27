/** A ring of four sites with real parts, its house in this process: what the living tests and the bench measure. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { provide, type Caller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { network } from "#network";
import * as api from "#network/api";
import { simulatedFabricPort } from "#network/ports";
import { registry } from "#registry";
import { fabricLinux, miniature, missing, type Miniature } from "../../drivers/fabric-linux/index.ts";
import { createMemoryFabric } from "../../drivers/fabric-memory/index.ts";
import { intentOf } from "../../modules/network/intent/intent.ts";
import type { NodeIntent } from "../../modules/network/intent/shapes.ts";
import { current } from "../../modules/network/plant/current.ts";

export const lacks = missing();
/** BFD speaks each 50 ms: where dozens wait for each processor it loses neighbours that nobody cut, and nothing is learned. */
const starved = loadavg()[0]! > 6 * availableParallelism() ? `this machine is too busy (load ${loadavg()[0]!.toFixed(0)})` : undefined;
const reason = lacks ?? starved;
export const skip = reason && !process.env.CI ? `the living fabric: ${reason}` : false;
export const agentProgram = [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  new URL("../../apps/agent/main.ts", import.meta.url).pathname,
];

const row = (...cells: (string | number)[]) => cells.join(",");
/** core – hub – s1 – s2 – core; s1, s2 and the core are sites of the registry, so institutions work there. */
const plant = [
  "type,id,kind,name,site,lon,lat,a,b,length,strands",
  row("node", "core", "core", "Core", "bf-site-datacentre-ouagadougou", -1.5, 12.3, "", "", "", ""),
  row("node", "hub", "hub", "Hub", "", -1.49, 12.3, "", "", "", ""),
  row("node", "s1", "site", "Site 1", "bf-site-presidence", -1.48, 12.3, "", "", "", ""),
  row("node", "s2", "site", "Site 2", "bf-site-primature", -1.47, 12.3, "", "", "", ""),
  row("cable", "k1", "", "", "", "", "", "core", "hub", 1200, 12),
  row("cable", "k2", "", "", "", "", "", "hub", "s1", 1200, 12),
  row("cable", "k3", "", "", "", "", "", "s1", "s2", 1200, 12),
  row("cable", "k4", "", "", "", "", "", "s2", "core", 3600, 12),
].join("\n");
const rights = ["network.read-plant", "network.edit-plant", "network.plan-changes", "network.approve-changes", "network.operate-fabric"];

export interface Living {
  w: World;
  mini: Miniature;
  operator: Caller;
  intents(): Promise<Map<string, NodeIntent>>;
  /** Milliseconds from the approved change's merge until every operation of it is through. */
  change(changes: object[]): Promise<number>;
  startAgent(node: string): void;
  /** Which peer carries which prefixes, as WireGuard has it: its socket is in the agent's own mounts. */
  tunnels(node: string): string;
  until(what: () => Promise<boolean> | boolean, seconds?: number): Promise<void>;
  close(): Promise<void>;
}

export async function living(
  name: string,
  seconds: { report: number; repair: number; sample?: number } = { report: 3, repair: 8, sample: 12 },
): Promise<Living> {
  const memory = createMemoryFabric();
  const w = await world({
    modules: [registry, network],
    drivers: [fabricLinux, provide(simulatedFabricPort, () => memory)],
    country: "bf",
    live: true,
  });
  const state = mkdtempSync(join(tmpdir(), "toguna-living-"));
  const operator = w.clerk("bf-anptic", rights);
  const second = w.clerk("bf-anptic", rights);
  const call: World["call"] = (contract, input) => w.call(contract, input, { as: operator });
  await call(api.importPlant, { format: "csv", text: plant });
  await call(api.assignAddresses, {});
  const intents = async () => {
    const all = await w.transaction(async (ctx) => intentOf((await current(ctx)).model.plant));
    return new Map(all.map((n) => [n.id, n]));
  };
  const spans = new Map<string, { id: string; a: string; b: string; atA: string; atB: string }>();
  for (const n of (await intents()).values())
    for (const l of n.links) spans.set(l.span, { id: l.span, a: n.id, b: l.peer, atA: l.interface, atB: l.peerInterface });
  const nodes = ["core", "hub", "s1", "s2"];
  const mini = miniature({ name, state, nodes, spans: [...spans.values()] });
  let house = { port: 0, house: "" };
  for (const node of nodes) {
    const { publicKey, keys } = mini.agentKey(node, agentProgram);
    house = await call(api.enrolAgent, { node, publicKey, keys });
  }
  const pids = new Map<string, number>();
  const startAgent = (node: string) => {
    const agent = mini.startAgent(node, { house: `http://127.0.0.1:${house.port}`, houseKey: house.house, program: agentProgram, seconds });
    pids.set(node, agent.pid!);
  };
  for (const node of nodes) startAgent(node);
  const until: Living["until"] = async (what, limit = 30) => {
    const end = performance.now() + limit * 1000;
    while (performance.now() < end) {
      if (await what()) return;
      await new Promise((r) => setTimeout(r, 50));
    }
    throw new Error(`not so after ${limit} s: ${String(what)}`);
  };
  await call(api.putInService, {});
  const close = async () => {
    await mini.stopAgents();
    mini.down();
    await w.close();
    rmSync(state, { recursive: true, force: true });
  };
  try {
    await until(async () => (await call(api.readFabric, {})).counts.inStep === 4, 60);
  } catch (error) {
    const told = (await call(api.readFabric, {})).nodes.map((n) => `${n.id} ${n.status} ${n.problem ?? ""}`);
    await close();
    throw new Error(`${String(error)}: ${told.join("; ")}`, { cause: error });
  }
  return {
    w,
    mini,
    operator,
    intents,
    startAgent,
    tunnels: (node) =>
      spawnSync("nsenter", [
        "-t",
        String(pids.get(node)),
        "-m",
        `--net=/run/netns/${mini.namespace(node)}`,
        "wg",
        "show",
        "all",
        "allowed-ips",
      ])
        .stdout.toString()
        .split("\n")
        .map((l) => l.split(/[\t ]/).toSorted().join(" "))
        .toSorted()
        .join("\n"),
    until,
    async change(changes) {
      const { id, version } = await call(api.openBranch, { title: "Changement", changes: changes as never });
      await call(api.proposeBranch, { id, version });
      await w.call(api.approveBranch, { id, version }, { as: second });
      const began = performance.now();
      await w.call(api.mergeBranch, { id, version }, { as: second });
      const { revision } = await call(api.readOverview, {});
      await until(async () => {
        const { operations } = await call(api.listOperations, { ref: `revision:${revision}` });
        return operations.length > 0 && operations.every((o) => o.state === "COMPLETED");
      }, 60);
      return performance.now() - began;
    },
    close,
  };
}

/** Pings every 10 ms while `during` runs; the longest silence in milliseconds, how many were sent and lost. */
export async function pinged(
  mini: Miniature,
  from: { node: string } | { namespace: string },
  o: { to: string; source?: string; seconds: number },
  during: () => Promise<void> | void,
): Promise<{ silence: number; sent: number; lost: number }> {
  const namespace = "node" in from ? mini.namespace(from.node) : from.namespace;
  const count = Math.round(o.seconds * 100);
  const ping = spawn(
    "nsenter",
    [
      `--net=/run/netns/${namespace}`,
      "ping",
      "-D",
      "-n",
      "-i",
      "0.01",
      "-c",
      String(count),
      "-W",
      "1",
      ...(o.source ? ["-I", o.source] : []),
      o.to,
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  let text = "";
  ping.stdout.on("data", (chunk) => (text += String(chunk)));
  const gone = new Promise((r) => ping.on("close", r));
  await new Promise((r) => setTimeout(r, 700));
  await during();
  await gone;
  const stamps = [...text.matchAll(/^\[(\d+\.\d+)\].* icmp_seq=/gm)].map((m) => Number(m[1]) * 1000);
  const [, sent = "0", received = "0"] = /(\d+) packets transmitted, (\d+) received/.exec(text) ?? [];
  let silence = stamps.length > 1 ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 1; i < stamps.length; i++) silence = Math.max(silence, stamps[i]! - stamps[i - 1]!);
  return { silence, sent: Number(sent), lost: Number(sent) - Number(received) };
}

/** How often BFD lost a neighbour since the start: on a starved machine it does so without any cut. */
export function flaps(mini: Miniature): number {
  return mini.nodes.reduce((sum, n) => {
    const text = mini.at(n, "vtysh", "-N", mini.namespace(n), "-c", "show bfd peers counters json").out;
    return sum + [...text.matchAll(/"session-down":(\d+)/g)].reduce((x, m) => x + Number(m[1]), 0);
  }, 0);
}

/** Datagrams each 10 ms to an echo, nothing repeated: how many did not come back. Longer than `during` takes. */
export async function echoed(from: string, at: string, address: string, port: number, seconds: number, during: () => Promise<void>) {
  const echo = spawn("nsenter", [`--net=/run/netns/${at}`, process.execPath, "-e", `const s=require("node:dgram").createSocket("udp4");s.on("message",(m,r)=>s.send(m,r.port,r.address));s.bind(${port})`], { stdio: "ignore" }); // prettier-ignore
  const program = `const s=require("node:dgram").createSocket("udp4");let sent=0,back=0;s.on("message",()=>back++);
    const t=setInterval(()=>{s.send(String(++sent),${port},${JSON.stringify(address)});if(sent>=${seconds * 100}){clearInterval(t);setTimeout(()=>{console.log(JSON.stringify({sent,back}));process.exit(0)},1500)}},10)`;
  await new Promise((r) => setTimeout(r, 700));
  const client = spawn("nsenter", [`--net=/run/netns/${from}`, process.execPath, "-e", program], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  client.stdout.on("data", (chunk) => (text += String(chunk)));
  const gone = new Promise((r) => client.on("close", r));
  await during();
  await gone;
  echo.kill("SIGKILL");
  const { sent, back } = JSON.parse(text) as { sent: number; back: number };
  return { sent, lost: sent - back };
}

/** May somebody in this namespace open a TCP connection there? */
export function reaches(namespace: string, address: string, port: number, from?: string): boolean {
  const to = JSON.stringify({ host: address, port, ...(from ? { localAddress: from } : {}) });
  const program = `const s=require("node:net").connect(${to});s.setTimeout(1500,()=>process.exit(1));s.on("error",()=>process.exit(1));s.on("connect",()=>process.exit(0))`;
  return spawnSync("nsenter", [`--net=/run/netns/${namespace}`, process.execPath, "-e", program]).status === 0;
}
export function serve(namespace: string, ports: readonly number[]): () => void {
  const program = `for(const p of ${JSON.stringify(ports)})require("node:net").createServer((s)=>s.end()).listen(p)`;
  const child = spawn("nsenter", [`--net=/run/netns/${namespace}`, process.execPath, "-e", program], { stdio: "ignore" });
  return () => void child.kill("SIGKILL");
}
