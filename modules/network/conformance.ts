/** The suite each fabric driver's test calls: what every way of carrying out an intent must keep. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import {
  FabricRefused,
  planFabric,
  partNames,
  type FabricDriver,
  type FabricStep,
  type Observed,
  type PartName,
  type Rendered,
} from "./ports.ts";
import type { NodeIntent } from "./intent/shapes.ts";
import { render } from "./render/render.ts";

export interface FabricBench {
  driver: FabricDriver;
  /** Two neighbours joined by the span `s1` (interface `f-s1` at both ends). */
  nodes: [string, string];
  /** Somebody at the site bends a part of the running system by hand; only the parts named are bent in this bench. */
  bend(node: string, part: PartName): Promise<void>;
  bends: readonly PartName[];
  /** Loses power and comes back without the centre: true when what ran before runs again. */
  reboot(node: string): Promise<boolean>;
  /** What else than its hash shows that a part is really there. */
  check?(node: string, part: PartName, intent: NodeIntent): Promise<void>;
  close(): Promise<void>;
}

let serial = 0;
let fence = 1n;
const order = (o: Partial<{ key: string; fence: bigint }> = {}) => ({
  idempotencyKey: o.key ?? `conf-${process.pid}-${(serial += 1)}`,
  fence: o.fence ?? fence,
  signal: AbortSignal.timeout(30_000),
  deadline: 0,
});

/** Two small sites, enough to see every part at work. */
export function smallIntent(nodes: readonly [string, string], i: 0 | 1): NodeIntent {
  const [id, peer] = [nodes[i], nodes[1 - i]!];
  const own = (k: number) => ({ v4: `198.18.${k}.0/24`, v6: `fd00:198:${k}::/64` });
  return {
    id,
    name: id,
    role: i === 0 ? "core" : "site",
    point: [0, 0],
    loopback4: `198.19.0.${i + 1}`,
    loopback6: `fd00:199::${i + 1}`,
    routerId: `198.19.0.${i + 1}`,
    links: [
      {
        span: "s1",
        kind: "cable",
        peer,
        interface: "f-s1",
        peerInterface: "f-s1",
        v4: { address: `198.19.1.${i}/31`, peer: `198.19.1.${1 - i}` },
        v6: { address: `fd00:199:1::${i}/127`, peer: `fd00:199:1::${1 - i}` },
        cost: 10,
        bfd: { name: "near", interval: 50, multiplier: 3 },
        rate: 1000,
        length: 1000,
      },
    ],
    segments: [
      {
        institution: `inst-${i}`,
        name: "Office",
        vlan: 100,
        interface: "v100",
        v4: { prefix: own(i + 1).v4, gateway: `198.18.${i + 1}.1` },
        v6: { prefix: own(i + 1).v6, gateway: `fd00:198:${i + 1}::1` },
        qos: "critical",
      },
    ],
    overlay: {
      interface: "wg0",
      port: 51_820,
      v4: `198.19.2.${i + 1}/32`,
      v6: `fd00:199:2::${i + 1}/128`,
      peers: [
        {
          node: peer,
          endpoint4: `198.19.0.${2 - i}`,
          port: 51_820,
          allowed: [own(2 - i).v4, own(2 - i).v6, `198.19.2.${2 - i}/32`],
          takes: [],
        },
      ],
    },
    groups: [0, 1].map((k) => ({ id: `inst:inst-${k}`, v4: [own(k + 1).v4], v6: [own(k + 1).v6] })),
    rules: [{ id: "own", from: `inst:inst-${i}`, to: `inst:inst-${i}`, protocol: "any", ports: [] }],
    qos: [
      { name: "voice", dscp: 46, share: 20 },
      { name: "critical", dscp: 26, share: 30 },
      { name: "standard", dscp: 0, share: 40 },
      { name: "bulk", dscp: 8, share: 10 },
    ],
  };
}

