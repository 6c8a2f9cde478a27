/** Figures of the fabric: the ring of the living tests for what needs real parts, the agents' door for a thousand agents. */
import { spawn } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { provide } from "#kernel";
import { world } from "#kernel/testing";
import { network } from "#network";
import * as api from "#network/api";
import { simulatedFabricPort } from "#network/ports";
import { registry } from "#registry";
import { fabricLinux } from "../../drivers/fabric-linux/index.ts";
import { linkInterface } from "../../modules/network/intent/names.ts";
import { createMemoryFabric } from "../../drivers/fabric-memory/index.ts";
import { lacks, living, pinged } from "../network/living.ts";
import { cpuSeconds } from "./cpu.ts";

export { lacks as fabricMissing };

/** Milliseconds, each the middle of `rounds`: one site changed; a cut with its carrier; a cut with the light on. */
export async function measureFabric(rounds = 3): Promise<{ change: number; carrier: number; silent: number }> {
  const l = await living("be", { report: 10, repair: 15 });
  const middle = (list: number[]) => list.toSorted((x, y) => x - y)[list.length >> 1]!;
  try {
    const intents = await l.intents();
    const [to, source] = [intents.get("hub")!.loopback4!, intents.get("s1")!.loopback4!];
    const direct = intents.get("s1")!.links.find((x) => x.span === "k2")!.interface;
    const whole = () =>
      l.until(() => {
        const bfd = l.mini.at("s1", "vtysh", "-N", l.mini.namespace("s1"), "-c", "show bfd peers json").out;
        return l.mini.at("s1", "ip", "route", "get", to).out.includes(direct) && (bfd.match(/"status":"up"/g)?.length ?? 0) === 4;
      }, 60);
    await whole();
    const figures = { change: [] as number[], carrier: [] as number[], silent: [] as number[] };
    for (let i = 0; i < rounds; i++) {
      figures.change.push(await l.change([{ op: "change", kind: "cable", id: "k4", fields: { length: 25_000 + i * 20_000 } }]));
      for (const how of ["carrier", "silent"] as const) {
        await whole();
        await new Promise((r) => setTimeout(r, 1500));
        figures[how].push((await pinged(l.mini, { node: "s1" }, { to, source, seconds: 2 }, () => l.mini.cut("k2", how))).silence);
        l.mini.mend("k2");
      }
    }
    return { change: middle(figures.change), carrier: middle(figures.carrier), silent: middle(figures.silent) };
  } finally {
    await l.close();
  }
}

/** The sites' side, in a process of its own: ten reports each tenth of a second. */
const agents = `
  const { Agent, request } = require("node:http");
  const [port, file] = process.argv.slice(1);
  const all = JSON.parse(require("node:fs").readFileSync(file, "utf8"));
  const agent = new Agent({ keepAlive: true, maxSockets: 400 });
  let [taken, left] = [0, all.length];
  const timer = setInterval(() => {
    for (const m of all.splice(0, 10)) {
      const r = request({ port, host: "127.0.0.1", path: "/agent/v1/report", method: "POST", agent,
        headers: { "x-signature": m.signature, "content-length": Buffer.byteLength(m.text) } },
        (a) => { a.resume(); if (a.statusCode === 200) taken++; a.on("end", () => --left || (process.stdout.write(String(taken)), process.exit(0))); });
      r.end(m.text);
    }
    if (all.length === 0) clearInterval(timer);
  }, 100);`;

