/** J1 to J4 seen from the citizen's telephone: in real Chromium, and once more with JavaScript off. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { again, axe, browserMissing, closeBrowser, overflow, visit } from "../browser.ts";
import { liveHouse, type LiveHouse } from "../live-house.ts";
import { people } from "../people.ts";
import { answerQuestions, claim, grant, openCase, pay, procedureSlug, refuse, sendBack, signIn, waitFor } from "./citizen-steps.ts";

const cast = people("bf");
const person = (id: string) => cast.all.find((one) => one.id === id) as (typeof cast.all)[number];

describe("the portal", { skip: browserMissing, timeout: 540_000 }, () => {
  let house: LiveHouse;
  before(async () => {
    house = await liveHouse();
  });
  after(async () => {
    await closeBrowser();
    await house.close();
  });

  /** Mariam's session of J1: codes by SMS are few an hour for one number, as they should be. */
  let session: Record<string, string> = {};

  const telephone = async (js: boolean, cookies: Record<string, string> = {}) => {
    const { page, context, strangers } = await visit({ origin: house.origin, js, width: 360, cookies });
    page.setDefaultTimeout(20_000);
    /** Nothing wrong on this page: accessible, no sideways scrolling, nothing asked of others. */
    const fine = async () => {
      if (js) assert.deepEqual(await axe(page), [], page.url());
      assert.equal(await overflow(page), 0, page.url());
      assert.deepEqual(strangers, []);
    };
    return { page, context, fine };
  };

  /** From the first page to a case that waits for its fee. */
  async function toPayment(page: Page, id: string, js: boolean, fine: () => Promise<void>): Promise<string> {
    await page.goto(`/demarches/${procedureSlug}/commencer`);
    if (page.url().includes("/connexion")) await signIn(house, page, person(id), js);
    const number = await openCase(page);
    await waitFor(page, page.getByRole("heading", { name: "Tout est arrivé" }), js);
    await fine();
    await page.getByRole("link", { name: "Continuer" }).click();
    await answerQuestions(page);
    await page.getByRole("button", { name: /Envoyer/ }).click();
    return number;
  }
  const paid = (page: Page) => page.getByRole("heading", { name: "Paiement reçu" });

  for (const js of [true, false])
    it(`J1, ${js ? "with" : "without"} JavaScript: from a search with a mistake to a signed act anyone verifies, and who looked`, async () => {
      const { page, context, fine } = await telephone(js);
      await page.goto("/");
      await page.getByLabel("Que cherchez-vous").fill("kasié");
      await page.getByRole("button", { name: "Rechercher" }).click();
      await fine();
      await page
        .getByRole("link", { name: /Casier judiciaire/ })
        .first()
        .click();
      const told = await page.innerText("main");
      assert.match(told, /Qui décide/);
      assert.match(told, /750\sF\sCFA/);
      assert.match(told, /48\sheures ouvrables/);
      assert.match(told, /Source officielle|Presse citant/, "each figure has its source");
      await fine();
      await page.getByRole("link", { name: "Commencer la démarche" }).click();
      await signIn(house, page, person("mariam"), js);
      await fine();

      await page.getByRole("button", { name: "Ouvrir mon dossier" }).click();
      const number = new URL(page.url()).pathname.split("/").at(-1) as string;
      await fine();
      await page.getByRole("link", { name: "Continuer" }).click();
      const asked = await page.innerText("main");
      for (const part of ["Qui est interrogé", "Informations demandées", "Pourquoi", "Base légale"]) assert.match(asked, new RegExp(part));
      await fine();
      await page.getByRole("button", { name: "J’ai compris, demandez ces papiers" }).click();
      await waitFor(page, page.getByRole("heading", { name: "Tout est arrivé" }), js);
      await fine();

      await page.getByRole("link", { name: "Continuer" }).click();
      assert.equal(await page.getByLabel("Nom", { exact: true }).count(), 0, "what the State knows is not asked");
      await page.getByRole("button", { name: "Continuer" }).click();
      assert.ok((await page.getByRole("alert").getByRole("link").count()) >= 2, "empty answers are named");
      await fine();
      await answerQuestions(page);
      assert.match(await page.innerText("main"), /Nikiéma/);
      await fine();
      await page.getByRole("button", { name: /Envoyer/ }).click();

      assert.match(await page.innerText("main"), /Paiement simulé/);
      await fine();
      await pay(house, page, "later");
      await waitFor(page, paid(page), js);
      await fine();
      await page.getByRole("link", { name: "Reçu" }).click();
      assert.match(await page.innerText("main"), /Total\s+750\sF\sCFA/);
      await fine();

      await page.goto(`/dossiers/${number}`);
      assert.match(await page.innerText("main"), /Il reste .+ ouvrables/, "the legal clock");
      await fine();
      await grant(house, number);
      for (let i = 0; i < 60 && !(await page.getByRole("heading", { name: "Votre acte est délivré" }).count()); i++) {
        await page.waitForTimeout(500);
        await again(page);
      }
      await fine();
      const file = await page.request.get(`/dossiers/${number}/documents/act`);
      const act = await file.body();
      assert.equal(act.subarray(0, 5).toString(), "%PDF-");

      // Anyone, elsewhere, without an account: by its number, by its file, and a changed byte is seen.
      const actNumber = (await page.innerText(".t-panel .t-mono")).replace(/\D/g, "");
      const { page: other, context: elsewhere, fine: otherFine } = await telephone(js);
      await other.goto("/verifier");
      await otherFine();
      await other.getByLabel("Numéro imprimé sur l’acte").fill(actNumber.replace(/(\d{4})/g, "$1 "));
      await other.getByRole("button", { name: "Vérifier le numéro" }).click();
      assert.match(await other.innerText("h1"), /Cet acte est vrai/);
      assert.doesNotMatch(await other.innerText("main"), /Mariam/, "a number alone names nobody");
      await otherFine();
      const upload = async (bytes: Buffer) => {
        await other.goto("/verifier");
        await other.getByLabel("Fichier PDF de l’acte").setInputFiles({ name: "acte.pdf", mimeType: "application/pdf", buffer: bytes });
        await other.getByRole("button", { name: "Vérifier le fichier" }).click();
        return other.innerText("h1");
      };
      assert.match(await upload(act), /Cet acte est vrai/);
      await otherFine();
      const changed = Buffer.from(act);
      changed[Math.floor(changed.length / 2)] = (changed[Math.floor(changed.length / 2)] as number) ^ 1;
      assert.doesNotMatch(await upload(changed), /Cet acte est vrai/);
      await elsewhere.close();

      await page.goto("/mes-donnees");
      const reads = await page.innerText("main");
      for (const reader of [/Office national d’identification/, /état civil/i, /Tribunal/]) assert.match(reads, reader);
      await fine();
      await page
        .getByRole("link", { name: /Vérifier dans le journal scellé/ })
        .last()
        .click();
      await waitFor(page, page.getByText("Cette ligne est bien dans le journal scellé"), js, 20);
      assert.equal(await page.locator(".t-checks .t-yes").count(), 5, "content, leaf, path, head and signature are computed anew");
      await fine();
      session = Object.fromEntries((await context.cookies()).map((one) => [one.name, one.value]));
      await context.close();
    });

  it("a commune on paper: the page says who searches by hand, and until when", async () => {
    const { page, context, fine } = await telephone(true);
    await page.goto(`/demarches/${procedureSlug}/commencer`);
    await signIn(house, page, person("issouf"), true);
    await openCase(page);
    await waitFor(page, page.getByText("cherche dans les registres papier"), true);
    const told = await page.innerText("main");
    assert.match(told, /Sourgou/);
    assert.match(told, /Réponse attendue avant le/);
    assert.match(told, /1 réponse sur 2/, "progress is the truth");
    await fine();
    await context.close();
  });

  it("a passkey takes the place of the code: registered on this device, then used to sign in", async () => {
    const { page, context, fine } = await telephone(true);
    await page.goto("/compte");
    await signIn(house, page, person("fatoumata"), true);
    await page.goto("/compte");
    const device = await context.newCDPSession(page);
    await device.send("WebAuthn.enable");
    await device.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const add = page.getByRole("button", { name: "Ajouter une clé d’accès" });
    await add.click();
    await fine();
    await add.click();
    await page.waitForURL(/fait=oui/);
    await page.getByRole("button", { name: "Se déconnecter" }).click();
    await page.goto("/connexion?retour=/compte");
    await page.getByRole("button", { name: "Se connecter avec une clé d’accès" }).click();
    await fine();
    await page.getByRole("button", { name: "Utiliser ma clé d’accès" }).click();
    await page.waitForURL(/\/compte$/);
    assert.match(await page.innerText("main"), /clé d’accès\s+cet appareil/);
    await context.close();
  });

  for (const js of [false, true])
    it(`J2 and J3, ${js ? "with" : "without"} JavaScript: sent back, only the named field may change; then refused, with grounds`, async () => {
      const { page, context, fine } = await telephone(js, session);
      const number = await toPayment(page, "mariam", js, fine);
      await pay(house, page, "prompt");
      await waitFor(page, paid(page), js);
      const clerk = await claim(house, number);
      await sendBack(clerk, number, "Dites lequel.");
      await page.goto(`/dossiers/${number}`);
      assert.match(await page.innerText("main"), /L’horloge est arrêtée/);
      await page.getByRole("link", { name: "Corriger" }).click();
      assert.match(await page.innerText("main"), /Dites lequel\./);
      assert.equal(await page.getByRole("radio", { name: "Non", exact: true }).count(), 0, "what was not sent back is not asked again");
      await page.getByLabel("Un emploi").check();
      await page.getByRole("button", { name: "Renvoyer le dossier" }).click();
      assert.match(await page.innerText("main"), /Il reste .+ ouvrables/, "the clock runs again");

      // J3 on the same case: refused, with grounds and the way to contest.
      await refuse(clerk, number, "Votre identité n’a pas pu être établie avec les pièces reçues.");
      for (let i = 0; i < 60 && !(await page.getByRole("heading", { name: "Votre demande est refusée" }).count()); i++) {
        await page.waitForTimeout(500);
        await again(page);
      }
      const told = await page.innerText("main");
      for (const part of [/Motifs/, /n’a pas pu être établie/, /Contester cette décision/]) assert.match(told, part);
      const letter = await page.request.get(`/dossiers/${number}/documents/letter`);
      assert.equal((await letter.body()).subarray(0, 5).toString(), "%PDF-");
      await fine();
      await context.close();
    });

  for (const js of [true, false])
    it(`J4, ${js ? "with" : "without"} JavaScript: an operator that answers twice, out of order, or says no; never lost, never paid twice`, async () => {
      const { page, context, fine } = await telephone(js, session);
      const number = await toPayment(page, "mariam", js, fine);
      await pay(house, page, "payer-refuses");
      await waitFor(page, page.getByText("Le paiement n’a pas abouti"), js);
      assert.match(await page.innerText("main"), /Rien n’a été prélevé/);
      await fine();
      await pay(house, page, "twice");
      await waitFor(page, paid(page), js);
      await page.goto(`/dossiers/${number}/recu`);
      assert.match(await page.innerText("main"), /Total\s+750\sF\sCFA/);
      await page.goto(`/dossiers/${number}/paiement`);
      assert.equal(await page.getByRole("button", { name: "Payer maintenant" }).count(), 0, "nothing is left to pay");

      await toPayment(page, "mariam", js, fine);
      await pay(house, page, "reordered");
      await waitFor(page, paid(page), js);
      await fine();
      await context.close();
    });
});
