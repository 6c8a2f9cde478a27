/** J1 to J3 seen from the desk: in real Chromium, by keyboard alone, and once more with JavaScript off. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { again, axe, browserMissing, closeBrowser, overflow } from "../browser.ts";
import { until, type Client } from "../client.ts";
import { liveHouse, type LiveHouse } from "../live-house.ts";
import { people } from "../people.ts";
import { citizen, readCase, readyCase, submit } from "./api.ts";
import { answers, officialAt, paidCase, pay, press, procedure } from "./desk-steps.ts";

const cast = people("bf");
const person = (id: string) => cast.all.find((p) => p.id === id) as (typeof cast.all)[number];
const known = (id: string) => ({ phone: person(id).phone, nip: person(id).nip, birth: person(id).birth });

describe("the desk", { skip: browserMissing, timeout: 420_000 }, () => {
  let house: LiveHouse;
  let mariam: Client;
  before(async () => {
    house = await liveHouse();
    mariam = await citizen(house.origin, known("mariam"));
  });
  after(async () => {
    await closeBrowser();
    await house.close();
  });

  it("takes a case from the queue to the signed act without the mouse, the decision itself in three keystrokes", async () => {
    const { number } = await paidCase(house, mariam);
    const page = await officialAt(house, "boureima.sawadogo");
    const fine = async () => {
      assert.deepEqual(await axe(page), []);
      assert.equal(await overflow(page), 0);
    };
    assert.match(page.url(), /\/bureau\/dossiers$/);
    assert.match(await page.innerText("main"), /reste \d+/u, "the legal clock is on the line");
    await fine();

    await page.keyboard.press("j");
    assert.match(await page.evaluate("document.activeElement.textContent"), new RegExp(number));
    await press(page, "Enter");
    assert.equal(new URL(page.url()).pathname, `/bureau/dossiers/${number}`);
    const file = await page.innerText("main");
    assert.match(file, /réponse automatique du registre/u, "the provenance of each piece of evidence");
    assert.match(file, /Nikiéma/iu);
    await fine();

    await press(page, "t");
    await press(page, "r");
    await page.waitForSelector("[data-key=h]", { timeout: 30_000 });
    await fine();
    await press(page, "h");
    for (let reviewed = 0; page.url().includes("/homonymes/") && reviewed < 9; reviewed++) {
      await fine();
      const different = await page.$$eval("tr.d-different input[data-key]", (boxes) =>
        boxes.map((box) => (box as HTMLElement).dataset.key ?? ""),
      );
      assert.ok(different.length > 0, "a homonym differs somewhere");
      await page.keyboard.press(different[0] as string);
      await press(page, "e");
    }
    assert.equal(new URL(page.url()).pathname, `/bureau/dossiers/${number}`, "every homonym is reviewed");

    await press(page, "d");
    assert.match(await page.innerText("main"), /Néant/u);
    await fine();
    await press(page, "Enter");
    assert.match(page.url(), /\/signature$/);
    await fine();
    const preview = await page.request.get(`/bureau/dossiers/${number}/apercu`);
    assert.equal((await preview.body()).subarray(0, 5).toString(), "%PDF-", "one reads what one signs");
    await press(page, "Enter");
    await page.waitForSelector("[data-key=o]", { timeout: 60_000 });
    await fine();

    const done = await readCase(mariam, number);
    assert.equal(done.state, "issued");
    const act = await page.request.get(`/bureau/dossiers/${number}/documents/act`);
    assert.equal((await act.body()).subarray(0, 5).toString(), "%PDF-");

    await page.click("text=Retirer cet acte");
    await fine();
    await page.fill("[name=reason]", "Acte délivré au nom d’une autre personne.");
    await Promise.all([page.waitForURL(new RegExp(`${number}$`)), page.keyboard.press("Control+Enter")]);
    assert.match(await page.innerText("main"), /retiré/u);
    assert.equal(await page.locator("text=Retirer cet acte").count(), 0);
    await fine();
    await page.context().close();
  });

  it("lets a registrar answer by hand, a clerk send back (J2) and refuse (J3), with JavaScript off", async () => {
    const issouf = await citizen(house.origin, known("issouf"));
    const { number, version } = await issouf.post<{ number: string; version: number }>("/api/services/cases", { procedure });
    await issouf.post(`/api/services/cases/${number}/evidence`, { version });
    await until(
      "the question to the registrar",
      () => readCase(issouf, number),
      (c) => c.evidence.some((e) => e.state === "waiting-person"),
      60,
    );

    const registrar = await officialAt(house, "pauline.bamogo", { js: false });
    assert.match(registrar.url(), /\/bureau\/demandes$/);
    await registrar.click("tbody a");
    await registrar.click("main form button >> nth=0");
    assert.equal(await registrar.locator(".govuk-error-summary").count(), 1, "an empty record is not handed over");
    for (const [field, value] of Object.entries(paper))
      if (await registrar.locator(`[name="v:${field}"]`).count()) {
        const control = registrar.locator(`[name="v:${field}"]`).first();
        if ((await control.evaluate((e) => e.tagName)) === "SELECT") await control.selectOption(value);
        else await control.fill(value);
      }
    for (const [part, value] of [
      ["day", "02"],
      ["month", "11"],
      ["year", "1988"],
    ])
      await registrar.fill(`[name="v:birth.date.${part}"]`, value as string);
    await registrar.click("main form button >> nth=0");
    assert.match(await registrar.innerText("main"), /Vous avez répondu/u);
    await registrar.context().close();

    const ready = await until(
      "the answer given by hand",
      () => readCase(issouf, number),
      (c) => c.next === "fill-form" || c.next === "submit",
      60,
    );
    await issouf.post(`/api/services/cases/${number}/answers`, { version: ready.version, answers });
    await submit(issouf, number);
    await pay(house, issouf, number);

    const clerk = await officialAt(house, "boureima.sawadogo", { js: false });
    await clerk.goto(`/bureau/dossiers/${number}`);
    assert.match(await clerk.innerText("main"), /saisie à la main par un agent/u);
    await clerk.click("text=Prendre en charge");
    await clerk.click("text=Renvoyer pour correction");
    await clerk.click("main form button >> nth=0");
    assert.equal(await clerk.locator(".govuk-error-summary").count(), 1, "nothing is sent back without a word");
    await clerk.fill("textarea >> nth=0", "Précisez le concours, s’il vous plaît.");
    await clerk.click("main form button >> nth=0");
    assert.match(await clerk.innerText("main"), /suspendu/u, "the legal clock is stopped, and the page says so");

    const back = await readCase(issouf, number);
    assert.equal(back.next, "correct");
    await issouf.post(`/api/services/cases/${number}/correction`, { version: back.version, answers: { purpose: "competition" } });
    await again(clerk);
    assert.match(await clerk.innerText(".d-clockblock"), /reste/u, "and runs again");

    await clerk.click("text=Refuser");
    await clerk.click("main form button >> nth=0");
    assert.equal(await clerk.locator(".govuk-error-summary li").count(), 2, "grounds and an explanation are asked for");
    await clerk.check("[name=grounds] >> nth=0");
    await clerk.fill("[name=explanation]", "Votre identité n’a pas pu être établie avec les pièces reçues.");
    await clerk.click("main form button >> nth=0");
    await clerk.click("main form button >> nth=0");
    await until(
      "the signed refusal",
      () => readCase(issouf, number),
      (c) => c.state === "refused",
      60,
    );
    await again(clerk);
    assert.match(await clerk.innerText("main"), /Recours/u);
    await clerk.context().close();
  });

  it("shows nothing to another institution, to a citizen or to a stranger, and refuses a forged form", async () => {
    const { number } = await readyCase(mariam, procedure, answers);
    await submit(mariam, number);
    await pay(house, mariam, number);
    const elsewhere = await officialAt(house, "noufou.tapsoba");
    assert.equal((await elsewhere.goto(`/bureau/dossiers/${number}`))?.status(), 404);
    assert.doesNotMatch(await elsewhere.innerText("body"), /Nikiéma/iu);
    assert.equal((await elsewhere.goto("/console/etat"))?.status(), 403);
    const cookie = (await elsewhere.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
    const forged = await fetch(`${house.origin}/bureau/dossiers/${number}/prise-en-charge`, {
      method: "POST",
      headers: { cookie, "content-type": "application/x-www-form-urlencoded" },
      body: "version=1",
      redirect: "manual",
    });
    assert.equal(forged.status, 403);

    const asCitizen = await fetch(`${house.origin}/bureau/dossiers/${number}`, { headers: { authorization: `Bearer ${mariam.token}` } });
    assert.equal(asCitizen.status, 403);
    const stranger = await fetch(`${house.origin}/bureau/dossiers/${number}`, { redirect: "manual" });
    assert.equal(stranger.status, 303);
    assert.equal(stranger.headers.get("location"), `/bureau/connexion?suite=${encodeURIComponent(`/bureau/dossiers/${number}`)}`);
  });
});

/** What stands in the paper register, as the pack's demonstration says. */
const paper: Record<string, string> = {
  act: "1988/0010",
  year: "1988",
  family: "Kaboré",
  given: "Issouf",
  sex: "M",
  "birth.place": "Sourgou",
  "birth.commune": "bf-com-sourgou",
  "father.family": "Kaboré",
  "father.given": "Noufou",
  "mother.family": "Zongo",
  "mother.given": "Bibata",
};