/** Percent of one core (our process and PostgreSQL), beyond what the house takes at rest, for 1,000 agents that report each 10 s with their minute's samples, signatures and all, monitoring on, over `seconds`. */
export async function measureAgents(postgres: number, seconds = 20): Promise<number> {
  const memory = createMemoryFabric();
  const w = await world({
    modules: [registry, network],
    drivers: [fabricLinux, provide(simulatedFabricPort, () => memory)],
    country: "bf",
    live: true,
  });
  try {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const der = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    await w.owner(
      `insert into network.agent (node, public_key, enrolled_at, enrolled_by, sequence)
       select 'a' || i, $1, now(), 'bench', 0 from generate_series(1, 1000) i`,
      [der],
    );
    const { port } = (await w.owner("select port from network.fabric")).rows[0] as { port: number };
    // a tree of a thousand sites with as many links across it
    const operator = w.clerk("bench", ["network.read-plant", "network.edit-plant"]);
    const pairs = Array.from({ length: 1000 }, (_, i) => [[i + 1, i >> 1], ...(i > 2 ? [[i + 1, i - 2]] : [])]).flat(); // prettier-ignore
    const rows = Array.from({ length: 1001 }, (_, i) => `node,a${i},${i ? "site" : "core"},A ${i},${-1 + i / 10_000},12,,,,`);
    const cables = pairs.map(([x, y], k) => `cable,k${k},,,,,a${x},a${y},20000,12`);
    await w.call(api.importPlant, { format: "csv", text: ["type,id,kind,name,lon,lat,a,b,length,strands", ...rows, ...cables].join("\n") }, { as: operator }); // prettier-ignore
    const linksOf = new Map<string, string[]>();
    pairs.forEach((ends, k) => ends.forEach((v) => linksOf.set(`a${v}`, [...(linksOf.get(`a${v}`) ?? []), linkInterface("cable", `k${k}`)]))); // prettier-ignore
    await w.owner("update network.fabric set in_service = true");
    // signed before anything is measured: that is the sites' work
    const made = Array.from({ length: 1000 + seconds * 100 }, (_, i) => {
      const node = `a${(i % 1000) + 1}`;
      const key = Buffer.alloc(32, i % 1000).toString("base64");
      const own = (linksOf.get(node) ?? []).slice(0, 4);
      const links = own.map((name) => ({ name, up: true, rxBytes: 1e9, txBytes: 1e9, rxDropped: 0, txDropped: 0 }));
      const states = own.map((name) => ({ name, up: true, carrier: true, since: "2026-01-01T00:00:00.000Z" }));
      // each sixth report carries the minute's sample: four links and two ways
      const delays = [[30, 20], [34, 9], [41, 1]]; // prettier-ignore
      const probe = (to: string) => ({ to, sent: 30, lost: 0, min: 0.4, max: 1.8, sum: 21.4, delays });
      const at = new Date().toISOString();
      const sample = { serial: i + 1, at, seconds: 60, unsure: false, probes: [...states.map((l) => probe(l.name)), probe("node:a1"), probe("node:a2")], traffic: states.map((l) => ({ name: l.name, rxBytes: 1e9, txBytes: 1e9, rxPeak: 1e7, txPeak: 1e7, dropped: 0, downSeconds: 0 })), power: { source: "mains", simulated: true }, events: [] }; // prettier-ignore
      const samples = Math.floor(i / 1000) % 6 === (i % 1000) % 6 ? [sample] : [];
      const report = { at, clockSkew: 0, power: { source: "mains", simulated: true }, interfaces: links, neighbours: [], tunnels: [], parts: {}, keys: [key, key], capabilities: [], repaired: [], links: states, samples }; // prettier-ignore
      const text = JSON.stringify({ report, node, number: i + 1, now: 0 });
      return { text, signature: sign(null, Buffer.from(`/agent/v1/report\n${text}`), privateKey).toString("base64url") };
    });
    const load = async (part: typeof made) => {
      const file = join(w.kernel.config.dataDir, "reports.json");
      writeFileSync(file, JSON.stringify(part));
      const began = { cpu: cpuSeconds(postgres), at: performance.now() };
      const loader = spawn(process.execPath, ["-e", agents, String(port), file], { stdio: ["ignore", "pipe", "inherit"] });
      let text = "";
      loader.stdout.on("data", (chunk) => (text += String(chunk)));
      await new Promise((r) => loader.on("close", r));
      if (text !== String(part.length)) throw new Error(`${text} of ${part.length} reports were taken`);
      return (cpuSeconds(postgres) - began.cpu) / ((performance.now() - began.at) / 1000);
    };
    await load(made.splice(0, 1000)); // every agent once: from now on they are known
    const rest = { cpu: cpuSeconds(postgres), at: performance.now() };
    await new Promise((r) => setTimeout(r, 5000));
    const idle = (cpuSeconds(postgres) - rest.cpu) / ((performance.now() - rest.at) / 1000);
    const busy = await load(made);
    await new Promise((r) => setTimeout(r, 1500));
    const kept = (await w.owner("select count(*)::int as n from network.agent where report is not null")).rows[0] as { n: number };
    if (kept.n !== 1000) throw new Error(`${kept.n} of 1000 agents were kept`);
    await w.call(api.readFabric, { real: true }, { as: operator });
    // five minutes' samples of all of them, added up as each five minutes
    await w.owner("insert into network.raw (slot, node, at, arrived, seconds, unsure, body) select slot, node, at, arrived, seconds, unsure, body from network.raw, generate_series(1, 9)"); // prettier-ignore
    const before = cpuSeconds(postgres);
    await w.sweep("network.history");
    const { n } = (await w.owner("select count(*)::int as n from network.raw")).rows[0] as { n: number };
    const { measured } = (await w.owner("select coalesce(sum(sent), 0)::int as measured from network.days")).rows[0] as {
      measured: number;
    };
    if (measured < n * 60) throw new Error(`${n} samples, and ${measured} echoes added up`);
    const adding = ((cpuSeconds(postgres) - before) * 5000) / n / 300;
    if ((await w.call(api.listAlarms, { open: true }, { as: operator })).alarms.length) throw new Error("alarms without a cause");
    console.log(`  agents: ${(100 * (busy - idle)).toFixed(1)} % reports and the look, ${(100 * adding).toFixed(1)} % adding up`);
    return 100 * Math.max(0, busy - idle + adding);
  } finally {
    await w.close();
  }
}
