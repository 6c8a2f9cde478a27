import { createPublicKey } from "node:crypto";
import type { Context, Host, JobContext } from "#kernel";
import { agentFabricPort, type AgentDriver, type AgentHouse, type SiteReport } from "../ports.ts";
import { agentDismissed, agentEnrolled, driftRepaired } from "./facts.ts";
import { learn, nodes } from "./nodes.ts";
import { agentUnknown, keyMalformed } from "./problems.ts";
import { areKeys, isSound } from "./report.ts";
import { forgetWritten, noteReports } from "../monitoring/note.ts";
import * as store from "./store.ts";

/** Opens the door where agents call: in the program that works, on its own port, if one is wanted. */
export async function listenToAgents(host: Host): Promise<void> {
  if (!["all", "worker"].includes(host.config.role)) return;
  const set = host.config.setting("agent_port");
  if (set === undefined && !host.config.demo) return;
  let driver: AgentDriver;
  try {
    driver = host.port(agentFabricPort);
  } catch {
    return; // a program without that driver has no sites with agents
  }
  const house: AgentHouse = {
    agent: async (node) => {
      const a = await host.transaction((ctx) => store.agent(ctx, node), { readOnly: true });
      return a && { node, publicKey: a.publicKey, sequence: a.sequence, heard: a.heard };
    },
    reports: (list, heard) => keepReports(host, list, heard),
  };
  const open = (port: number) =>
    driver.listen(house, {
      port,
      host: host.config.setting("agent_host") ?? (host.config.demo ? "127.0.0.1" : "0.0.0.0"),
      key: host.secret("network.agents"),
    });
  // a demonstration keeps the port it once found free, so that its agents find it again
  const before = (await host.transaction((ctx) => store.fabric(ctx), { readOnly: true })).port;
  const door = set === undefined ? await open(before ?? 0).catch(() => open(0)) : await open(Number(set));
  host.onStop(() => door.stop());
  await host.transaction((ctx) => store.setListening(ctx, door.port, door.publicKey));
}

const partNames = /^[a-z]{1,20}$/;

/** What agents told in the last second, in one transaction; keys and repairs are looked at. */
export async function keepReports(
  j: JobContext,
  list: readonly SiteReport[],
  heard: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  const sound = list.filter(isSound);
  if (sound.length === 0 && heard.size === 0) return;
  const kept = j.transaction(async (ctx) => {
    if (heard.size) await store.keepHeard(ctx, heard);
    if (sound.length === 0) return;
    await store.keepReports(ctx, sound);
    await noteReports(ctx, sound);
  });
  await kept.catch((error: unknown) => {
    forgetWritten(j, sound);
    throw error;
  });
  const news = sound.filter((r) => keysOf.get(r.node) !== r.keys.join());
  if (news.length) {
    await learn(j, [...new Map(news.map((r) => [r.node, { node: r.node, keys: r.keys }])).values()]);
    for (const r of news) keysOf.set(r.node, r.keys.join());
  }
  const repaired = sound.filter((r) => Array.isArray(r.repaired) && r.repaired.length > 0);
  if (repaired.length)
    await j.transaction(async (ctx) => {
      for (const r of repaired)
        await ctx.record(driftRepaired, `network:node:${r.node}`, { parts: r.repaired.filter((p) => partNames.test(p)).slice(0, 10) });
    });
}
const keysOf = new Map<string, string>();

export async function enrol(ctx: Context, o: { node: string; publicKey: string; keys: [string, string] }): Promise<void> {
  try {
    const key = createPublicKey({ key: Buffer.from(o.publicKey, "base64"), format: "der", type: "spki" });
    if (key.asymmetricKeyType !== "ed25519") throw new Error("another kind of key");
  } catch (cause) {
    throw keyMalformed({ cause });
  }
  if (!areKeys(o.keys)) throw keyMalformed();
  const by = "account" in ctx.caller ? `account:${ctx.caller.account}` : "system";
  await store.putAgent(ctx, o.node, o.publicKey, by);
  await store.learnKeys(ctx, [o]);
  await ctx.record(agentEnrolled, `network:node:${o.node}`, { publicKey: o.publicKey });
  await nodes.wake(ctx, o.node);
}

export async function dismiss(ctx: Context, node: string): Promise<void> {
  if (!(await store.removeAgent(ctx, node))) throw agentUnknown();
  await ctx.record(agentDismissed, `network:node:${node}`, {});
}
