/** The network put in service, its operations and their undoing in the console, without script, in both languages, with axe. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { axe, browserMissing, closeBrowser, overflow, picture, visit } from "../browser.ts";
import { officialAt } from "../journeys/desk-steps.ts";
import { liveHouse, type LiveHouse } from "../live-house.ts";

describe("the network in service, in the console", { skip: browserMissing, timeout: 200_000 }, () => {
  let house: LiveHouse;
  let cookies: Record<string, string>;
  before(async () => {
    house = await liveHouse();
    const page = await officialAt(house, "rodrigue.zerbo", { js: false });
    cookies = Object.fromEntries((await page.context().cookies()).map((c) => [c.name, c.value]));
    await page.context().close();
  });
  after(async () => {
    await closeBrowser();
    await house.close();
  });

  it("is put in service; every site gets its operation, said to be simulated; one is read and taken back", async () => {
    const { page, context } = await visit({ origin: house.origin, js: false, cookies });
    await page.goto("/console/reseau/service");
    assert.match(await page.innerText("main"), /n’est pas en service/u);
    await page.click("main form button");
    assert.match(await page.innerText("main"), /simulés/u);
    for (let i = 0; i < 300; i++) {
      await page.goto("/console/reseau/operations?etat=COMPLETED");
      if (/simulé/u.test(await page.innerText("main"))) break;
      await new Promise((r) => setTimeout(r, 300));
    }
    await page.click("main table a >> nth=0");
    const text = await page.innerText("main");
    assert.match(text, /vérifiée[\s\S]*Ce qui change sur le site[\s\S]*Routage[\s\S]*Journal[\s\S]*Adresses/u);
    await page.click("text=Annuler ce changement");
    assert.match(await page.innerText("main"), /retour en arrière/u);
    const address = page.url();
    await context.close();
    for (const lang of ["fr", "en"])
      for (const to of ["/console/reseau/service", "/console/reseau/operations", new URL(address).pathname])
        for (const [width, dark] of lang === "fr" ? ([[1280, false], [360, true]] as const) : ([[360, false]] as const)) {
          const v = await visit({ origin: house.origin, js: true, cookies, width, dark });
          await v.page.goto(`${to}?lang=${lang}`);
          assert.deepEqual(await axe(v.page), [], `${to} ${lang} ${width}`);
          assert.equal(await overflow(v.page), 0, `${to} ${lang} ${width}`);
          if (lang === "fr") await picture(v.page, `network-${to.split("/")[3]}${to.split("/")[4] ? "-one" : ""}-${width}`);
          await v.context.close();
        } // prettier-ignore
  });

  it("somebody without the right sees no button, and the action is refused him", async () => {
    const page = await officialAt(house, "clementine.thiombiano", { js: false });
    await page.goto("/console/reseau/service");
    assert.doesNotMatch(await page.innerText("main"), /Renouveler les clés/u);
    await page.context().close();
  });
});
