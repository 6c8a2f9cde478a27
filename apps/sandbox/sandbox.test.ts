import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Sandbox, startSandbox } from "./index.ts";

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ country: "bf", port: 0, pace: 20, faults: {} });
});
after(() => sandbox.stop());

const get = (path: string, init: RequestInit = {}) => fetch(sandbox.url + path, { redirect: "manual", ...init });
const persons = "/registers/bf-oni/persons";
const operator = () => sandbox.operators[0]!.code;

test("a register answers by key, says none plainly, and refuses to be emptied", async () => {
  const found = (await (await get(`${persons}?phone=%2B22670000011`)).json()) as { rows: { nip: string }[] };
  assert.equal(found.rows.length, 1);
  assert.match(found.rows[0]!.nip, /^\d+$/);
  assert.deepEqual(await (await get(`${persons}?nip=0`)).json(), { rows: [] });
  assert.equal((await get(persons)).status, 400);
  assert.equal((await get(`${persons}?sex=F`)).status, 400);
  assert.equal((await get(`${persons}?nip=0`, { method: "DELETE" })).status, 405);
  assert.equal((await get("/registers/nobody/persons?nip=0")).status, 404);
  const entry = (await (await get(`${persons}/${found.rows[0]!.nip}`)).json()) as { rows: object[] };
  assert.equal(entry.rows.length, 1);
  assert.deepEqual(await (await get(`${persons}/0`)).json(), { rows: [] });
});

test("it describes itself, and says it is simulated", async () => {
  const description = (await (await get("/openapi.json")).json()) as { paths: Record<string, unknown>; info: { description: string } };
  assert.ok(description.paths["/registers/bf-oni/persons"]);
  assert.match(description.info.description, /Simulated/);
  type One = {
    servers: { url: string }[];
    paths: object;
    components: { schemas: Record<string, { properties: Record<string, { format?: string }> }> };
  };
  const one = (await (await get("/descriptions/bf-dgttm/vehicles.json")).json()) as One;
  assert.deepEqual(Object.keys(one.paths), ["/", "/{plate}"]);
  assert.equal(one.servers[0]!.url, `${sandbox.url}/registers/bf-dgttm/vehicles`);
  assert.equal(one.components.schemas.vehicles!.properties.since!.format, "date");
  assert.equal((await get("/descriptions/bf-dgttm/nothing.json")).status, 404);
  assert.match(await (await get("/money")).text(), /Ceci est une simulation/);
  assert.match(await (await get("/money?lang=en")).text(), /This is a simulation/);
});

test("each fault misbehaves as named", async () => {
  const url = `${persons}?phone=%2B22670000011`;
  const meet = async (fault: string): Promise<string> => {
    sandbox.faults.set("bf-oni/persons", { fault: fault as never, lateMs: 150, dripMs: 5 });
    const started = performance.now();
    try {
      const res = await get(url, { signal: AbortSignal.timeout(400) });
      const text = await res.text();
      if (performance.now() - started > 120 && fault === "late") return `late ${res.status}`;
      try {
        return `${res.status} ${typeof JSON.parse(text)}`;
      } catch {
        return `${res.status} unreadable`;
      }
    } catch (error) {
      return (error as Error).name === "TimeoutError" ? "timeout" : "broken";
    } finally {
      sandbox.faults.delete("bf-oni/persons");
    }
  };
  assert.equal(await meet("late"), "late 200");
  assert.equal(await meet("error"), "500 unreadable");
  assert.equal(await meet("cut"), "broken");
  assert.equal(await meet("lies"), "broken");
  assert.equal(await meet("gone"), "broken");
  assert.equal(await meet("silent"), "timeout");
  assert.equal(await meet("drip"), "timeout");
  assert.equal(await meet("malformed"), "200 unreadable");
  assert.equal(await meet("not-json"), "200 unreadable");
  assert.equal(await meet("redirect"), "302 unreadable");
  sandbox.faults.set("bf-oni/persons", { fault: "oversize" });
  assert.ok((await (await get(url)).arrayBuffer()).byteLength > 8 << 20);
  sandbox.faults.delete("bf-oni/persons");
});

