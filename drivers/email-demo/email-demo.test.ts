import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Host, randomIds, systemClock } from "#kernel";
import { emailConformance } from "#messages/conformance";
import type { EmailDriver } from "#messages/ports";
import { emailDemo } from "./index.ts";

const dataDir = mkdtempSync(join(tmpdir(), "email-demo-"));
after(() => rmSync(dataDir, { recursive: true }));
const clock = systemClock("UTC");
const host = (production: boolean): Host => ({ clock, ids: randomIds(clock), config: { dataDir, production } }) as unknown as Host;
const driver = emailDemo.make(host(false)) as EmailDriver;

let down = false;
emailConformance(async () => ({
  driver: { ...driver, send: (message, signal) => (down ? Promise.reject(new Error("away")) : driver.send(message, signal)) },
  received: async () => (await driver.inbox?.read("awa@exemple.org")) ?? [],
  refusedAddress: "nobody@exemple.invalid",
  away: async (wanted) => {
    down = wanted;
  },
  dropsRepeats: true,
}));

test("it does not start in production", () => {
  assert.throws(() => emailDemo.make(host(true)), /production/);
});
