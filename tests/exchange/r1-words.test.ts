/** How the r1 surface names errors by switch, and where a client may insist on a server. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bookOf } from "#exchange";
import { asks, echo, type House, house, persons } from "./port.ts";

let h: House;
before(async () => {
  h = await house({ TOGUNA_EXCHANGE_ERRORS: "legacy, precise" });
});
after(() => h.close());
const errorOf = async (target: string, headers: Record<string, string> = asks, method = "GET") => {
  const r = await h.call(target, { headers, method });
  const { type } = JSON.parse(r.text) as { type: string };
  assert.equal(r.head["x-road-error"], type);
  return `${r.status} ${type}`;
};

test("names of X-Road before 7.8, statuses that say what happened", async () => {
  assert.equal(await errorOf(`${persons}?nip=1`, asks, "POST"), "403 Server.ServerProxy.AccessDenied");
  assert.equal(await errorOf("/r1/BF/GOV/ONI/IDENTITE/nothing"), "404 Server.ClientProxy.UnknownService");
  assert.equal(await errorOf(`${persons}?nip=1`, {}), "400 Client.ClientProxy.InvalidClientIdentifier");
  assert.equal(await errorOf(`${persons}?nip=1`, { ...asks, Origin: "https://x" }), "401 Server.ClientProxy.SslAuthenticationFailed");
  h.behave((_, res) => res.destroy());
  assert.equal(await errorOf(`${echo}/items/1`), "502 Server.ServerProxy.IOError");
  const xml = await h.call(`${persons}?nip=1`, { headers: { Accept: "text/xml" } });
  assert.match(xml.text, /<type>Client\.ClientProxy\.InvalidClientIdentifier<\/type>/);
  assert.match(await h.raw("NONSENSE\r\n\r\n"), /X-Road-Error: Client\.ClientProxy\.BadRequest\r\n/);
});

test("a server is insisted on: none of ours alone, nobody's other", async () => {
  assert.equal(bookOf(h.world.kernel.host)?.self, undefined, "a house without gateways is no server of the directory");
  for (const server of ["BF/GOV/ONI/SRV1", "BF/CENTRE", "x", ""])
    assert.match(
      await errorOf(`${echo}/items/1`, { ...asks, "X-Road-Security-Server": server }),
      /ClientProxy\.(InvalidSecurityServer|BadRequest)$/,
    );
});

test("a thousand calls at once: every one answered", async () => {
  await h.world.owner("update exchange.service set timeout_seconds = 60 where code = 'echo'");
  h.behave((_, res) => void res.end("ok"));
  const all = await Promise.all(Array.from({ length: 1000 }, () => h.call(`${echo}/items/1`)));
  assert.deepEqual(new Set(all.map((r) => `${r.status} ${r.text}`)), new Set(["200 ok"]));
  const { rows } = await h.world.owner("select count(*)::int as n from exchange.outcome where outcome = 'answered'");
  assert.equal((rows[0] as { n: number }).n, 2000);
});
