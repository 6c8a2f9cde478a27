import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as api from "../api.ts";
import { counterAgent, identityWorld, problemOf } from "../fixtures.ts";
import { browserAt, freePort } from "./test-browser.ts";

const port = await freePort();
const w = await identityWorld({ port });
await w.http.listen({ port, host: "localhost" });
after(() => w.close());
const origin = `http://localhost:${port}`;
const browser = browserAt(origin);
const callback = "http://127.0.0.1:7777/cb";
const manager = counterAgent(w, "00000000-0000-7000-8000-0000000000aa", "bf-cnss");
const words = { fr: "Caisse", en: "Fund" };
const register = (more: object = {}) =>
  w.call(
    api.registerClient,
    {
      name: words,
      purpose: words,
      redirectUris: [callback],
      scopes: ["openid", "profile"],
      level: "substantial",
      confidential: true,
      ...more,
    },
    { as: manager },
  );

test("an application is its institution's: registered with care, listed to its own, retired for good", async () => {
  const made = await register();
  const bad = async (more: object) => (await problemOf(register(more))).code;
  assert.equal(await bad({ redirectUris: ["http://a.example/cb"] }), "identity.client-invalid");
  assert.equal(await bad({ redirectUris: ["https://a.example/cb", "https://b.example/cb"] }), "identity.client-invalid");
  assert.equal(await bad({ scopes: ["profile"] }), "identity.client-invalid");
  assert.equal(await bad({ level: "low" }), "identity.client-invalid");
  const other = counterAgent(w, "00000000-0000-7000-8000-0000000000ab", "bf-dgi");
  assert.deepEqual((await w.call(api.listClients, {}, { as: other })).clients, []);
  assert.equal((await problemOf(w.call(api.retireClient, { client: made.client }, { as: other }))).code, "identity.client-unknown");
  const mine = await w.call(api.listClients, {}, { as: manager });
  assert.ok(mine.clients.length === 1 && !JSON.stringify(mine).includes(made.secret as string));
  await w.call(api.retireClient, { client: made.client }, { as: manager });
  const gone = `/oidc/auth?client_id=${made.client}&redirect_uri=${encodeURIComponent(callback)}&response_type=code&scope=openid&code_challenge=${"x".repeat(43)}&code_challenge_method=S256`;
  assert.equal((await browser().visit(gone)).status, 400);
});

test("keys rotate: new signatures by the new key, old ones still verifiable for a week, then gone", async () => {
  const kids = async () => ((await (await fetch(`${origin}/oidc/jwks`)).json()) as { keys: { kid: string }[] }).keys.map((k) => k.kid);
  const [first] = await kids();
  const { rows } = await w.owner("select created_at from identity.oidc_key");
  w.clock.set(new Date((rows[0].created_at as Date).getTime() + 90 * 86_400_000));
  await w.sweep("identity.rotate-keys");
  const both = await kids();
  assert.equal(both.length, 2);
  assert.notEqual(both[0], first);
  w.clock.advance(7 * 86_400 + 1);
  await w.sweep("identity.rotate-keys");
  assert.ok(!(await kids()).includes(first as string));
});
