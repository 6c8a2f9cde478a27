import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Identify, r1 } from "#exchange";
import { client, writeExchange, type Written } from "../../modules/exchange/evidence/test-log.ts";
import { asks, echo, house, type House, justice, typeOf } from "./port.ts";

const verifier = fileURLToPath(new URL("../../verify/asic-e.mjs", import.meta.url));
let h: House;
let written: Written;
const dir = mkdtempSync(join(tmpdir(), "toguna-evidence-"));
before(async () => {
  h = await house({}, new Date());
  written = await writeExchange(h.world);
});
after(async () => {
  await h.close();
  rmSync(dir, { recursive: true });
});

const parts = ["xRoadInstance", "memberClass", "memberCode", "subsystemCode"];
function target(o: { id?: string; of?: string; flags?: string } = {}): string {
  const names = (o.of ?? client).split("/").map((value, i) => `${parts[i]}=${encodeURIComponent(value)}`);
  return `/asic?queryId=${encodeURIComponent(o.id ?? written.messageId)}&${names.join("&")}${o.flags ? `&${o.flags}` : ""}`;
}
const get = (path: string) => h.call(path, { headers: {} });
function listed(bytes: Buffer): string[] {
  const at = mkdtempSync(join(dir, "z-"));
  writeFileSync(join(at, "z.zip"), bytes);
  execFileSync("unzip", ["-q", "z.zip"], { cwd: at });
  return readdirSync(at).filter((name) => name !== "z.zip");
}

test("until the time stamp is there the answer is 202 with the time to ask again, or a container when forced", async () => {
  await h.world.sweep("exchange.seal-log");
  const early = await get(target());
  assert.equal(early.status, 202);
  assert.ok(Number(early.head["retry-after"]) > 0);
  assert.match(typeOf(early), /not_timestamped/);
  const forced = await get(target({ flags: "force" }));
  assert.equal(forced.status, 200);
  assert.equal(listed(forced.body).length, 2);
});

test("the evidence of an exchange in X-Road's forms: both, one, unique; to the client and to the provider", async () => {
  await h.world.sweep("exchange.stamp-log");
  const id = written.messageId;
  const both = await get(target());
  assert.equal(both.status, 200);
  assert.equal(both.head["content-type"], "application/zip");
  assert.match(both.head["content-disposition"]!, new RegExp(`"${id}\\.zip"`));
  assert.deepEqual(listed(both.body).sort(), [`${id}-request.asice`, `${id}-response.asice`]);
  const request = await get(target({ flags: "requestOnly" }));
  assert.match(request.head["content-disposition"]!, /-request\.zip/);
  assert.equal(listed(request.body).length, 1);
  const unique = await get(target({ flags: "responseOnly&unique" }));
  assert.equal(unique.head["content-type"], "application/vnd.etsi.asic-e+zip");
  assert.ok(listed(unique.body).includes("attachment1"));
  const provider = await get(target({ of: "BF/GOV/ONI/IDENTITE" }));
  assert.equal(provider.status, 200);
});

test("a call through the port is proven to a stranger, with the body he holds himself", async () => {
  const sent = '{"a":1}';
  const { head } = await h.call(`${echo}/items`, { method: "POST", headers: { ...asks, "Content-Type": "application/json" }, body: sent });
  await h.world.sweep("exchange.seal-log");
  await h.world.sweep("exchange.stamp-log");
  writeFileSync(join(dir, "anchors.pem"), (await h.world.fetch("/trust/anchors.pem")).text);
  writeFileSync(join(dir, "sent"), sent);
  writeFileSync(join(dir, "other"), `${sent} `);
  for (const side of [justice, "BF/GOV/ONI/IDENTITE"]) {
    const { body, status } = await get(target({ id: head["x-road-id"]!, of: side, flags: "requestOnly&unique" }));
    assert.equal(status, 200);
    writeFileSync(join(dir, "m.asice"), body);
    const judge = (...more: string[]) =>
      spawnSync(process.execPath, [verifier, "m.asice", "--anchors", "anchors.pem", ...more], { cwd: dir, encoding: "utf8" });
    assert.match(judge("--body", "sent").stdout, /time stamp[\s\S]*POST[\s\S]*GENUINE/);
    assert.equal(judge("--body", "sent").status, 0);
    assert.equal(judge().status, 0);
    assert.equal(judge("--body", "other").status, 1);
  }
});

test("a strange, doubled, missing or contradictory parameter is a 400; what is not there or not theirs a 404", async () => {
  for (const bad of [
    "/asic",
    `/asic?queryId=${written.messageId}`,
    target({ flags: "requestOnly&responseOnly" }),
    target({ flags: "unique" }),
    target({ flags: "queryId=again" }),
    target({ of: "BF/GOV/MIN-JUSTICE/.." }),
    target({ of: "BF/GOV/MIN%20/S\u0000" }),
    target({ id: "x".repeat(300) }),
  ]) {
    const answer = await get(bad);
    assert.equal(answer.status, 400, bad);
    assert.equal(typeOf(answer), "client.clientproxy.bad_request");
  }
  assert.equal((await h.call(target(), { method: "POST", headers: {} })).status, 400);
  for (const absent of [
    target({ id: "none" }),
    target({ of: "BF/GOV/MIN-JUSTICE/NONE" }),
    target({ of: "BF/GOV/CNSS/PRESTATIONS" }),
    target({ id: `${written.messageId}'--` }),
  ])
    assert.equal((await get(absent)).status, 404, absent);
});

test("the read is told to the person concerned", async () => {
  const person = "0199aaaa-0000-7000-8000-00000000c0de";
  await h.world.owner("update exchange.request set person = $2 where exchange = $1", [written.exchange, person]);
  assert.equal((await get(target())).status, 200);
  const facts = await h.world.owner("select type from kernel.fact where subject = $1", [`person:${person}`]);
  assert.deepEqual(facts.rows, [{ type: "kernel.personal-read" }]);
});

test("a system reads the evidence of its own subsystems only", async () => {
  const surface = (identify: Identify) => r1(() => h.world.kernel.jobContext("exchange.r1"), { identify, precise: false, legacy: false });
  const ask = async (identify: Identify, path: string) => {
    const server = createServer((req, res) => surface(identify).request(req, res));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    await answer.arrayBuffer();
    server.close();
    return answer.status;
  };
  assert.equal(await ask(() => new Set([client]), target()), 200);
  assert.equal(await ask(() => new Set([client]), target({ of: "BF/GOV/ONI/IDENTITE" })), 401);
  assert.equal(await ask(() => new Set(), target()), 401);
  assert.ok((await ask(() => undefined, target())) >= 400);
});

test("verificationconf names the members and the roots", async () => {
  const conf = await get("/verificationconf");
  assert.equal(conf.status, 200);
  const at = mkdtempSync(join(dir, "v-"));
  writeFileSync(join(at, "v.zip"), conf.body);
  execFileSync("unzip", ["-q", "v.zip"], { cwd: at });
  assert.equal(readFileSync(join(at, "verificationconf/instance-identifier"), "utf8"), "BF");
  const params = readFileSync(join(at, "verificationconf/BF/shared-params.xml"), "utf8");
  assert.match(params, /<instanceIdentifier>BF<\/instanceIdentifier>/);
  assert.match(params, /<memberCode>ONI<\/memberCode>[\s\S]*<subsystemCode>IDENTITE<\/subsystemCode>/);
  execFileSync("openssl", ["x509", "-in", "verificationconf/anchors.pem", "-noout"], { cwd: at });
});
