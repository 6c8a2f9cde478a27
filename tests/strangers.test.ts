/** Every contract and page meets a stranger, and an official with no rights of another institution. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { pathNames, refusal, type Caller, type Who } from "#kernel";
import { world } from "#kernel/testing";
import { apps, modules } from "../apps/server/house.ts";

const nobody = "n".repeat(43);
const w = await world({
  modules,
  apps,
  startModules: false,
  guard: { identify: async (_ctx, session) => (session === nobody ? powerless : { kind: "stranger" }) },
});
after(() => w.close());
const powerless: Caller = { ...w.clerk("nowhere", []), level: "low" };

const concrete = (path: string) => pathNames(path).reduce((p, name) => p.replace(`{${name}}`, "x1"), path);
const open = (who: Who) => refusal(who, { kind: "stranger" }) === undefined;
const contracts = w.kernel.modules.flatMap((m) => m.handlers.map((h) => h.contract)).filter((c) => c.who.kind !== "internal");

for (const c of contracts.filter((one) => !open(one.who))) {
  test(`${c.id} refuses a stranger before reading the body, and an official without the right`, async () => {
    const init = c.method === "GET" ? {} : { method: c.method, headers: { "content-type": "application/json" }, body: "{not json" };
    const stranger = await w.fetch(concrete(c.path), init);
    assert.equal(stranger.status, 401, stranger.text);
    assert.match(stranger.text, /kernel\.sign-in-first/);
    if (refusal(c.who, powerless)) {
      const headers = { ...("headers" in init ? init.headers : {}), authorization: `Bearer ${nobody}` };
      const official = await w.fetch(concrete(c.path), { ...init, headers });
      assert.equal(official.status, 403, official.text);
    }
  });
}

test("internal contracts are on no street", async () => {
  for (const c of w.kernel.modules.flatMap((m) => m.handlers.map((h) => h.contract)).filter((one) => one.who.kind === "internal")) {
    const answer = await w.fetch(concrete(c.path), { method: c.method });
    assert.ok([404, 405].includes(answer.status), `${c.id} answered ${answer.status}`);
  }
});

for (const app of apps) {
  for (const page of app.pages.filter((one) => !open(one.who))) {
    test(`${page.id} sends a stranger to sign in`, async () => {
      const answer = await w.fetch(concrete(page.path), { headers: { accept: "text/html" } });
      assert.equal(answer.status, 303, `${answer.status} ${answer.text.slice(0, 200)}`);
    });
  }
  for (const action of app.actions) {
    test(`${action.id} refuses a stranger, and anybody without the form's token`, async () => {
      const form = {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
        body: "_csrf=x&_key=0123456789abcdef",
      };
      const answer = await w.fetch(concrete(action.path), form);
      assert.equal(answer.status, open(action.who) ? 403 : 401);
    });
  }
}

test("a forged session is a stranger's", async () => {
  for (const cookie of ["toguna=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "toguna=' or 1=1", `toguna=${"x".repeat(5000)}`]) {
    const c = contracts.find((one) => one.method === "GET" && !open(one.who));
    assert.ok(c);
    assert.equal((await w.fetch(concrete(c.path), { headers: { cookie } })).status, 401);
  }
});

test("path tricks reach nothing", async () => {
  for (const path of [
    "/api/../etc/passwd",
    "/api/%2e%2e/%2e%2e/etc/passwd",
    "/assets/..%2f..%2fpackage.json",
    "/assets/%2e%2e/package.json",
    "//evil.example/",
    "/api/services/cases/%00",
  ]) {
    const answer = await w.fetch(path);
    assert.ok(answer.status >= 400 && answer.status < 500, `${path} answered ${answer.status}`);
  }
});
