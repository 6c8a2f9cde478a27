import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Host, randomIds, systemClock } from "#kernel";
import { smsConformance } from "#messages/conformance";
import type { Receipt, SmsDriver } from "#messages/ports";
import { type SmsDemoOptions, smsDemoWith } from "./index.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sms-demo-"));
after(() => rmSync(dataDir, { recursive: true }));
const clock = systemClock("UTC");
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const host = (o: { production?: boolean; settings?: Record<string, string>; folder?: string } = {}): Host =>
  ({
    clock,
    ids: randomIds(clock),
    log: quiet,
    config: { dataDir: join(dataDir, o.folder ?? "one"), production: o.production ?? false, setting: (name: string) => o.settings?.[name] },
  }) as unknown as Host;
const make = (o: SmsDemoOptions, h = host()): SmsDriver => smsDemoWith(o).make(h) as SmsDriver;

let down = false;
const driver = make({ delay: 1, down: () => down });
smsConformance(async () => ({
  driver,
  received: async () => (await driver.inbox?.read("+22670000011")) ?? [],
  refusedAddress: "+22670000000",
  away: async (wanted) => {
    down = wanted;
  },
  dropsRepeats: true,
}));

const receiptsOf = async (one: SmsDriver, wait: number): Promise<Receipt["status"][]> => {
  const got: Receipt["status"][] = [];
  const stop = one.listen?.(async ({ status }) => void got.push(status));
  await one.send(
    { key: crypto.randomUUID(), to: "+22670000012", text: "x", encoding: "gsm7", expiresAt: clock.now() },
    new AbortController().signal,
  );
  await new Promise((resolve) => setTimeout(resolve, wait));
  stop?.();
  return got;
};

test("receipts misbehave as asked", async () => {
  assert.deepEqual(await receiptsOf(make({ receipts: "twice", delay: 1 }), 50), ["delivered", "delivered"]);
  assert.deepEqual(await receiptsOf(make({ receipts: "contradicted", delay: 1 }), 50), ["temporary-failure", "delivered"]);
  assert.deepEqual(await receiptsOf(make({ receipts: "never", delay: 1 }), 50), []);
  assert.deepEqual(await receiptsOf(make({ delay: 5000 }), 20), []);
  const fromSettings = make({}, host({ settings: { sms_demo_receipts: "twice", sms_demo_delay: "1" } }));
  assert.deepEqual(await receiptsOf(fromSettings, 50), ["delivered", "delivered"]);
});

test("telephones survive a restart and list what they received", async () => {
  const first = make({}, host({ folder: "two" }));
  await first.send(
    { key: "k", to: "+22670000013", text: "Bonjour", encoding: "gsm7", expiresAt: clock.now() },
    new AbortController().signal,
  );
  const second = make({}, host({ folder: "two" }));
  assert.deepEqual(
    (await second.inbox?.read("+22670000013"))?.map(({ text }) => text),
    ["Bonjour"],
  );
  assert.deepEqual(
    (await second.inbox?.addresses())?.map(({ address, messages }) => [address, messages]),
    [["+22670000013", 1]],
  );
});

test("a full telephone forgets its oldest half and goes on", async () => {
  const one = make({ receipts: "never" }, host({ folder: "three" }));
  for (let i = 0; i < 2001; i++)
    await one.send(
      { key: `k${i}`, to: "+22670000014", text: `n${i}`, encoding: "gsm7", expiresAt: clock.now() },
      new AbortController().signal,
    );
  const kept = (await one.inbox?.read("+22670000014")) ?? [];
  assert.ok(kept.length > 900 && kept.length < 1100);
  assert.equal(kept.at(-1)?.text, "n2000");
});

test("it does not start in production", () => {
  assert.throws(() => make({}, host({ production: true })), /production/);
});
