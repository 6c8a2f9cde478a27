/** The exchange in the console, over the whole house: published, approved, asked, seen, proved; without script, in both languages, with axe. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { again, axe, browserMissing, closeBrowser, overflow, picture, visit } from "../browser.ts";
import { until } from "../client.ts";
import { officialAt } from "../journeys/desk-steps.ts";
import { fingerprintOf, instance } from "./two-instances.ts";
import { liveHouse, type LiveHouse } from "../live-house.ts";
import { openExchangePort } from "../../apps/server/exchange-port.ts";

const root = "/console/echanges";

describe("the exchange in the console", { skip: browserMissing, timeout: 420_000 }, () => {
  let house: LiveHouse;
  let port: { url: string; stop(): Promise<void> };
  const cookies = new Map<string, Record<string, string>>();
  const at = async (login: string): Promise<Page> => {
    const known = cookies.get(login);
    if (known) return (await visit({ origin: house.origin, js: false, cookies: known })).page;
    const page = await officialAt(house, login, { js: false });
    cookies.set(login, Object.fromEntries((await page.context().cookies()).map((c) => [c.name, c.value])));
    return page;
  };
  const text = (page: Page) => page.innerText("main");
  before(async () => {
    house = await liveHouse();
    port = (await openExchangePort(house.world.kernel, 0))!;
  });
  after(async () => {
    await closeBrowser();
    await port.stop();
    await house.close();
  });

  it("publishes a service from its description, by two people, and gives access to it, without script", async () => {
    const description = `${house.sandbox.url}/descriptions/bf-oni/card-requests.json`;
    const manager = await at("aissata.barry");
    await manager.goto(`${root}/publier`);
    await manager.fill("[name=code]", "card-requests");
    await manager.fill("[name='title.fr']", "Suivi des demandes de carte");
    await manager.click("main form:has([name=code]) button");
    assert.match(await text(manager), /Donnez une adresse, un document ou des points d’accès/u);
    await manager.fill("[name=openapiUrl]", description);
    await manager.click("main form:has([name=code]) button");
    await until(
      "the description is read",
      async () => {
        await again(manager);
        return text(manager);
      },
      (words) => /GET \/\*/u.test(words),
    );
    assert.match(await text(manager), /une autre personne décide/u);
    const proposal = new URL(manager.url()).pathname;

    const operator = await at("rodrigue.zerbo");
    await operator.goto(`${root}/propositions`);
    await operator.click("main >> text=Suivi des demandes de carte");
    assert.equal(new URL(operator.url()).pathname, proposal);
    await operator.click("main button:text('Refuser')");
    assert.match(await text(operator), /Un refus dit pourquoi/u);
    await operator.click("main button:text('Approuver')");
    assert.match(await text(operator), /approuvée/u);

    const id = "BF/GOV/ONI/IDENTITE/card-requests";
    await manager.goto(`${root}/service?id=${encodeURIComponent(id)}`);
    assert.match(await text(manager), /inscrit par l’institution/u);
    await manager.click("main >> text=Donner un accès");
    await manager.click("main form:has([name=subject]) button");
    assert.ok((await manager.locator(".govuk-error-summary li").count()) >= 3);
    await manager.fill("[name=subject]", "BF/GOV/PASSEPORTS/PASSEPORTS");
    await manager.check("[name=purposes][value=passport]");
    await manager.check("[name=fields][value='/rows/*/state']");
    await manager.fill("[name='basis.fr']", "Convention ONI – Police nationale n° 4");
    await manager.fill("[name=path]", "**");
    await manager.click("main form:has([name=subject]) button");
    const grant = new URL(manager.url()).pathname;

    const colleague = await at("mahamadi.ouattara");
    await colleague.goto(grant);
    await colleague.click("main button:text('Approuver')");
    assert.match(await text(colleague), /approuvée/u);

    const answer = await fetch(`${port.url}/r1/${id}?number=D-2026-000187`, {
      headers: { "X-Road-Client": "BF/GOV/PASSEPORTS/PASSEPORTS", "Exchange-Purpose": "passport" },
    });
    assert.deepEqual([answer.status, await answer.json()], [200, { rows: [{ state: "en production" }] }]);
    const refused = await fetch(`${port.url}/r1/${id}?number=1`, {
      headers: { "X-Road-Client": "BF/GOV/SONABEL/ABONNES", "Exchange-Purpose": "passport" },
    });
    assert.equal(refused.headers.get("x-road-error"), "server.serverproxy.access_denied");
  });

  it("shows what passed, why something failed and who can act, and hands over the proof", async () => {
    const operator = await at("rodrigue.zerbo");
    await operator.goto(`${root}/trafic`);
    assert.match(await text(operator), /Aucun accord ne couvre cette demande[\s\S]*l’institution qui demande/u);
    const manager = await at("aissata.barry");
    await manager.goto(`${root}/journal?issue=answered`);
    await manager.click("main table a.t-mono >> nth=0");
    assert.match(await text(manager), /Télécharger la preuve/u);
    const href = (await manager.getAttribute("main a.t-button", "href"))!;
    const zip = await manager.request.get(href);
    assert.equal(zip.status(), 200);
    assert.equal((await zip.body()).subarray(0, 2).toString("latin1"), "PK");
    // another institution's official finds neither
    const auditor = await at("boureima.sawadogo");
    const r = await auditor.request.get(`${root}/trafic`);
    assert.equal(r.status(), 403);
  });

  it("names the cause of what fails, looks into it at once, and hands over the year as paper and file", async () => {
    const manager = await at("aissata.barry");
    await manager.goto(`${root}/diagnostics`);
    assert.match(await text(manager), /Aucun accord ne couvre cette demande[\s\S]*l’institution qui demande/u);
    await manager.click("main table form button >> nth=0");
    const ended = await until(
      "the diagnosis",
      async () => {
        await again(manager);
        return text(manager);
      },
      (words) => !/en cours/u.test(words),
    );
    assert.match(ended, /Nom \(DNS\)\s+bon/u);
    assert.match(ended, /Chaque étape examinée est bonne/u);
    const found = new URL(manager.url()).pathname;
    const sonabel = await at("boureima.sawadogo");
    assert.equal((await sonabel.request.get(found)).status(), 403);

    await manager.goto(`${root}/bilan`);
    assert.match(await text(manager), /Questions reçues\s+2\s/u);
    const csv = await manager.request.get((await manager.getAttribute("main a.t-button", "href"))!);
    assert.match(csv.headers()["content-type"]!, /text\/csv/);
    assert.match(await csv.text(), /répondu,BF\/GOV\/ONI\/IDENTITE\/card-requests,[^\n]*,bf-/u);
    const pressed = manager.waitForEvent("download");
    await manager.click("main button:text('PDF')");
    const pdf = readFileSync(await (await pressed).path());
    assert.equal(pdf.subarray(0, 5).toString("latin1"), "%PDF-");
    // another's year is for who follows all traffic
    assert.equal((await manager.request.get(`${root}/bilan?institution=bf-anptic`)).status(), 403);
    const operator = await at("rodrigue.zerbo");
    await operator.goto(`${root}/bilan?institution=bf-oni`);
    assert.match(await text(operator), /Tout le pays/u);
  });

  it("sets how long a class of data passes without the centre, and the class of a service", async () => {
    const operator = await at("rodrigue.zerbo");
    await operator.goto(`${root}/classes`);
    await operator.fill("[name=dataClass]", "Santé !");
    await operator.fill("[name=days]", "2");
    await operator.click("main form:has([name=days]) button");
    assert.match(await text(operator), /Ce n’est pas fait[\s\S]*Lettres minuscules/iu);
    await operator.fill("[name=dataClass]", "sante");
    await operator.fill("[name=days]", "");
    await operator.click("main form:has([name=days]) button");
    assert.match(await text(operator), /Ce n’est pas fait/iu, "nothing typed is not 0 days");
    await operator.fill("[name=days]", "2");
    await operator.click("main form:has([name=days]) button");
    assert.match(await text(operator), /sante\s+2 jours\s+aucun/u);
    await operator.goto(`${root}/service?id=${encodeURIComponent("BF/GOV/ONI/IDENTITE/card-requests")}`);
    await operator.click("main summary:text('Changer la classe')");
    await operator.selectOption("[name=dataClass]", "sante");
    await operator.click("main form:has([name=dataClass]) button");
    assert.match(await text(operator), /sante\s+Sans nouvelles du centre : 2 jours/u);
    const manager = await at("aissata.barry");
    await manager.goto(`${root}/classes`);
    assert.equal(await manager.locator("main [name=days]").count(), 0);
  });

  it("federates with another country: a file by one person, its fingerprint by telephone to another, without script", async () => {
    const other = await instance("tg", "tg-atd", new Date());
    try {
      const file = { name: "TG.anchor.json", mimeType: "application/json", buffer: Buffer.from(await other.file()) };
      const heard = await fingerprintOf(other);
      const one = await at("rodrigue.zerbo");
      await one.goto(`${root}/federation`);
      await one.click("form[action$='/ancre'] button");
      await until(
        "our anchor",
        async () => {
          await again(one);
          return text(one);
        },
        (words) => /Valable jusqu’au/u.test(words),
      );
      await one.setInputFiles("[name=file]", { ...file, buffer: Buffer.from("{}") });
      await one.click("form:has([name=file]) button");
      assert.match(await text(one), /pas une ancre de configuration lisible/u);
      await one.setInputFiles("[name=file]", file);
      await one.click("form:has([name=file]) button");
      assert.match(await text(one), /Togo[\s\S]*à approuver[\s\S]*Vous l’avez proposée/u);
      const two = await at("alizeta.ouattara");
      await two.goto(`${root}/federation`);
      assert.ok(!(await text(two)).includes(heard), "who decides is not shown what to type");
      await two.fill("[name=fingerprint]", "0000-0000-0000-0000-0000-0000-0000-0000");
      await two.click("form:has([name=fingerprint]) button");
      assert.match(await text(two), /n’est pas celle de cette ancre/u);
      await two.fill("[name=fingerprint]", heard);
      await two.click("form:has([name=fingerprint]) button");
      assert.match(await text(two), /en service/u);
      await two.click("text=Ce qui est ouvert, dans les deux sens");
      await two.fill("input.govuk-input[name=what]", "BF/GOV/NOBODY/X");
      await two.click("form:has(input.govuk-input[name=what]) button");
      assert.match(await text(two), /Seuls un sous-système, ou un service/u);
      await two.fill("input.govuk-input[name=what]", "BF/GOV/ONI/IDENTITE/persons");
      await two.click("form:has(input.govuk-input[name=what]) button");
      assert.match(await text(two), /BF\/GOV\/ONI\/IDENTITE\/persons[\s\S]*Fermer/u);
      await one.goto(`${root}/federation`);
      await one.click("summary:has-text('Suspendre')");
      await one.fill("input[id^=suspension-]", "Convention à revoir");
      await one.click("form[action$='/suspension'] button");
      assert.match(await text(one), /suspendue[\s\S]*Convention à revoir/u);
    } finally {
      await other.close();
    }
  });

  // a few rows of each list: axe takes as long as there are rows
  const pages = [
    "?q=identite",
    "?q=zzzzz",
    "/membres?q=impots",
    `/service?id=${encodeURIComponent("BF/GOV/ONI/IDENTITE/card-requests")}`,
    "/droits?q=passeport",
    "/propositions",
    "/publier",
    `/accorder?service=${encodeURIComponent("BF/GOV/ONI/IDENTITE/card-requests")}`,
    "/trafic",
    "/passerelles",
    "/journal",
    "/diagnostics?qui=tous",
    "/bilan?institution=bf-oni",
    "/classes",
    "/federation",
  ];
  // each page on a desk and on a telephone, in both languages, by day and by night, in turns
  for (const [width, dark, lang, turn] of [
    [1280, false, "fr", 0],
    [360, true, "fr", 1],
    [360, false, "en", 0],
    [1280, true, "en", 1],
  ] as const)
    it(`is readable by everybody: ${width} px, ${dark ? "dark" : "light"}, ${lang}`, async () => {
      for (const path of pages.filter((_, i) => i % 2 === turn)) {
        const mine = /publier|accorder|service/.test(path);
        const login = mine ? "aissata.barry" : "rodrigue.zerbo";
        const { page, context } = await visit({ origin: house.origin, width, dark, lang, cookies: cookies.get(login)! });
        await page.goto(`${root}${path}`);
        assert.deepEqual(await axe(page), [], path);
        assert.equal(await overflow(page), 0, `${path} is wider than ${width} px`);
        await picture(page, `exchange${path.replace(/[^a-z]/g, "-")}-${width}-${dark ? "dark" : "light"}-${lang}`);
        await context.close();
      }
    });
});