const code = async (phone: string, amount: number, behaviour: string): Promise<string> => {
  const res = await get("/money", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ operator: operator(), phone, amount: String(amount), behaviour }),
  });
  return ((await res.json()) as { otp: string }).otp;
};
const pay = (order: object, key = "toguna-demonstration-merchant") =>
  get(`/money/${operator()}/payments`, { method: "POST", headers: { authorization: `Bearer ${key}` }, body: JSON.stringify(order) });

test("a payment from the handset to the signed callback", async () => {
  const received: { signature: string; body: string }[] = [];
  const shop = createServer((req, res) => {
    const pieces: Buffer[] = [];
    req.on("data", (piece: Buffer) => pieces.push(piece));
    req.on("end", () => {
      received.push({ signature: String(req.headers["x-operator-signature"]), body: Buffer.concat(pieces).toString() });
      res.end();
    });
  });
  await new Promise<void>((done) => shop.listen(0, "127.0.0.1", done));
  const callback = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/cb`;
  const otp = await code("70 00 00 11", 750, "twice");
  const order = { reference: "s-1", phone: "+22670000011", amount: 750, currency: "XOF", otp, label: "Casier", callback };
  assert.equal((await pay(order, "other")).status, 401);
  assert.equal((await pay({ ...order, callback: "file:///etc/passwd" })).status, 400);
  const answer = (await (await pay(order)).json()) as { code: number };
  assert.equal(answer.code, 623);
  await sandbox.desks.get(operator())!.idle();
  shop.closeAllConnections();
  shop.close();
  assert.equal(received.length, 2);
  assert.deepEqual(received[0], received[1], "the same notice twice");
  assert.equal((JSON.parse(received[0]!.body) as { status: string }).status, "SUCCESS");
  assert.match(received[0]!.signature, /^[0-9a-f]{64}$/);
});

test("the operator’s book outlives its machine: money taken before a stop is there after", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "toguna-sandbox-"));
  const key = { headers: { authorization: "Bearer toguna-demonstration-merchant" } };
  const first = await startSandbox({ country: "bf", port: 0, pace: 60_000, dataDir });
  const name = first.operators[0]!.code;
  const made = await fetch(`${first.url}/money`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ operator: name, phone: "70000099", amount: "300", behaviour: "never" }),
  });
  const { otp } = (await made.json()) as { otp: string };
  const order = {
    reference: "kept",
    phone: "+22670000099",
    amount: 300,
    currency: "XOF",
    otp,
    label: "x",
    callback: "http://127.0.0.1:1/",
  };
  await fetch(`${first.url}/money/${name}/payments`, { method: "POST", ...key, body: JSON.stringify(order) });
  await first.stop();
  const second = await startSandbox({ country: "bf", port: 0, pace: 5, dataDir });
  await second.desks.get(name)!.idle();
  const status = (await (await fetch(`${second.url}/money/${name}/payments/kept`, key)).json()) as { status: string };
  assert.equal(status.status, "SUCCESS");
  await second.stop();
  rmSync(dataDir, { recursive: true });
});

test("the handset page makes a code from a form, and says what is wrong with it", async () => {
  const post = (form: Record<string, string>) => get("/money", { method: "POST", body: new URLSearchParams(form) });
  const good = await post({ operator: operator(), phone: "70000012", amount: "1 500", behaviour: "later" });
  assert.match(await good.text(), /id="code">\d{6}</);
  const bad = await post({ operator: operator(), phone: "12", amount: "1500" });
  assert.equal(bad.status, 400);
  assert.match(await bad.text(), /aria-invalid="true"/);
  const script = await post({ operator: operator(), phone: "<script>alert(1)</script>", amount: "1" });
  assert.doesNotMatch(await script.text(), /<script>alert/);
});

test("tricks with paths and bodies get a plain refusal", async () => {
  assert.equal((await get("/registers/bf-oni/%E0%A4%A")).status, 400);
  assert.equal((await pay({})).status, 400);
  for (const body of ["", "null", "[1]", "{", '{"amount":{}}'])
    for (const path of ["payments", "refunds"]) {
      const headers = { authorization: "Bearer toguna-demonstration-merchant" };
      assert.equal((await get(`/money/${operator()}/${path}`, { method: "POST", headers, body })).status, 400, `${path} ${body}`);
      assert.equal((await get("/money", { method: "POST", headers: { "content-type": "application/json" }, body })).status, 400);
    }
  const large = await get("/money", { method: "POST", body: "x".repeat(100_000) });
  assert.equal(large.status, 400);
});
