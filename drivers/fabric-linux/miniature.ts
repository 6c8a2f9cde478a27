/**
 * A country small enough for one machine: each node a network namespace, each span a pair of cables through the ground, where
 * it can be cut without anybody at the sites touching anything. Everything bears our prefix, and only that goes again.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface MiniatureSpan {
  id: string;
  a: string;
  b: string;
  /** Interface names at the ends. */
  atA: string;
  atB: string;
}
export interface Miniature {
  nodes: readonly string[];
  namespace(node: string): string;
  stateOf(node: string): string;
  /** `carrier`: both ends see it; `silent`: light stays on and nothing passes. */
  cut(span: string, how?: "carrier" | "silent"): void;
  mend(span: string): void;
  isCut(span: string): boolean;
  startAgent(
    node: string,
    o: {
      house: string;
      houseKey: string;
      program: readonly string[];
      seconds?: { report?: number; repair?: number; sample?: number };
      detached?: boolean;
    },
  ): ChildProcess;
  /** Who the agent is and the public keys of its tunnels; made when it has none. */
  agentKey(node: string, program: readonly string[]): { node: string; publicKey: string; keys: [string, string] };
  stopAgents(): Promise<void>;
  killAgent(node: string): void;
  /** Takes its power: agent, daemons, tunnels, addresses; the cables stay. */
  powerOff(node: string): void;
  /** A machine in a segment of a site, with an address and a way out; its namespace. */
  host(node: string, o: { bridge: string; address: string; gateway: string }): string;
  /** A command at a site, for tests and measurements. */
  at(node: string, ...argv: string[]): { code: number; out: string };
  down(): void;
}

/** What a machine lacks for it, in one line; undefined when nothing. */
export function missing(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs Linux and root";
  const tools = { ip: "iproute2", nft: "nftables", wg: "wireguard-tools", "wireguard-go": "wireguard-go", vtysh: "frr", nsenter: "util-linux", ping: "iputils-ping" }; // prettier-ignore
  const lacks = Object.entries(tools).filter(([t]) => !["/usr/sbin", "/usr/bin", "/sbin", "/bin"].some((d) => existsSync(join(d, t))));
  if (lacks.length) return `apt-get install ${[...new Set(lacks.map(([, p]) => p))].join(" ")}`;
  const made = spawnSync("ip", ["netns", "add", "tgprobe"]);
  spawnSync("ip", ["netns", "delete", "tgprobe"]);
  return made.status === 0 ? undefined : "network namespaces may not be made here (a container: --privileged)";
}

export const mostNodes = 24;

export interface MiniaturePlan {
  /** Keeps several miniatures of one machine apart: 1 to 4 small letters or digits. */
  name: string;
  state: string;
  nodes: readonly string[];
  spans: readonly MiniatureSpan[];
}

