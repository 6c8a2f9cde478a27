/** Two exchange servers in two network namespaces, joined by a link that loses, slows and is cut; either may be killed. Needs root. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exchange } from "#exchange";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { echo, publishEcho } from "./echo.ts";
import type { Order, SideOptions } from "./side.ts";

const has = (tool: string, ...args: string[]): boolean => {
  try {
    execFileSync(tool, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};
/** Why the link cannot be built here, or false. */
export function missing(): string | false {
  if (process.getuid?.() !== 0) return "two network namespaces need root";
  if (!has("ip", "-V") || !has("nft", "-v") || !has("tc", "-V")) return "needs ip, tc and nft: apt-get install iproute2 nftables";
  const probe = `tgp${process.pid}`;
  if (!has("ip", "netns", "add", probe)) return "this system makes no network namespaces";
  const able = has(
    "ip",
    "netns",
    "exec",
    probe,
    "nft",
    "add table inet t { chain i { type filter hook input priority 0; numgen random mod 2 < 1 drop; }; }",
  );
  has("ip", "netns", "del", probe);
  return able ? false : "this kernel has no nft numgen";
}

export type Name = "house" | "gateway";

export interface LinkPair {
  house: World;
  gateway: World;
  ask<T>(side: Name, order: Order): Promise<T>;
  kill(side: Name): Promise<void>;
  start(side: Name): Promise<void>;
  /** Percent of packets lost on their way into each side. */
  lose(percent: { house: number; gateway: number }): void;
  cut(yes: boolean): void;
  /** For instance `64kbit`, both ways. */
  narrow(rate: string): void;
  visits(): string[];
  close(): Promise<void>;
}

