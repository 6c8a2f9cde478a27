import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { Text } from "#kernel";
import { paymentConformance } from "#services/conformance";
import type { ChargeOrder, PaymentDriver } from "#services/ports";
import { createSimulator, paySimulator } from "./index.ts";

const key = "toguna-demonstration-merchant";
const signal = AbortSignal.timeout(120_000);
let child: ChildProcess;
let url = "";
let operator = "";
let driver: PaymentDriver;

// The outside world is another program, as in life.
const started = (async () => {
  child = spawn(process.execPath, [new URL("../../apps/sandbox/main.ts", import.meta.url).pathname, "bf", "0", "30"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  const said = JSON.parse(line.toString()) as { url: string; operators: { code: string; name: Text; instruction: Text }[] };
  url = said.url;
  operator = said.operators[0]!.code;
  driver = createSimulator(said);
})();
before(() => started);
after(() => void child.kill());

let line = 0;
async function payer(behaviour = "later", amount = 750) {
  await started;
  const phone = `+2267100${String(1000 + (line += 1))}`;
  const res = await fetch(`${url}/money`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ operator, phone, amount: String(amount), behaviour }),
  });
  return { operator, phone, otp: ((await res.json()) as { otp: string }).otp };
}
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

paymentConformance("pay-simulator", async () => {
  const who = await payer();
  let callbacks: { headers: Record<string, string>; body: Uint8Array }[] = [];
  return {
    driver,
    payer: who,
    async settle() {
      await wait(120);
      const res = await fetch(`${url}/money/${operator}/callbacks`, { headers: { authorization: `Bearer ${key}` } });
      const all = (await res.json()) as { headers: Record<string, string>; body: string }[];
      callbacks = all.map((one) => ({ headers: one.headers, body: Buffer.from(one.body, "base64") }));
    },
    today: () => new Intl.DateTimeFormat("en-CA", { timeZone: "Africa/Ouagadougou", dateStyle: "short" }).format(new Date()),
    callbacks: () => callbacks,
  };
});

const order = (who: { operator: string; phone: string; otp?: string }, more: Partial<ChargeOrder> = {}): ChargeOrder => ({
  reference: `t-${(line += 1)}`,
  amount: 750,
  currency: "XOF",
  label: "test",
  callbackUrl: "http://127.0.0.1:9/none",
  ...who,
  ...more,
});

test("what the operator refuses comes back with its reason", async () => {
  const who = await payer();
  assert.deepEqual(await driver.charge(order(who, { otp: "000000" }), signal), { state: "refused", reason: "otp-wrong" });
  assert.notEqual((await driver.charge(order(who), signal)).state, "refused");
  assert.deepEqual(await driver.charge(order(who), signal), { state: "refused", reason: "repeated-too-soon" });
  const poor = await payer("prompt", 900_000);
  assert.deepEqual(await driver.charge(order(poor, { amount: 900_000 }), signal), { state: "refused", reason: "funds-insufficient" });
});

test("a cut connection is an unknown outcome: the charge throws, the status tells the truth", async () => {
  const o = order(await payer("cut"));
  await assert.rejects(driver.charge(o, signal));
  const status = await driver.status(o.reference, operator, signal);
  assert.equal(status.state, "paid");
});

test("a payer who refuses, a callback that never comes: the status tells", async () => {
  const no = order(await payer("payer-refuses"));
  const never = order(await payer("never"));
  await driver.charge(no, signal);
  await driver.charge(never, signal);
  await wait(120);
  const refused = await driver.status(no.reference, operator, signal);
  assert.ok(refused.state === "refused" && refused.reason === "payer-refused");
  assert.equal((await driver.status(never.reference, operator, signal)).state, "paid");
});

test("nobody listens: nothing was sent; an unknown operator likewise", async () => {
  const gone = createServer();
  await new Promise<void>((done) => gone.listen(0, "127.0.0.1", done));
  const { port } = gone.address() as AddressInfo;
  await new Promise((done) => gone.close(done));
  const alone = createSimulator({ url: `http://127.0.0.1:${port}`, operators: driver.operators() });
  const o = order({ operator, phone: "+22671000000" });
  assert.deepEqual(await alone.charge(o, signal), { state: "not-sent" });
  assert.deepEqual(await driver.charge({ ...o, operator: "nobody" }, signal), { state: "not-sent" });
  await assert.rejects(alone.status(o.reference, operator, signal));
});

test("an operator that says nothing sensible is an error, never a refusal", async () => {
  const noise = createServer((_, res) => res.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>"));
  await new Promise<void>((done) => noise.listen(0, "127.0.0.1", done));
  const broken = createSimulator({ url: `http://127.0.0.1:${(noise.address() as AddressInfo).port}`, operators: driver.operators() });
  await assert.rejects(broken.charge(order({ operator, phone: "+22671000000" }), signal));
  await assert.rejects(broken.status("x", operator, signal));
  await assert.rejects(broken.statement(operator, "2026-11-21", signal));
  noise.close();
});

test("a signature of another length or a body that is no JSON is not the operator’s", async () => {
  for (const signature of ["", "00", "zz", "00".repeat(32)])
    assert.equal(
      await driver.readCallback({ operator, headers: { "x-operator-signature": signature }, body: Buffer.from("{}") }),
      undefined,
    );
});

test("production has no simulated money", async () => {
  const provided = paySimulator({ url: "http://127.0.0.1:9", operators: [] });
  assert.throws(() => provided.make({ config: { production: true } } as never), /demonstrations/);
});
