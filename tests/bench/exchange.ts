/**
 * The exchange under load: two servers (two programs, two databases of one PostgreSQL, mutual TLS between them, everything signed and
 * logged on both sides), beside a bare pair of Node proxies and, where nginx is installed, a bare pair of nginx proxies: same calls,
 * same institution's system, same run.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { asks } from "../exchange/port.ts";
import { familySeconds, processSeconds } from "./cpu.ts";
import type { ExchangeLoad, ExchangePlan } from "./exchange-load.ts";
import { pss } from "./start.ts";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
const KiB = 1024;
const MiB = 1024 * KiB;

interface Started {
  child: ChildProcess;
  said: Record<string, unknown>;
}
/** A program that says one line of JSON once it is ready. */
export function start(file: string, args: readonly string[], flags: readonly string[] = []): Promise<Started> {
  const child = spawn(process.execPath, [...flags, here(file), ...args], {
    cwd: root,
    // as apps/server/bootstrap.mjs starts programs
    env: { MALLOC_ARENA_MAX: "2", ...process.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((done, fail) => {
    createInterface({ input: child.stdout! }).once("line", (line) => done({ child, said: JSON.parse(line) as Record<string, unknown> }));
    child.once("exit", (code) => fail(new Error(`${file} ended with ${code}`)));
  });
}
export const stop = async ({ child }: Pick<Started, "child">): Promise<void> => {
  child.removeAllListeners("exit");
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await ended;
};

export const put = (plan: ExchangePlan): Promise<ExchangeLoad> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [here("./exchange-load.ts"), "run"], { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => (text += String(chunk)));
    child.once("exit", (code) => (code === 0 ? done(JSON.parse(text) as ExchangeLoad) : fail(new Error(`load ended with ${code}`))));
    child.stdin.end(JSON.stringify(plan));
  });

export interface Beside {
  tenKiB: ExchangeLoad;
  /** CPU milliseconds a call, of the two proxies (and PostgreSQL). */
  cpu: number;
  largeDown: number;
  largeUp: number;
}
export interface ExchangeFigures {
  ours: Beside;
  node: Beside;
  /** Undefined: nginx is not installed. */
  nginx: Beside | undefined;
  /** Milliseconds, 20 calls a second. */
  addedP50: number;
  thousand: ExchangeLoad;
  mix: ExchangeLoad;
  /** MB of PSS of the larger of the two servers, at its highest. */
  memory: number;
  /** MiB a second of SHA-512 on one core. */
  sha512: number;
}

/** Where calls go in, and whose CPU they cost. */
interface Way {
  port: number;
  path: string;
  headers: Record<string, string>;
  pids: number[];
  postgres?: number;
  stop(): Promise<void>;
}

const mixOfXRoad = [
  { bytes: 2 * KiB, share: 0.3 },
  { bytes: 10 * KiB, share: 0.6 },
  { bytes: 100 * KiB, share: 0.09 },
  { bytes: 2 * MiB, share: 0.009 },
  { bytes: 10 * MiB, share: 0.001 },
];

export async function measureExchange(postgres: number, quick = false): Promise<ExchangeFigures> {
  const folder = mkdtempSync(join(tmpdir(), "toguna-bench-exchange-"));
  const system = await start("./exchange-system.ts", []);
  const behind = Number(system.said.port);
  const seconds = quick ? 4 : 10;
  try {
    certificates(folder);
    const node = await beside(await nodePair(folder, behind), seconds);
    const nginxPair = await nginx(folder, behind);
    const bare = nginxPair && (await beside(nginxPair, seconds));
    const way = await ourPair(behind, postgres);
    try {
      const memory = watch(way.pids);
      const ours = await measure(way, seconds);
      const at = { ...way, sizes: [{ bytes: 10 * KiB, share: 1 }], seconds };
      const steady = await put({ ...at, load: { perSecond: 20 } });
      const straight = await put({ ...at, port: behind, path: "", headers: {}, load: { perSecond: 20 } });
      const thousand = await put({ ...at, load: { clients: 1000 }, warm: 100 });
      const mix = await put({ ...at, sizes: mixOfXRoad, load: { perSecond: 50 }, seconds: quick ? 10 : 40 });
      return { ours, node, nginx: bare, addedP50: steady.p50 - straight.p50, thousand, mix, memory: memory(), sha512: sha512Speed() };
    } finally {
      await way.stop();
    }
  } finally {
    await stop(system);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function beside(way: Way, seconds: number): Promise<Beside> {
  try {
    return await measure(way, seconds);
  } finally {
    await way.stop();
  }
}

async function measure(way: Way, seconds: number): Promise<Beside> {
  const spent = (): number =>
    way.pids.reduce((sum, pid) => sum + processSeconds(pid), 0) + (way.postgres === undefined ? 0 : familySeconds(way.postgres));
  const plan = { ...way, load: { clients: 20 }, sizes: [{ bytes: 10 * KiB, share: 1 }] };
  await put({ ...plan, seconds: 2, warm: 200 });
  const before = spent();
  const tenKiB = await put({ ...plan, seconds, warm: 0 });
  const cpu = ((spent() - before) * 1000) / tenKiB.count;
  const large = { ...way, load: { clients: 2 }, sizes: [{ bytes: 128 * MiB, share: 1 }], seconds: seconds / 2, warm: 0 };
  const down = await put({ ...large, up: false });
  const both = await put(large);
  for (const one of [tenKiB, down, both]) if (one.errors > 0) console.log(`  ${one.errors} errors of ${one.count}: ${one.first}`);
  return { tenKiB, cpu, largeDown: down.mebibytesPerSecond, largeUp: both.mebibytesPerSecond };
}

/** The highest memory (MB of PSS) of any of them from now on; what their start left behind is given back first, as the programs do. */
export function watch(pids: readonly number[]): () => number {
  for (const pid of pids) process.kill(pid, "SIGUSR2");
  execFileSync("sleep", ["2"]);
  let most = 0;
  const look = () => (most = Math.max(most, ...pids.map((pid) => pss(pid) / KiB)));
  const timer = setInterval(look, 300);
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}

function sha512Speed(): number {
  const piece = Buffer.alloc(64 * KiB);
  const hash = createHash("sha512");
  const began = performance.now();
  for (let i = 0; i < 4096; i++) hash.update(piece);
  hash.digest();
  return 256 / ((performance.now() - began) / 1000);
}

/** Two servers of ours, the institution of the one behind the other; ready when a call has passed. */
export async function ourPair(behind: number, postgres: number): Promise<Way> {
  const system = `http://127.0.0.1:${behind}`;
  const house = await start("./exchange-server.ts", ["house", system], ["--max-semi-space-size=8"]);
  const { centre, token } = house.said as { centre: string; token: string };
  const gateway = await start("./exchange-server.ts", ["gateway", system, centre, token], ["--max-semi-space-size=4"]).catch(
    async (error: unknown) => {
      await stop(house);
      throw error;
    },
  );
  const way: Way = {
    port: Number(house.said.port),
    path: "/r1/BF/GOV/ONI/IDENTITE/echo/items",
    headers: asks,
    pids: [house.child.pid!, gateway.child.pid!],
    postgres,
    stop: async () => {
      await stop(gateway);
      await stop(house);
    },
  };
  // the house hears of its new neighbour within seconds
  for (let i = 0; i < 60; i++) {
    const r = await put({ ...way, load: { clients: 1 }, sizes: [{ bytes: 100, share: 1 }], seconds: 0.2, warm: 0 });
    if (r.count > 0 && r.errors === 0) return way;
    await new Promise((done) => setTimeout(done, 500));
  }
  await way.stop();
  throw new Error("no call passed between the two servers");
}

async function nodePair(folder: string, behind: number): Promise<Way> {
  const leave = await start("./bare-proxy.ts", ["leave", String(behind), folder]);
  const enter = await start("./bare-proxy.ts", ["enter", String(leave.said.port), folder]);
  return {
    port: Number(enter.said.port),
    path: "/x",
    headers: {},
    pids: [enter.child.pid!, leave.child.pid!],
    stop: async () => {
      await stop(enter);
      await stop(leave);
    },
  };
}

/** One worker each, keep-alive both ways, bodies streamed. */
async function nginx(folder: string, behind: number): Promise<Way | undefined> {
  try {
    execFileSync("nginx", ["-v"], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  const [enter, leave] = [await freePort(), await freePort()];
  const proxy = (name: string, listen: string, more: string, to: string, target: number) => `
    upstream ${name} { server 127.0.0.1:${target}; keepalive 64; keepalive_requests 1000000; }
    server { listen 127.0.0.1:${listen}; ${more} client_max_body_size 0; keepalive_requests 1000000; proxy_request_buffering off;
      proxy_buffering off; proxy_http_version 1.1; location / { proxy_set_header Connection ""; proxy_pass ${to}://${name}; } }`;
  const mine = `${folder}/node.pem`;
  const config = (name: string, server: string) => {
    writeFileSync(
      join(folder, `${name}.conf`),
      `daemon off; worker_processes 1; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log; events { worker_connections 4096; }
http { access_log off; client_body_temp_path ${folder}/${name}-body; proxy_temp_path ${folder}/${name}-proxy; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; ${server} }`,
    );
    return spawn("nginx", ["-c", join(folder, `${name}.conf`), "-p", folder], { stdio: "ignore" });
  };
  const outTls = `proxy_ssl_certificate ${mine}; proxy_ssl_certificate_key ${folder}/node.key; proxy_ssl_trusted_certificate ${folder}/ca.pem;
    proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_protocols TLSv1.3; proxy_ssl_session_reuse on;`;
  const inTls = `ssl_certificate ${mine}; ssl_certificate_key ${folder}/node.key; ssl_client_certificate ${folder}/ca.pem;
    ssl_verify_client on; ssl_protocols TLSv1.3;`;
  const children = [
    config("enter", proxy("provider", String(enter), outTls, "https", leave)),
    config("leave", proxy("system", `${leave} ssl`, inTls, "http", behind)),
  ];
  await new Promise((done) => setTimeout(done, 500));
  // the worker does the work, the master waits
  const workers = children.map((c) => Number(execFileSync("pgrep", ["-P", String(c.pid)], { encoding: "utf8" }).trim()));
  return {
    port: enter,
    path: "/x",
    headers: {},
    pids: workers,
    stop: async () => void (await Promise.all(children.map((child) => stop({ child })))),
  };
}

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

/** A root and one P-256 certificate for `localhost`, for the bare pairs. */
function certificates(folder: string): void {
  const ssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  ssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=bench root");
  ssl("req", ...key, "-keyout", "node.key", "-out", "node.csr", "-subj", "/CN=localhost");
  writeFileSync(join(folder, "ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  ssl(
    "x509",
    "-req",
    "-in",
    "node.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-out",
    "node.pem",
    "-days",
    "2",
    "-extfile",
    "ext",
  );
}
