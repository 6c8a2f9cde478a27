/** A device nobody put an agent on: registered in the console without script, approved, read, compared, taken into the inventory; with axe. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as network from "#network/api";
import { equipmentLab, equipmentLabLacks, type EquipmentLab } from "#network/conformance";
import { again, axe, browserMissing, closeBrowser, overflow, picture, visit } from "../browser.ts";
import { until } from "../client.ts";
import { officialAt } from "../journeys/desk-steps.ts";
import { liveHouse, type LiveHouse } from "../live-house.ts";

const lacks = equipmentLabLacks();
const skip = browserMissing || (lacks && !process.env.CI ? `equipment in the console: ${lacks}` : false);
const here = "/console/reseau/equipements";

describe("equipment without an agent, in the console", { skip, timeout: 200_000 }, () => {
  let house: LiveHouse;
  let lab: EquipmentLab;
  let cookies: Record<string, string>;
  before(async () => {
    [house, lab] = await Promise.all([liveHouse(), equipmentLab("c", 250 + (process.pid % 5))]);
    const as = house.world.clerk("bf-anptic", ["network.read-plant", "network.edit-plant"]);
    const { nodes } = await house.world.call(network.listNodes, { limit: 1 }, { as });
    const place = nodes[0]!.id;
    const text = [
      "type,id,node,name,device,capacity,serial,prefix,role",
      `device,lab-a,${place},sw-a,,,ANCIEN-1,,`,
      "port,lab-a:ge0,,ge0,lab-a,1000,,,",
      "port,lab-a:ge5,,ge5,lab-a,1000,,,",
      `prefix,lab,,,,,,${lab.address.replace(/2$/, "0")}/30,other`,
    ].join("\n");
    await house.world.call(network.importPlant, { format: "csv", text, mode: "merge" }, { as });
    const page = await officialAt(house, "rodrigue.zerbo", { js: false });
    cookies = Object.fromEntries((await page.context().cookies()).map((c) => [c.name, c.value]));
    await page.context().close();
  });
  after(async () => {
    await closeBrowser();
    lab?.close();
    await house?.close();
  });

  const looks = async (to: string, name: string) => {
    const views = [{ lang: "fr", width: 1280, dark: false }, { lang: "en", width: 360, dark: true }] as const; // prettier-ignore
    for (const look of views) {
      const v = await visit({ origin: house.origin, js: true, cookies, ...look });
      await v.page.goto(`${to}${to.includes("?") ? "&" : "?"}lang=${look.lang}`);
      assert.deepEqual(await axe(v.page), [], `${to} ${look.lang} ${look.width}`);
      assert.equal(await overflow(v.page), 0, `${to} ${look.lang} ${look.width}`);
      await picture(v.page, `equipment-${name}-${look.width}`);
      await v.context.close();
    }
  };

  it("from nothing to a branch: register, compare the identity, read, see what differs, take it over", async () => {
    const { page, context } = await visit({ origin: house.origin, js: false, cookies });
    await page.goto(here);
    assert.match(await page.innerText("main"), /Aucun équipement inscrit/u);
    await page.click("text=Inscrire un équipement");
    const { secrets, address } = lab;
    assert.equal(secrets.v3.kind, "snmp-v3");
    const fill = async (values: Record<string, string>) => {
      for (const [name, value] of Object.entries(values)) await page.fill(`[name=${name}]`, value);
    };
    const keys = secrets.v3 as Extract<typeof secrets.v3, { kind: "snmp-v3" }>;
    await fill({
      nom: "Commutateur du labo",
      adresse: "127.0.0.1",
      appareil: "lab-a",
      utilisateur: keys.user,
      cle1: keys.authenticationKey,
      cle2: keys.privacyKey,
    });
    await page.click("text=Inscrire et lire");
    assert.match(await page.innerText("main"), /jamais appelée/u);
    assert.equal(await page.inputValue("[name=nom]"), "Commutateur du labo", "what was typed is kept");
    assert.equal(await page.inputValue("[name=cle1]"), "", "a secret is not");
    await fill({ adresse: address, cle1: keys.authenticationKey, cle2: keys.privacyKey });
    await page.click("text=Inscrire et lire");
    const shows = (what: string, words: RegExp) =>
      until(what, async () => (await again(page), page.innerText("main")), (text) => words.test(text)); // prettier-ignore
    assert.match(await shows("the engine is met", /Identité montrée/u), /à approuver[\s\S]*personne ne l’a encore approuvée/u);
    await looks(new URL(page.url()).pathname, "met");
    await page.click("text=Approuver cette identité");
    const text = await shows("the first reading", /LAB-4711[\s\S]*sw-b\.example/u);
    assert.match(text, /Numéro de série LAB-4711\s; l’inventaire dit ANCIEN-1/u);
    assert.match(text, /ge5 de l’inventaire n’existe pas/u);
    assert.match(text, /−5,2\sdBm|-5,2\sdBm/u);
    assert.ok(!text.includes(keys.authenticationKey));
    await looks(new URL(page.url()).pathname, "one");
    await page.check("[name=ecart] >> nth=0");
    await page.click("main button:has-text('Reprendre dans l’inventaire')");
    assert.match(page.url(), /\/console\/reseau\/projets\//u);
    assert.match(await page.innerText("main"), /LAB-4711/u);
    await page.goto(here);
    assert.match(await page.innerText("main"), /Commutateur du labo[\s\S]*grave/u);
    await page.click("summary:has-text('Chercher dans un préfixe')");
    await page.fill("[name=prefixe]", `${address.replace(/2$/, "0")}/30`);
    await page.click("text=Lancer la recherche");
    await shows("the sweep ends", /terminée[\s\S]*SSH-2\.0/u);
    await looks(here, "list");
    await looks(`${here}/inscrire?protocole=cli`, "register");
    await context.close();
  });

  it("somebody without the right sees no button and no credentials form", async () => {
    const page = await officialAt(house, "clementine.thiombiano", { js: false });
    await page.goto(here);
    assert.doesNotMatch(await page.innerText("main"), /Inscrire un équipement/u);
    await page.goto(`${here}/inscrire`);
    assert.doesNotMatch(await page.innerText("body"), /Mot de passe d’authentification/u);
    await page.context().close();
  });
});
