import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import type { Config } from "#kernel/config";
import type { Kernel } from "#kernel/kernel";
import { nodesFor, enrolLocally, fabricStatus, serviceLocally, simulateLocally } from "#network";
import { miniature, missing, mostNodes, remove, type MiniaturePlan } from "../../../drivers/fabric-linux/index.ts";
import { withProgram } from "../program.ts";

const usage = `npm run toguna -- fabric up | down | status | cut <span> [silent] | mend <span>
The country's network with real parts: its cities and some sites as network namespaces (Linux, root), the rest simulated.`;
const program = [process.execPath, "--disable-warning=ExperimentalWarning", new URL("../../agent/main.ts", import.meta.url).pathname];

/** The living miniature of the country, beside the running house. */
export async function run(config: Config, args: string[]): Promise<void> {
  const state = join(config.dataDir, "fabric");
  const file = join(state, "plan.json");
  const plan = (): MiniaturePlan => {
    if (!existsSync(file)) throw new Error("There is no miniature here: npm run toguna -- fabric up");
    return JSON.parse(readFileSync(file, "utf8")) as MiniaturePlan;
  };
  const [what, span, how] = args;
  if (what === "up") return up(config, state, file);
  if (what === "status") return withProgram(config, (kernel) => status(kernel, existsSync(file) ? plan() : undefined));
  if (what === "down") {
    const lacks = missing();
    if (lacks && existsSync(file)) throw new Error(`The miniature cannot be taken down here: ${lacks}`);
    if (existsSync(file)) {
      const p = plan();
      remove(p.name, p.state);
      await withProgram(config, (kernel) => enrolLocally(kernel.host, p.nodes, undefined));
    }
    rmSync(state, { recursive: true, force: true });
    return console.log("Nothing of the miniature is left; its sites are simulated again.");
  }
  if ((what === "cut" || what === "mend") && span) {
    const p = existsSync(file) ? plan() : undefined;
    if (!p?.spans.some((s) => s.id === span)) {
      // between simulated sites a cut is simulated too
      await withProgram(config, (kernel) => simulateLocally(kernel.host, span, what === "cut"));
      return console.log(`${span} is ${what === "cut" ? "cut" : "mended"} among the simulated sites; nothing real was touched.`);
    }
    const mini = miniature(p, { attach: true });
    if (what === "cut") mini.cut(span, how === "silent" ? "silent" : "carrier");
    else mini.mend(span);
    return console.log(what === "cut" ? `${span} is cut${how === "silent" ? ", and the light stays on" : ""}.` : `${span} is mended.`);
  }
  console.log(usage);
  process.exitCode = 2;
}

async function up(config: Config, state: string, file: string): Promise<void> {
  const lacks = missing();
  await withProgram(config, async (kernel) => {
    const chosen = await nodesFor(kernel.host, { sites: 8, most: mostNodes });
    let since = "";
    if (lacks) console.log(`Without real parts (${lacks}): every site is simulated, and drawn so.`);
    else {
      const { house } = await fabricStatus(kernel.host);
      if (!house || !(await answers(house.port)))
        throw new Error("Agents need a house to call: start it first (npm start), then fabric up.");
      since = new Date().toISOString();
      mkdirSync(state, { recursive: true, mode: 0o700 });
      const p: MiniaturePlan = { name: nameOf(config.dataDir), state, ...chosen };
      const began = performance.now();
      const mini = miniature(p);
      writeFileSync(file, JSON.stringify(p), { mode: 0o600 });
      await enrolLocally(kernel.host, p.nodes, (node) => mini.agentKey(node, program));
      for (const node of p.nodes)
        mini.startAgent(node, { house: `http://127.0.0.1:${house.port}`, houseKey: house.key, program, detached: true });
      console.log(`${p.nodes.length} sites and ${p.spans.length} spans made in ${seconds(began)} s; their agents call the house.`);
    }
    const began = performance.now();
    await serviceLocally(kernel.host);
    const wanted = new Set(lacks ? [] : chosen.nodes);
    let open: unknown[] = [];
    for (let i = 0; i < 240; i++) {
      const { nodes } = await fabricStatus(kernel.host);
      // what agents of an earlier miniature said does not count
      const whole = ({ id, heardAt, links }: (typeof nodes)[number]) =>
        !wanted.has(id) || ((heardAt ?? "") > since && links?.up === links?.of);
      open = nodes.filter((n) => (wanted.size ? wanted.has(n.id) : true) && !(n.status === "in-step" && whole(n)));
      if (open.length === 0) break;
      await new Promise((r) => setTimeout(r, 500));
    }
    console.log(
      open.length ? `After ${seconds(began)} s ${open.length} sites are not as they must be.` : `In service after ${seconds(began)} s.`,
    );
    await status(kernel, lacks ? undefined : (JSON.parse(readFileSync(file, "utf8")) as MiniaturePlan));
  });
}

async function status(kernel: Kernel, plan: MiniaturePlan | undefined): Promise<void> {
  const { inService, nodes } = await fabricStatus(kernel.host);
  const real = nodes.filter((n) => n.driver === "agent");
  const count = (list: typeof nodes, s: string) => list.filter((n) => n.status === s).length;
  console.log(
    `In service: ${inService ? "yes" : "no"}. ${real.length} sites with an agent, ${count(real, "in-step")} as desired; ${nodes.length - real.length} simulated, ${count(nodes, "in-step") - count(real, "in-step")} as desired.`,
  );
  const width = Math.max(0, ...real.map((n) => n.id.length)) + 2;
  for (const n of real)
    console.log(
      `  ${n.id.padEnd(width)}${n.status.padEnd(11)}${n.links ? `neighbours ${n.links.up}/${n.links.of}` : "not heard yet"}${n.power?.source === "battery" ? `  on battery (${n.power.charge} %)` : ""}${n.problem ? `  ${n.problem}` : ""}`,
    );
  if (!plan || missing()) return;
  const mini = miniature(plan, { attach: true });
  const cut = plan.spans.filter((s) => mini.isCut(s.id));
  console.log(`Spans: ${plan.spans.map((s) => s.id).join(", ")}${cut.length ? `\nCut: ${cut.map((s) => s.id).join(", ")}` : ""}`);
}

const seconds = (began: number) => ((performance.now() - began) / 1000).toFixed(1);

/** Two houses of one machine do not meet: four signs of where the data is. */
function nameOf(path: string): string {
  let h = 7;
  for (const c of path) h = (Math.imul(h, 31) + c.charCodeAt(0)) | 0;
  return (h >>> 0).toString(36).padStart(4, "0").slice(-4);
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.on("connect", () => (socket.destroy(), done(true)));
    socket.on("error", () => done(false));
  });
}