export function fabricConformance(name: string, open: () => Promise<FabricBench>, o: { skip?: string | false } = {}): void {
  describe(`fabric driver ${name}`, { skip: o.skip ?? false, timeout: 120_000 }, () => {
    let bench: FabricBench;
    let desired: [Rendered, Rendered];
    const see = (i: 0 | 1) => bench.driver.observe(bench.nodes[i], AbortSignal.timeout(10_000));
    const carry = async (i: 0 | 1, want: Rendered | null) => {
      const done: string[] = [];
      for (let n = 0; n < 20; n++) {
        const step = planFabric(want, await see(i))[0];
        if (!step) return done;
        done.push(step.verb === "put" ? step.part : step.verb);
        await bench.driver.apply(bench.nodes[i], step, order());
      }
      throw new Error("the plan does not come to an end");
    };
    after(() => bench?.close());
    it("opens with nothing of ours there, and tells its keys", async () => {
      bench = await open();
      assert.deepEqual((await bench.driver.nodes()).toSorted(), [...bench.nodes].toSorted());
      const first = await see(0);
      assert.deepEqual(Object.keys(first?.parts ?? {}), []);
      const keys = (await Promise.all([see(0), see(1)])).map((x) => x!.keys) as [Observed["keys"], Observed["keys"]];
      assert.equal(new Set(keys.flat()).size, 4, "four keys, none twice");
      for (const k of keys.flat()) assert.equal(Buffer.from(k, "base64").length, 32);
      const state = {
        slots: [0] as const,
        sends: 0 as const,
        key: (node: string, slot: 0 | 1) => keys[node === bench.nodes[0] ? 0 : 1][slot],
      };
      desired = [render(smallIntent(bench.nodes, 0), state), render(smallIntent(bench.nodes, 1), state)];
    });
    it("reaches what is desired step by step, and then has nothing to do", async () => {
      for (const i of [0, 1] as const) {
        assert.deepEqual(await carry(i, desired[i]), [...partNames]);
        assert.deepEqual(await carry(i, desired[i]), []);
        for (const p of partNames) {
          assert.equal((await see(i))!.parts[p], desired[i][p].hash, p);
          await bench.check?.(bench.nodes[i], p, smallIntent(bench.nodes, i));
        }
      }
    });
    it("a step asked twice with one key is one step; the answer is the first one", async () => {
      const step: FabricStep = { verb: "put", part: "filter", ...desired[0].filter };
      const once = order();
      const first = await bench.driver.apply(bench.nodes[0], step, once);
      assert.deepEqual(await bench.driver.apply(bench.nodes[0], step, { ...once, signal: AbortSignal.timeout(9000) }), first);
    });
    it("an order with an older fence is refused, and changes nothing", async () => {
      fence = 5n;
      await bench.driver.apply(bench.nodes[0], { verb: "put", part: "filter", ...desired[0].filter }, order());
      const old = { verb: "put", part: "routing", text: "frr defaults traditional\n", hash: "old" } as const;
      await assert.rejects(bench.driver.apply(bench.nodes[0], old, order({ fence: 4n })), FabricRefused);
      assert.equal((await see(0))!.parts.routing, desired[0].routing.hash);
    });
    it("a text its tools do not take is refused, and what ran before runs on", async () => {
      await assert.rejects(
        bench.driver.apply(bench.nodes[0], { verb: "put", part: "filter", text: "table inet toguna { nonsense", hash: "bad" }, order()),
        FabricRefused,
      );
      await carry(0, desired[0]);
      assert.equal((await see(0))!.parts.filter, desired[0].filter.hash);
    });
    it("what is bent by hand is seen, and put right", async () => {
      for (const p of bench.bends) {
        await bench.bend(bench.nodes[0], p);
        assert.notEqual((await see(0))!.parts[p], desired[0][p].hash, p);
        await carry(0, desired[0]);
        assert.equal((await see(0))!.parts[p], desired[0][p].hash, p);
      }
    });
    it("a site loses power and lives again without the centre", async () => {
      assert.equal(await bench.reboot(bench.nodes[1]), true);
      assert.deepEqual(await carry(1, desired[1]), [], "nothing was left for the centre to do");
    });
    it("keys change slot by slot: both up, then the other alone; the one taken down gets a new key", async () => {
      const state = (slots: readonly (0 | 1)[], sends: 0 | 1) => ({ slots, sends, key: () => before[1] });
      const before = (await see(1))!.keys;
      const intent = smallIntent(bench.nodes, 0);
      const first = (await see(0))!.keys;
      await carry(0, render(intent, state([0, 1], 0)));
      assert.deepEqual((await see(0))!.keys, first);
      await carry(0, render(intent, state([1], 1)));
      const now = (await see(0))!.keys;
      assert.equal(now[1], first[1]);
      assert.notEqual(now[0], first[0]);
    });
    it("goes when it shall be gone", async () => {
      for (const i of [0, 1] as const) {
        await carry(i, null);
        assert.deepEqual(Object.keys((await see(i))?.parts ?? {}), []);
      }
    });
  });
}
export { equipmentConformance, type EquipmentBench } from "./equipment/test-conformance.ts";
export { equipmentLab, equipmentLabLacks, type EquipmentLab } from "./equipment/test-lab.ts";
