import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomIds, systemClock } from "#kernel";
import { fabricConformance } from "#network/conformance";
import type { AgentHouse } from "#network/ports";
import { createAgentFabric, miniature, missing } from "./index.ts";

const lacks = missing();
const skip = lacks && !process.env.CI ? `the fabric on Linux: ${lacks}` : false;
const program = [process.execPath, "--disable-warning=ExperimentalWarning", new URL("../../apps/agent/main.ts", import.meta.url).pathname];

fabricConformance(
  "linux",
  async () => {
    const state = mkdtempSync(join(tmpdir(), "toguna-fabric-"));
    const mini = miniature({ name: "conf", state, nodes: ["a", "b"], spans: [{ id: "s1", a: "a", b: "b", atA: "f-s1", atB: "f-s1" }] });
    const clock = systemClock("UTC");
    const driver = createAgentFabric(clock, randomIds(clock));
    const keys = new Map(mini.nodes.map((n) => [n, mini.agentKey(n, program).publicKey]));
    const house: AgentHouse = {
      agent: async (node) => (keys.has(node) ? { node, publicKey: keys.get(node)!, sequence: 0, heard: 0 } : undefined),
      reports: async () => undefined,
    };
    const door = await driver.listen(house, { port: 0, host: "127.0.0.1", key: Buffer.alloc(32, 7) });
    const start = (node: string, port = door.port) =>
      mini.startAgent(node, { house: `http://127.0.0.1:${port}`, houseKey: door.publicKey, program, seconds: { report: 2, repair: 3600 } });
    for (const n of mini.nodes) start(n);
    const until = async (what: () => Promise<boolean> | boolean) => {
      for (let i = 0; i < 100; i++) {
        if (await what()) return true;
        await new Promise((r) => setTimeout(r, 100));
      }
      return false;
    };
    assert.ok(await until(async () => (await driver.nodes()).length === 2), "both agents called");
    return {
      driver,
      nodes: ["a", "b"],
      bends: ["interfaces", "filter", "overlay", "routing", "classes"],
      async bend(node, part) {
        const how = {
          interfaces: ["ip", "addr", "add", "203.0.113.9/32", "dev", "lo"],
          filter: ["nft", "insert", "rule", "inet", "toguna", "input", "accept"],
          overlay: ["ip", "route", "del", "198.18.2.0/24"],
          routing: ["vtysh", "-N", mini.namespace(node), "-c", "configure terminal", "-c", "interface f-s1", "-c", "ip ospf cost 99"],
          classes: ["tc", "class", "change", "dev", "f-s1", "parent", "1:1", "classid", "1:40", "htb", "rate", "1mbit", "ceil", "1mbit"],
        }[part];
        const r = mini.at(node, ...how);
        assert.equal(r.code, 0, `${how.join(" ")}: ${r.out}`);
      },
      async reboot(node) {
        mini.powerOff(node);
        assert.notEqual(mini.at(node, "nft", "list", "table", "inet", "toguna").code, 0, "nothing is left");
        const alone = start(node, 9); // nobody listens there: the site has only its disk
        const back = await until(
          () =>
            mini.at(node, "nft", "list", "table", "inet", "toguna").code === 0 &&
            mini.at(node, "ip", "link", "show", "wg0").code === 0 &&
            mini.at(node, "vtysh", "-N", mini.namespace(node), "-c", "show running-config").out.includes("ip ospf cost 10"),
        );
        alone.kill("SIGKILL");
        start(node);
        await until(async () => driver.observe(node, AbortSignal.timeout(2000)).then(() => true, () => false)); // prettier-ignore
        return back;
      },
      async check(node, part) {
        const other = node === "a" ? "198.19.1.1" : "198.19.1.0";
        const shows = {
          interfaces: [["ip", "addr", "show", "dev", "f-s1"], /198\.19\.1\.[01]\/31/],
          filter: [["nft", "list", "chain", "inet", "toguna", "forward"], /policy drop/],
          overlay: [["ip", "route", "show", "proto", "77"], /dev wg0/],
          routing: [["vtysh", "-N", mini.namespace(node), "-c", "show running-config"], /ip ospf bfd profile near/],
          classes: [["tc", "class", "show", "dev", "f-s1"], /htb 1:20 parent 1:1 .*rate 300Mbit/],
        }[part] as [string[], RegExp];
        const r = mini.at(node, ...shows[0]);
        assert.match(r.out, shows[1], `${part} at ${node}`);
        if (part === "classes" && node === "b")
          assert.equal(mini.at(node, "ping", "-c", "1", "-W", "2", other).code, 0, "the neighbour answers");
      },
      async close() {
        await mini.stopAgents();
        await door.stop();
        mini.down();
        rmSync(state, { recursive: true, force: true });
      },
    };
  },
  { skip },
);
