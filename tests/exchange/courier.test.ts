/** Bundles carried by hand between two servers that no link joins; and bundles nobody should take. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { exportBundle, importBundle, keepUp, pull } from "#exchange";
import { acceptLater } from "../../modules/exchange/outbox/accept.ts";
import { bodyOf } from "../../modules/exchange/gateway/spool.ts";
import { openRaw } from "../../modules/exchange/gateway/open-raw.ts";
import { echo, justice, publishEcho } from "./link/echo.ts";
import { gatewayId, type Pair, twoServers } from "./two-servers.ts";

const room = mkdtempSync(join(tmpdir(), "toguna-courier-"));
const file = (name: string) => join(room, name);
let p: Pair;
before(async () => {
  p = await twoServers();
  await publishEcho(p.house);
  await keepUp(p.hj);
  await pull(p.gj);
  await p.gateway.owner("update exchange.service set base_url = $1 where id = $2", [`${p.system.url}/echo`, echo]);
  // the certificate shown a moment after joining is kept for some seconds in memory
  await keepUp(p.gj);
});
after(async () => {
  rmSync(room, { recursive: true, force: true });
  await p.close();
});

let count = 0;
async function send(body: string): Promise<string> {
  const headers = [
    ["X-Road-Client", justice],
    ["X-Road-Id", `c-${++count}`],
    ["Exchange-Purpose", "criminal-record-extract"],
    ["Content-Type", "text/plain"],
  ] as const;
  const accepted = await acceptLater(p.hj, async () => {
    const opening = await openRaw(p.hj, { method: "POST", target: `/r1/${echo}/x`, headers, later: true });
    if ("opened" in opening) opening.opened.body = bodyOf(Buffer.from(body));
    return opening;
  });
  assert.ok("exchange" in accepted, JSON.stringify(accepted));
  return accepted.exchange;
}
const states = async (w: Pair["house"], table: "outbox" | "inbox") =>
  Object.fromEntries(
    ((await w.owner(`select state, count(*)::int as n from exchange.${table} group by state`)).rows as { state: string; n: number }[]).map(
      (r) => [r.state, r.n],
    ),
  );
const reason = (error: unknown): string => String(((error as Error).cause as Error | undefined)?.message);
const refused = async (name: string, why: RegExp): Promise<void> => {
  await assert.rejects(importBundle(p.gj, file(name)), (error: unknown) => {
    assert.equal((error as { code: string }).code, "exchange.bundle-refused");
    assert.match(reason(error), why);
    return true;
  });
};

test("messages go out in one file, their receipts and answers come back in another; each file twice does nothing twice", async () => {
  const sent = [];
  for (let i = 0; i < 30; i++) sent.push(await send(`by hand ${i} ${"x".repeat(200)}`));
  const out = await exportBundle(p.hj, "bf-oni", file("out"));
  assert.deepEqual([out.to, out.messages, out.more], [gatewayId, 30, false]);
  assert.ok(!readFileSync(file("out")).includes("by hand"), "nothing of it can be read");
  assert.equal(statSync(file("out")).mode & 0o777, 0o600);
  const came = await importBundle(p.gj, file("out"));
  assert.deepEqual([came.from, came.taken, came.doubted, came.before], ["BF/CENTRE", 30, 0, undefined]);
  const again = await importBundle(p.gj, file("out"));
  assert.ok(again.before && again.taken === 0, "brought twice");
  // made anew before the courier came back: other file, same messages
  await exportBundle(p.hj, gatewayId, file("anew"));
  assert.equal((await importBundle(p.gj, file("anew"))).taken, 30);
  await p.gateway.sweep("exchange.inbox");
  assert.equal(p.system.hits.length, 30, "called once each");
  assert.deepEqual(await states(p.gateway, "inbox"), { answered: 30 });
  assert.deepEqual(await states(p.house, "outbox"), { sent: 30 });
  const back = await exportBundle(p.gj, "BF/CENTRE", file("back"));
  assert.equal(back.answers, 30);
  assert.ok(back.statements >= 1);
  await importBundle(p.hj, file("back"));
  assert.deepEqual(await states(p.house, "outbox"), { answered: 30 });
  const { rows } = await p.house.owner(
    "select count(*)::int as n from exchange.statement_of o join exchange.statement s on s.id = o.statement where s.kind = 'received' and o.exchange = $1",
    [sent[0]],
  );
  assert.ok((rows[0] as { n: number }).n >= 1, "the signed receipt is evidence at the house");
  // the next bundle tells the gateway that its own arrived: it forgets what it kept for it
  await exportBundle(p.hj, gatewayId, file("next"));
  await importBundle(p.gj, file("next"));
  const left = await p.gateway.owner("select count(*)::int as n from exchange.inbox where told_at is null");
  assert.deepEqual(left.rows, [{ n: 0 }]);
  assert.equal((await exportBundle(p.gj, "BF/CENTRE", file("empty"))).answers, 0);
});

test("altered, cut, padded, of others, for others, old, huge: refused whole, with the reason", async () => {
  await send("precious");
  await exportBundle(p.hj, gatewayId, file("good"));
  const good = readFileSync(file("good"));
  const spoil = async (name: string, bytes: Buffer, why: RegExp) => {
    writeFileSync(file(name), bytes);
    await refused(name, why);
  };
  const before = await states(p.gateway, "inbox");
  for (const at of [9, 200, Math.floor(good.length / 2), good.length - 100, good.length - 10]) {
    const spoilt = Buffer.from(good);
    spoilt[at]! ^= 1;
    await spoil(`altered-${at}`, spoilt, /altered|no bundle|certificate|signature|server|too old/);
  }
  await spoil("cut", good.subarray(0, good.length - 300), /altered|middle/);
  await spoil("padded", Buffer.concat([good, Buffer.alloc(100)]), /altered/);
  await spoil("nothing", Buffer.alloc(0), /size/);
  await spoil("other", Buffer.alloc(5000, 7), /no bundle/);
  const length = good.readUInt32BE(4);
  const header = JSON.parse(good.toString("utf8", 8, 8 + length)) as Record<string, unknown>;
  const forged = (change: object): Buffer => {
    const bytes = Buffer.from(JSON.stringify({ ...header, ...change }));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return Buffer.concat([good.subarray(0, 4), size, bytes, good.subarray(8 + length)]);
  };
  await spoil("for-another", forged({ to: "BF/GOV/ARCEP/SRV1" }), /is for BF\/GOV\/ARCEP\/SRV1/);
  await spoil("from-another", forged({ from: "BF/GOV/ARCEP/SRV1" }), /no such certificate/);
  await spoil("old", forged({ at: "2026-01-01T00:00:00.000Z" }), /too old/);
  await spoil("other-key", forged({ recipient: "0".repeat(64) }), /another certificate/);
  await spoil("redated", forged({ at: new Date(Date.parse(header.at as string) + 1000).toISOString() }), /altered/);
  await spoil("strange", forged({ arrived: ["../.."] }), /no bundle/);
  await spoil("own", readFileSync(file("back")), /is for BF\/CENTRE/);
  writeFileSync(file("huge"), good);
  truncateSync(file("huge"), 700 * 1024 * 1024);
  await refused("huge", /size/);
  assert.deepEqual(await states(p.gateway, "inbox"), before, "nothing of all that was taken in");
  assert.equal((await importBundle(p.gj, file("good"))).taken, 1, "the good one is");
});

test("a bundle for somebody unknown, or by a house that is no server, is not made", async () => {
  await assert.rejects(exportBundle(p.hj, "BF/GOV/NOBODY/SRV1", file("x")), { code: "exchange.bundle-refused" });
  await assert.rejects(exportBundle(p.hj, "bf-min-justice", file("x")), { code: "exchange.bundle-refused" });
  assert.throws(() => statSync(file("x")));
  assert.throws(() => statSync(file("x.partial")));
});