export async function linkPair(): Promise<LinkPair> {
  const room = mkdtempSync(join(tmpdir(), "toguna-link-"));
  const spaces = { house: `tgh${process.pid}`, gateway: `tgg${process.pid}` };
  const run = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
  const within = (side: Name, ...args: string[]) => run("netns", "exec", spaces[side], ...args);
  for (const space of Object.values(spaces)) run("netns", "add", space);
  run("link", "add", "veth0", "netns", spaces.house, "type", "veth", "peer", "name", "veth0", "netns", spaces.gateway);
  const addresses = { house: "10.77.0.1", gateway: "10.77.0.2" };
  for (const side of ["house", "gateway"] as const) {
    run("-n", spaces[side], "addr", "add", `${addresses[side]}/24`, "dev", "veth0");
    run("-n", spaces[side], "link", "set", "veth0", "up");
    run("-n", spaces[side], "link", "set", "lo", "up");
    within(side, "nft", "add table inet weak; add chain inet weak i { type filter hook input priority 0; }");
  }
  const empty = () => world({ modules: [registry, trust, exchange], drivers: [], country: "bf", startModules: false });
  const worlds = { house: await empty(), gateway: await empty() };
  const relay = await databaseRelay(room, worlds.house.ownerUrl);
  const visits = join(room, "visits");
  writeFileSync(visits, "");
  const options = (side: Name): SideOptions => ({
    gateway: side === "gateway",
    runUrl: relay.url(worlds[side].ownerUrl),
    dataDir: join(room, side),
    address: addresses[side],
    httpPort: 8080,
    serverPort: 5500,
    systemPort: 9000,
    visits,
  });
  const children = new Map<Name, ChildProcess>();
  const waiting = new Map<number, { done(value: unknown): void; fail(error: Error): void }>();
  let count = 0;
  const start = (side: Name) =>
    new Promise<void>((done, fail) => {
      const child = spawn(
        "ip",
        [
          "netns",
          "exec",
          spaces[side],
          process.execPath,
          "--disable-warning=ExperimentalWarning",
          new URL("./side.ts", import.meta.url).pathname,
        ],
        { env: { ...process.env, NODE_OPTIONS: "", SIDE: JSON.stringify(options(side)) }, stdio: ["ignore", "inherit", "pipe", "ipc"] },
      );
      let text = "";
      child.stderr!.on("data", (piece: Buffer) => (text += piece.toString()));
      children.set(side, child);
      child.once("exit", (code) => fail(new Error(`${side} ended with ${code}: ${text.slice(-3000)}`)));
      child.on("message", (m: { ready?: boolean; id?: number; value?: unknown; error?: string }) => {
        if (m.ready) return done();
        const one = waiting.get(m.id!);
        waiting.delete(m.id!);
        if (m.error) one?.fail(new Error(m.error));
        else one?.done(m.value);
      });
    });
  const kill = (side: Name) =>
    new Promise<void>((done) => {
      const child = children.get(side)!;
      child.once("exit", () => done());
      child.kill("SIGKILL");
    });
  const ask = <T>(side: Name, order: Order) =>
    new Promise<T>((done, fail) => {
      const id = ++count;
      waiting.set(id, { done: done as (value: unknown) => void, fail });
      children.get(side)!.send({ id, order });
    });
  const drops = { loss: { house: 0, gateway: 0 }, cut: false };
  const rules = () => {
    for (const side of ["house", "gateway"] as const) {
      within(side, "nft", "flush chain inet weak i");
      if (drops.cut) within(side, "nft", "add rule inet weak i iifname veth0 drop");
      else if (drops.loss[side]) within(side, "nft", `add rule inet weak i iifname veth0 numgen random mod 100 < ${drops.loss[side]} drop`);
    }
  };
  const pair: LinkPair = {
    ...worlds,
    ask,
    kill,
    start,
    lose(percent) {
      drops.loss = percent;
      rules();
    },
    cut(yes) {
      drops.cut = yes;
      rules();
    },
    narrow(rate) {
      for (const side of ["house", "gateway"] as const)
        within(side, "tc", "qdisc", "replace", "dev", "veth0", "root", "tbf", "rate", rate, "burst", "4kb", "latency", "500ms");
    },
    visits: () => readFileSync(visits, "utf8").split("\n").slice(0, -1),
    async close() {
      for (const side of children.keys()) await kill(side).catch(() => undefined);
      for (const space of Object.values(spaces)) run("netns", "del", space);
      await relay.close();
      await worlds.house.close();
      await worlds.gateway.close();
      rmSync(room, { recursive: true, force: true });
    },
  };
  try {
    await start("house");
    const token = await ask<string>("house", { do: "invite" });
    await start("gateway");
    const said = await ask("gateway", { do: "join", token, centre: `http://${addresses.house}:8080` });
    if (said !== "joined") throw new Error(`the gateway did not join: ${String(said)}`);
    await echoThere(pair);
    return pair;
  } catch (error) {
    await pair.close();
    throw error;
  }
}

/** Published at the house, answered by the system in the gateway's namespace. */
async function echoThere(p: LinkPair): Promise<void> {
  await publishEcho(p.house);
  for (let i = 0; i < 20; i++) {
    await p.ask("house", { do: "look" });
    await p.ask("gateway", { do: "look" });
    if ((await p.gateway.owner("update exchange.service set base_url = 'http://127.0.0.1:9000/echo' where id = $1", [echo])).rowCount)
      return;
    await new Promise((done) => setTimeout(done, 300));
  }
  throw new Error("the gateway did not hear of the service");
}

/** A namespace has no way to the database but the file system: its socket is carried to the server's port. */
async function databaseRelay(room: string, ownerUrl: string): Promise<{ url(owner: string): string; close(): Promise<void> }> {
  const { hostname, port } = new URL(ownerUrl);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((done) => server.listen(join(room, ".s.PGSQL.5432"), () => done()));
  return {
    url: (owner) =>
      `postgres://toguna_run:run-time-password-of-tests@/${new URL(owner).pathname.slice(1)}?host=${encodeURIComponent(room)}&port=5432`,
    close: () =>
      new Promise((done) => {
        for (const one of open) one.destroy();
        server.close(() => done());
      }),
  };
}