function must(argv: readonly string[]): string {
  const r = spawnSync(argv[0]!, argv.slice(1), { encoding: "utf8", timeout: 20_000 });
  if (r.status !== 0) throw new Error(`${argv.join(" ")}: ${r.stderr || r.error?.message || r.status}`);
  return r.stdout;
}
function batch(namespace: string, lines: readonly string[]): void {
  const dir = mkdtempSync(join(tmpdir(), "toguna-mini-"));
  try {
    writeFileSync(join(dir, "batch"), `${lines.join("\n")}\n`);
    must(["ip", "-n", namespace, "-batch", join(dir, "batch")]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** `attach`: it stands already, made by another process. */
export function miniature(o: MiniaturePlan, how: { attach?: boolean } = {}): Miniature {
  if (!/^[a-z0-9]{1,4}$/.test(o.name)) throw new Error("a miniature's name is 1 to 4 small letters or digits");
  if (o.nodes.length > mostNodes) throw new Error(`a miniature has at most ${mostNodes} nodes`);
  const prefix = `tg-${o.name}-`;
  const at = new Map(o.nodes.map((n, i) => [n, i]));
  const namespace = (node: string) => {
    const i = at.get(node);
    if (i === undefined) throw new Error(`${node} is not in the miniature`);
    return `${prefix}${i}`;
  };
  const ground = `${prefix}ground`;
  const spans = new Map(o.spans.map((s, i) => [s.id, { ...s, i }]));
  const stateOf = (node: string) => join(o.state, String(at.get(node)));
  const agents = new Map<string, ChildProcess>();

  if (!how.attach) build();

  const ends = (id: string) => {
    const s = spans.get(id);
    if (!s) throw new Error(`no span of the miniature is called ${id}`);
    return [`s${s.i}a`, `s${s.i}b`] as const;
  };
  return {
    nodes: o.nodes,
    namespace,
    stateOf,
    cut(id, how = "carrier") {
      const [a, b] = ends(id);
      batch(
        ground,
        how === "carrier" ? [`link set ${a} down`, `link set ${b} down`] : [`link set ${a} nomaster`, `link set ${b} nomaster`],
      );
    },
    mend(id) {
      const [a, b] = ends(id);
      const bridge = a.slice(0, -1);
      batch(ground, [`link set ${a} master ${bridge} up`, `link set ${b} master ${bridge} up`]);
    },
    isCut(id) {
      const links = JSON.parse(must(["ip", "-n", ground, "-j", "link", "show"])) as { ifname: string; flags: string[]; master?: string }[];
      return ends(id).some((e) => links.some((l) => l.ifname === e && (!l.flags.includes("UP") || l.master === undefined)));
    },
    agentKey(node, program) {
      const file = config(node, { house: "http://127.0.0.1:9", houseKey: "" });
      return JSON.parse(must([...program, file, "key"])) as { node: string; publicKey: string; keys: [string, string] };
    },
    startAgent(node, a) {
      const file = config(node, {
        house: a.house,
        houseKey: a.houseKey,
        reportSeconds: a.seconds?.report,
        repairSeconds: a.seconds?.repair,
        sampleSeconds: a.seconds?.sample,
      });
      // in mounts of its own, so that each site has its own place for the sockets of its tunnels
      const log = openSync(join(stateOf(node), "agent.log"), "a", 0o600);
      const child = spawn("unshare", ["--mount", "--propagation", "slave", ...a.program, file], {
        stdio: ["ignore", "ignore", log],
        detached: a.detached ?? false,
      });
      closeSync(log);
      if (a.detached) child.unref();
      writeFileSync(join(stateOf(node), "agent.pid"), String(child.pid), { mode: 0o600 });
      agents.set(node, child);
      return child;
    },
    async stopAgents() {
      const all = [...agents.values()].filter((c) => c.exitCode === null && c.signalCode === null);
      agents.clear();
      for (const c of all) c.kill("SIGTERM");
      const late = setTimeout(() => all.forEach((c) => c.kill("SIGKILL")), 3000);
      await Promise.all(all.map((c) => (c.exitCode === null && c.signalCode === null ? new Promise((r) => c.once("exit", r)) : undefined)));
      clearTimeout(late);
    },
    killAgent(node) {
      agents.get(node)?.kill("SIGKILL");
      agents.delete(node);
    },
    powerOff(node) {
      this.killAgent(node);
      const n = namespace(node);
      endDaemons(n);
      for (const l of JSON.parse(must(["ip", "-n", n, "-j", "link", "show"])) as { ifname: string }[]) {
        if (/^(?:wg|v)\d+$/.test(l.ifname)) spawnSync("ip", ["-n", n, "link", "delete", l.ifname]); // a tunnel may be gone with its daemon
        else must(["ip", "-n", n, "addr", "flush", "dev", l.ifname]);
      }
      must(["nsenter", `--net=/run/netns/${n}`, "nft", "flush", "ruleset"]);
    },
    host(node, h) {
      const [n, i] = [namespace(node), at.get(node)!];
      const name = `${prefix}h${i}`;
      must(["ip", "netns", "add", name]);
      batch(n, [`link add name h${i} type veth peer name eth0 netns ${name}`, `link set h${i} master ${h.bridge} up`]);
      batch(name, ["link set lo up", `addr add ${h.address} dev eth0`, "link set eth0 up", `route add default via ${h.gateway}`]);
      return name;
    },
    at(node, ...argv) {
      const r = spawnSync("nsenter", [`--net=/run/netns/${namespace(node)}`, "--", ...argv], { encoding: "utf8", timeout: 30_000 });
      return { code: r.status ?? 137, out: `${r.stdout}${r.stderr}` };
    },
    down() {
      for (const c of agents.values()) c.kill("SIGKILL");
      remove(o.name, o.state);
    },
  };

  function build(): void {
    remove(o.name, o.state);
    mkdirSync(o.state, { recursive: true, mode: 0o700 });
    for (const n of [ground, ...o.nodes.map(namespace)]) must(["ip", "netns", "add", n]);
    spawnSync("nsenter", [
      `--net=/run/netns/${ground}`,
      "sysctl",
      "-q",
      "-w",
      "net.ipv6.conf.all.disable_ipv6=1",
      "net.ipv6.conf.default.disable_ipv6=1",
    ]);
    for (const node of o.nodes) {
      mkdirSync(stateOf(node), { recursive: true, mode: 0o700 });
      batch(namespace(node), ["link set lo up"]);
    }
    const lines: string[] = [];
    for (const s of spans.values()) {
      lines.push(
        `link add name s${s.i} type bridge mcast_snooping 0`,
        `link add name s${s.i}a type veth peer name ${s.atA} netns ${namespace(s.a)}`,
        `link add name s${s.i}b type veth peer name ${s.atB} netns ${namespace(s.b)}`,
        `link set s${s.i}a master s${s.i} up`,
        `link set s${s.i}b master s${s.i} up`,
        `link set s${s.i} up`,
      );
    }
    if (lines.length) batch(ground, lines);
  }

  function config(node: string, more: object): string {
    const file = join(stateOf(node), "config.json");
    writeFileSync(file, JSON.stringify({ node, state: stateOf(node), namespace: namespace(node), ...more }), { mode: 0o600 });
    return file;
  }
}

/** Whatever of this miniature is still there, of this run or of one that was killed: processes by their namespace, then the namespaces. */
export function remove(name: string, state: string): void {
  endAgents(state);
  const prefix = `tg-${name}-`;
  const all = (existsSync("/run/netns") ? readdirSync("/run/netns") : []).filter(
    (n) => n.startsWith(prefix) && /^(?:h?\d+|ground)$/.test(n.slice(prefix.length)),
  );
  for (const n of all) {
    endDaemons(n);
    spawnSync("ip", ["netns", "delete", n]);
    for (const dir of [`/etc/frr/${n}`, `/var/run/frr/${n}`]) rmSync(dir, { recursive: true, force: true });
  }
}

/** Each by the number it left behind, if that process still is this agent. */
function endAgents(state: string): void {
  for (const n of existsSync(state) ? readdirSync(state) : []) {
    const file = join(state, n, "agent.pid");
    if (!existsSync(file)) continue;
    const pid = Number(readFileSync(file, "utf8"));
    try {
      if (pid > 1 && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(join(state, n, "config.json"))) process.kill(pid, "SIGKILL");
    } catch {
      // gone already
    }
    rmSync(file, { force: true });
  }
}

/** By number, each one looked at first: only processes that live in this namespace. */
function endDaemons(namespace: string): void {
  const r = spawnSync("ip", ["netns", "pids", namespace], { encoding: "utf8" });
  for (const pid of (r.stdout ?? "")
    .split("\n")
    .map(Number)
    .filter((n) => n > 1)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // gone already
    }
  }
  for (const d of ["zebra", "ospfd", "ospf6d", "bfdd", "bgpd"]) rmSync(`/var/run/frr/${namespace}/toguna-${d}.pid`, { force: true });
}

/** Resident memory of everything in the miniature, bytes, shared pages counted by share. */
export function weight(pids: readonly number[]): number {
  let sum = 0;
  for (const p of pids) {
    try {
      sum += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${p}/smaps_rollup`, "utf8"))?.[1] ?? 0) * 1024;
    } catch {
      // gone already
    }
  }
  return sum;
}
