import assert from "node:assert/strict";
import { test } from "node:test";
import { fabricConformance } from "#network/conformance";
import { FabricAway, FabricRefused, type FabricStep } from "#network/ports";
import { createMemoryFabric } from "./index.ts";

fabricConformance("memory", async () => {
  const driver = createMemoryFabric(() => ["a", "b"]);
  return {
    driver,
    nodes: ["a", "b"],
    bends: ["interfaces", "filter", "overlay", "routing", "classes"],
    bend: async (node, part) => driver.bend(node, part),
    reboot: async () => true,
    close: async () => undefined,
  };
});

const step: FabricStep = { verb: "put", part: "routing", text: "x", hash: "x" };
const order = (key: string, fence = 1n, ms = 1000) => ({ idempotencyKey: key, fence, signal: AbortSignal.timeout(ms), deadline: 0 });

test("answers late, twice, never, lost: one effect an order", async () => {
  const d = createMemoryFabric(undefined, 5);
  d.fault("a", "late", "twice", "never", "lost-answer");
  await d.apply("a", step, order("1"));
  await d.apply("a", step, order("2"));
  await assert.rejects(d.apply("a", step, order("3", 1n, 20)), FabricAway);
  await assert.rejects(d.apply("a", step, order("4")), FabricAway);
  await d.apply("a", step, order("4"));
  assert.equal(d.effects.length, 3);
});

test("out of order: an order overtaken by one of a later controller is refused", async () => {
  const d = createMemoryFabric();
  d.fault("a", "out-of-order");
  const slow = d.apply("a", step, order("1", 1n));
  await d.apply("a", { ...step, text: "y", hash: "y" }, order("2", 2n));
  await assert.rejects(slow, FabricRefused);
  assert.equal(d.text("a", "routing"), "y");
});
