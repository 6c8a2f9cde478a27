/** One site's agent in the wrong hands: it says what it likes of itself, and nothing of others. */
import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import type { Caller, JobContext } from "#kernel";
import { world, type World } from "#kernel/testing";
import { network } from "#network";
import * as api from "#network/api";
import type { SiteReport } from "#network/ports";
import { registry } from "#registry";
import { keepReports } from "../../modules/network/fabric/agents.ts";
import { learn } from "../../modules/network/fabric/nodes.ts";

let w: World;
let j: JobContext;
let operator: Caller;
const plant = "type,id,kind,name,lon,lat,a,b,length,strands\nnode,s1,core,One,-1.5,12.3,,,,\nnode,s2,site,Two,-1.4,12.3,,,,";
const key = () => randomBytes(32).toString("base64");
const own: Record<string, [string, string]> = { s1: [key(), key()], s2: [key(), key()] };

before(async () => {
  w = await world({ modules: [registry, network], drivers: [], country: "bf" });
  j = w.kernel.jobContext("network.test");
  operator = w.clerk("bf-anptic", ["network.read-plant", "network.edit-plant", "network.operate-fabric"]);
  await w.call(api.importPlant, { format: "csv", text: plant }, { as: operator });
  for (const [node, keys] of Object.entries(own)) {
    const publicKey = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" }).toString("base64");
    await w.call(api.enrolAgent, { node, publicKey, keys }, { as: operator });
  }
});
after(() => w.close());

const known = async (node: string) =>
  (await w.owner("select public_key from network.overlay_key where node = $1 order by slot", [node])).rows.map(
    (row: { public_key: string }) => row.public_key,
  );

test("what an agent answers as its key is a key, and not another site's: it ends in the tunnels of all others", async () => {
  const peer = `${key()}\n[Peer]\nPublicKey = ${key()}\nAllowedIPs = 10.0.0.0/8\nEndpoint = 192.0.2.66:51820`;
  await learn(j, [{ node: "s1", keys: [peer, own.s1![1]] }]);
  assert.deepEqual(await known("s1"), own.s1);
  await learn(j, [{ node: "s1", keys: own.s2! }]);
  assert.deepEqual(await known("s1"), own.s1);
  const next: [string, string] = [own.s1![0], key()];
  await learn(j, [{ node: "s1", keys: next }]);
  assert.deepEqual(await known("s1"), next, "its own new key is taken");
});

test("a report that is none keeps nobody else's from being heard, nor the console from being shown", async () => {
  const report = (node: string, sequence: number, more: object = {}): SiteReport => ({
    node,
    sequence,
    at: w.clock.now().toISOString(),
    clockSkew: 0,
    power: { source: "mains", simulated: true },
    interfaces: [],
    neighbours: [],
    tunnels: [],
    parts: {},
    keys: own[node]!,
    capabilities: [],
    repaired: [],
    ...more,
  });
  const odd: object[] = [
    { neighbours: undefined },
    { neighbours: [null] },
    { interfaces: "up" },
    { power: null },
    { power: { source: "sun", simulated: 1 } },
    { clockSkew: 0.5 },
    { capabilities: null },
    { at: "\0" },
    { at: "\ud800" },
    { interfaces: [{ name: "x".repeat(500) }] },
  ];
  await keepReports(j, [...odd.map((more, i) => report("s1", 100 + i, more)), report("s2", 1)]);
  const { nodes } = await w.call(api.readFabric, {}, { as: operator });
  assert.deepEqual(nodes.map((n) => [n.id, n.heardAt !== undefined]).sort(), [
    ["s1", false],
    ["s2", true],
  ]);
});
