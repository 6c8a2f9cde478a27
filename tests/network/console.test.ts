/** The network in the console, over the whole house: what a span takes down, without script, in both languages, with axe. */
import assert from "node:assert/strict";
import { brotliCompressSync } from "node:zlib";
import { after, before, describe, it } from "node:test";
import { axe, browserMissing, closeBrowser, overflow, picture, visit } from "../browser.ts";
import { officialAt } from "../journeys/desk-steps.ts";
import { liveHouse, type LiveHouse } from "../live-house.ts";

describe("the network in the console", { skip: browserMissing, timeout: 300_000 }, () => {
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

  it("shows the country, a city, a span and who falls, and the next kilometre, without script", async () => {
    const { page, context } = await visit({ origin: house.origin, js: false, cookies });
    await page.goto("/console");
    await page.click("nav >> text=Réseau");
    assert.match(await page.innerText("main"), /illustratif[\s\S]*513/u);
    await page.click("main nav >> text=Kaya");
    await page.click("main table a >> nth=0");
    const text = await page.innerText("main");
    assert.match(text, /Sites qui tombent \(\d+\)[\s\S]*Institutions \(\d+\)[\s\S]*Services en ligne \(\d+\)/u);
    await page.fill("[name=km]", "300");
    await page.click("main form button");
    assert.match(await page.innerText("main"), /Poser/u);
    await page.goto("/console/reseau/plan?km=40");
    assert.match(await page.innerText("main"), /km de fibre en/u);
    await page.goto("/console/reseau/liaisons/c1");
    await page.fill("[name=brin]", "1");
    await page.click("form:has([name=brin]) button");
    assert.match(await page.innerText("main"), /Vers Ouagadougou[\s\S]*port/u);
    // the map itself: a span drawn on it leads to its page
    await page.goto("/console/reseau");
    await page.goto((await page.getAttribute(".d-map a >> nth=0", "href")) as string);
    assert.match(await page.innerText("h1"), /–/u);
    await context.close();
  });

  it("orders a site: proposed, made a branch, reviewed by a second person, applied, taken back; a file with faults is named by line", async () => {
    const { page, context } = await visit({ origin: house.origin, js: false, cookies });
    await page.goto("/console/reseau/commander?q=mairie");
    await page.click("main table a >> nth=0");
    assert.match(await page.innerText("main"), /Chemin 1[\s\S]*Total/u);
    await picture(page, "network-proposal");
    await page.click("main form >> nth=1 >> button");
    assert.match(page.url(), /projets\/[0-9a-f-]{36}$/u);
    const address = page.url();
    assert.match(await page.innerText("main"), /brouillon[\s\S]*Soumettre à relecture[\s\S]*Déploiement par phases[\s\S]*Différence/u);
    const typed = await page.inputValue("[name=changes]");
    await page.click("summary:text-is('Corriger en texte')");
    await page.fill("[name=changes]", "pas du JSON");
    await page.click("main button:text-is('Enregistrer')");
    assert.match(await page.innerText("main"), /Une liste JSON de changements est attendue/u);
    await page.fill("[name=changes]", typed.replace("Baie 1", "Baie A"));
    await page.click("main button:text-is('Enregistrer')");
    assert.match(await page.innerText("main"), /Baie A/u);
    await page.click("text=Soumettre à relecture");
    assert.match(await page.innerText("main"), /à relire[\s\S]*une autre personne doit l’approuver/u);
    await context.close();
    const second = await officialAt(house, "alizeta.ouattara");
    await second.goto(address);
    for (const width of [1280, 360]) {
      await second.setViewportSize({ width, height: 900 });
      assert.deepEqual(await axe(second), []);
      assert.equal(await overflow(second), 0);
      await picture(second, `network-branch-${width}`);
    }
    await second.click("main button:text-is('Approuver')");
    await second.click("main button:text-is('Appliquer')");
    assert.match(await second.innerText("main"), /appliqué[\s\S]*Appliqué comme révision 2/u);
    await second.click("text=Préparer l’annulation");
    assert.match(await second.innerText("main"), /Annuler n° 1/u);
    await second.goto("/console/reseau/projets");
    assert.match(await second.innerText("main"), /2 projets/u);
    await second.goto("/console/reseau/fichiers");
    await second.setInputFiles("[name=file]", {
      name: "p.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("type,id,kind,name,lon,lat\nnode,x,site,X,40,12\n"),
    });
    await second.click("main button:text-is('Importer')");
    assert.match(await second.innerText("main"), /2\.lon[\s\S]*hors du pays/u);
    await second.context().close();
  });

  it("writes a branch by forms: an element added, another changed, one dropped; each fault stands at its box", async () => {
    const { page, context } = await visit({ origin: house.origin, js: false, cookies });
    await page.goto("/console/reseau/projets");
    await page.click("summary:text-is('Commencer un projet')");
    await page.fill("[name=title]", "Deuxième baie de Kaya");
    await page.click("main button:text-is('Commencer un projet')");
    assert.match(await page.innerText("main"), /ne change encore rien/u);
    const add = async (op: string, kind: string) => {
      await page.click("main >> text=Ajouter un changement");
      await page.check(`[name=op][value=${op}]`);
      await page.selectOption("[name=kind]", kind);
      await page.click("main button:text-is('Continuer')");
    };
    await add("add", "node");
    await page.fill("[name=element]", "essai-kaya");
    await page.fill("[name=f-name]", "Essai de Kaya");
    await page.selectOption("[name=f-kind]", "site");
    await page.fill("[name=f-lon]", "loin");
    await page.fill("[name=f-lat]", "13,1");
    await picture(page, "network-change-form");
    await page.click("main button:text-is('Mettre dans le projet')");
    assert.equal(await page.locator(".govuk-error-summary a[href='#f-lon']").count(), 1);
    assert.equal(await page.inputValue("[name=f-name]"), "Essai de Kaya");
    await page.fill("[name=f-lon]", "-1,08");
    await page.click("main button:text-is('Mettre dans le projet')");
    await add("add", "cable");
    for (const [name, value] of [["element", "essai-cable"], ["f-a", "hub-kaya"], ["f-b", "essai-kaya"], ["f-length", "3 200"], ["f-strands", "12"]]) await page.fill(`[name=${name}]`, value!); // prettier-ignore
    await page.click("main button:text-is('Mettre dans le projet')");
    await add("change", "node");
    await page.fill("[name=q]", "hub kaya");
    await page.click("main button:text-is('Chercher')");
    await page.click("main table a >> nth=0");
    await page.click("main button:text-is('Mettre dans le projet')");
    assert.match(await page.innerText("main"), /Rien n’a changé/u);
    await page.fill("[name=f-buildings]", "3");
    await page.click("main button:text-is('Mettre dans le projet')");
    assert.match(await page.innerText("#changements"), /3 changements[\s\S]*essai-kaya[\s\S]*essai-cable[\s\S]*hub-kaya/u);
    await page.click("#changements a >> nth=1");
    await page.fill("[name=f-length]", "3 400");
    await page.click("main button:text-is('Mettre dans le projet')");
    await page.click("#changements tr:nth-child(3) button");
    assert.match(await page.innerText("#changements"), /2 changements/u);
    assert.match(await page.innerText("main"), /length 3400[\s\S]*Soumettre|Soumettre[\s\S]*3400/u);
    const branch = page.url();
    await context.close();
    // who may read only sees no form; another official nothing at all
    const auditor = await officialAt(house, "boureima.sawadogo");
    assert.equal((await auditor.request.get(`${branch.replace(/#.*/u, "")}/changement`)).status(), 403);
    await auditor.context().close();
    const looker = await visit({ origin: house.origin, cookies, width: 360, dark: true });
    for (const at of [
      "",
      "?op=add&kind=cable",
      "?op=change&kind=cable",
      "?op=remove&kind=cable&element=c1",
      "?op=change&kind=cable&element=none",
      "?rang=2",
    ]) {
      await looker.page.goto(`${branch.replace(/#.*/u, "")}/changement${at}`);
      assert.deepEqual(await axe(looker.page), [], at);
      assert.equal(await overflow(looker.page), 0, at);
      await picture(looker.page, `network-change-360${at.replaceAll(/[^a-z0-9]+/g, "-")}`);
    }
    await looker.context.close();
  });

  it("draws the first map in at most 40 kB and one second", async () => {
    const header = Object.entries(cookies).map(([k, v]) => `${k}=${v}`).join("; "); // prettier-ignore
    const start = performance.now();
    const r = await house.world.fetch("/console/reseau", { headers: { cookie: header, accept: "text/html" } });
    const ms = performance.now() - start;
    const sent = brotliCompressSync(r.bytes).length;
    console.log(`  map page: ${r.bytes.length} B, ${sent} B compressed, ${Math.round(ms)} ms`);
    assert.equal(r.status, 200);
    assert.ok(ms < 1000 && sent < 40_000);
  });

  const pages = [
    "",
    "?ville=coeur",
    "/liaisons",
    "/liaisons/l-ouagadougou-fada-n-gourma",
    "/liaisons/c1?brin=2",
    "/liaisons/c1?brin=99",
    "/sites",
    "/sites/hub-kaya",
    "/plan?km=40",
  ];
  const newer = ["/rapport", "/doubles", "/capacite", "/projets", "/commander", "/couverture?km=20", "/adresses", "/fichiers"];
  // each page on a desk and on a telephone, in both languages, by day and by night, in turns
  for (const [width, dark, lang, turn] of [
    [1280, false, "fr", 0],
    [360, true, "en", 0],
    [360, false, "fr", 1],
    [1280, true, "en", 1],
  ] as const)
    // prettier-ignore
    it(`is clear to axe and never scrolls sideways: ${width} px, ${dark ? "dark" : "day"}, ${lang}`, async () => {
      const { page, context, strangers } = await visit({ origin: house.origin, width, dark, lang, cookies });
      for (const path of [...pages, ...newer].filter((_, i) => i % 2 === turn)) {
        await page.goto(`/console/reseau${path}`);
        assert.deepEqual(await axe(page), [], path);
        assert.equal(await overflow(page), 0, path);
        await picture(page, `network-${width}-${dark ? "dark" : "day"}-${lang}${path.replaceAll(/[^a-z0-9]+/g, "-")}`);
      }
      assert.deepEqual(strangers, []);
      await context.close();
    });
});
