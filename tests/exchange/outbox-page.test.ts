/** The console's page of waiting messages, over the whole house: a gateway that cannot be reached, without script, with axe. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import { keepUp } from "#exchange";
import { openExchangePort, type ExchangePort } from "../../apps/server/exchange-port.ts";
import { axe, browserMissing, closeBrowser, overflow, picture, visit } from "../browser.ts";
import { officialAt } from "../journeys/desk-steps.ts";
import { liveHouse, type LiveHouse } from "../live-house.ts";

const own = "BF/GOV/ONI/IDENTITE";
const arcep = "BF/GOV/ARCEP/NUMEROS/sim-changes";

describe("waiting messages in the console", { skip: browserMissing, timeout: 180_000 }, () => {
  let house: LiveHouse;
  let door: ExchangePort;
  let cookies: Record<string, string>;
  const send = (id: string, priority = "normal"): Promise<number> =>
    new Promise((done, fail) => {
      const headers = {
        "X-Road-Client": own,
        "X-Road-Id": id,
        "Exchange-Purpose": "sim-registration",
        "Exchange-Priority": priority,
        Prefer: "respond-async",
      };
      const req = request(`${door.url}/r1/${arcep}?number=70000000`, { headers, agent: false });
      req.once("error", fail);
      req.once("response", (res) => {
        res.resume();
        res.once("end", () => done(res.statusCode!));
      });
      req.end();
    });
  before(async () => {
    house = await liveHouse();
    const { owner, kernel } = house.world;
    // a gateway that answers nothing: nobody listens where it is said to be
    await owner(
      "insert into exchange.server (id, institution, address, centre, since) values ('BF/GOV/ARCEP/SRV1', 'bf-arcep', '127.0.0.1:1', false, now())",
    );
    await owner("insert into exchange.server_member (server, institution) values ('BF/GOV/ARCEP/SRV1', 'bf-arcep')");
    await keepUp(kernel.jobContext("exchange.test"));
    door = (await openExchangePort(kernel, 0))!;
    for (const [id, priority] of [
      ["ONI-2026-0001", "normal"],
      ["ONI-2026-0002", "urgent"],
      ["ONI-2026-0003", "bulk"],
    ] as const)
      assert.equal(await send(id, priority), 202);
    await owner(
      `insert into exchange.outbox (exchange, client, institution, message_id, sameness, digest, service, provider, reading, order_key, priority, at, deadline, state, sent_at, ended_at, why)
      select gen_random_uuid(), client, institution, 'ONI-2026-' || n, sameness, digest, service, provider, reading, order_key, 1, at - interval '3 hours', deadline, state, at - interval '2 hours', at - interval '1 hour', why
      from exchange.outbox, (values ('0990', 'unknown', 'server.serverproxy.io_error'), ('0991', 'expired', 'server.clientproxy.message_expired'), ('0992', 'answered', null)) as v(n, state, why)
      where message_id = 'ONI-2026-0001'`
        .replace("deadline, state, at -", "deadline, v.state, at -")
        .replace("'1 hour', why", "'1 hour', v.why"),
    );
    const page = await officialAt(house, "aissata.barry", { js: false });
    cookies = Object.fromEntries((await page.context().cookies()).map((c) => [c.name, c.value]));
    await page.context().close();
  });
  after(async () => {
    await closeBrowser();
    await door.stop();
    await house.close();
  });

  it("says what waits and why, and withdraws what has not left, without script", async () => {
    for (let i = 0; i < 60; i++) {
      if ((await house.world.owner("select 1 from exchange.way where next_try is not null")).rowCount) break;
      await new Promise((done) => setTimeout(done, 250));
    }
    const { page, context } = await visit({ origin: house.origin, js: false, cookies });
    await page.goto("/console/echanges");
    await page.click("main nav >> text=En attente");
    const text = await page.innerText("main");
    assert.match(text, /ARCEP|communications électroniques/iu);
    assert.match(text, /BF\/GOV\/ARCEP\/SRV1[\s\S]*3[\s\S]*La liaison est coupée/u);
    assert.match(text, /Issue inconnue/u);
    await page.click("summary:has-text('ONI-2026-0003')");
    await page.click("details[open] button");
    assert.match(await page.innerText("tr:has-text('ONI-2026-0003')"), /retiré/u);
    await page.selectOption("[name=etat]", "expired");
    await page.click("main form[role=search] button");
    assert.match(await page.innerText("main"), /ONI-2026-0991[\s\S]*délai dépassé/u);
    await context.close();
  });

  for (const [width, dark, lang] of [
    [1280, false, "fr"],
    [360, true, "en"],
    [360, false, "fr"],
    [1280, true, "en"],
  ] as const)
    it(`is clear to axe and never scrolls sideways: ${width} px, ${dark ? "dark" : "day"}, ${lang}`, async () => {
      const { page, context, strangers } = await visit({ origin: house.origin, width, dark, lang, cookies });
      for (const query of ["", "?etat=cancelled", "?etat=refused"]) {
        await page.goto(`/console/echanges/attente${query}`);
        assert.deepEqual(await axe(page), [], query);
        assert.equal(await overflow(page), 0, query);
        await picture(page, `outbox-${width}-${dark ? "dark" : "day"}-${lang}${query.replaceAll(/[^a-z]+/g, "-")}`);
      }
      assert.deepEqual(strangers, []);
      await context.close();
    });
});
