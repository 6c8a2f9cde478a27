import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axe, browserMissing, closeBrowser, overflow, picture, visit } from "../browser.ts";
import { weigh } from "../weight.ts";
import { consentIds } from "./consents.ts";
import { low, mariam, state } from "./fakes.ts";
import { samplePortal } from "./server.ts";

interface Seen {
  path: string;
  as?: Record<string, string>;
  proof?: string;
  empty?: boolean;
  status?: number;
  /** The gallery shows components that carry a page's h1, and is nobody's first visit. */
  headings?: number;
  heavy?: boolean;
}
const fact = "01931d0a-0000-7000-8000-000000000001";
const caseStates = ["NEW", "WAIT", "MISSING", "FORM", "SEND", "PAY", "PENDING", "UNSURE", "NOPAY", "PAID", "LATE", "FIX", "DONE", "NO"];

/** Every page of the portal in every state it can be in: full, empty, waiting, failed. */
const pages: Record<string, Seen> = {
  home: { path: "/" },
  catalogue: { path: "/demarches" },
  "search, corrected": { path: "/demarches?q=cazier" },
  "search, nothing": { path: "/demarches?q=rien" },
  "life event": { path: "/demarches?evenement=travail" },
  procedure: { path: "/demarches/casier-judiciaire" },
  "procedure not online": { path: "/demarches/permis-de-construire" },
  "procedure unknown": { path: "/demarches/rien-de-tel", status: 404 },
  start: { path: "/demarches/casier-judiciaire/commencer", as: mariam },
  "sign in": { path: "/connexion" },
  "signed out": { path: "/deconnexion" },
  share: { path: "/connexion/partage?interaction=abcdefghijklmnopqrst", as: mariam },
  account: { path: "/compte", as: mariam },
  "account, low": { path: "/compte", as: low, empty: true },
  "account, SIM reported": { path: "/compte?fait=sim", as: low },
  "new phone": { path: "/compte/telephone", as: mariam },
  "new passkey": { path: "/compte/cles", as: mariam },
  identity: { path: "/compte/identite", as: low },
  "identity, waiting": { path: "/compte/identite", as: low, proof: "waiting" },
  "identity, waiting, stopped": { path: "/compte/identite?arret=oui", as: low, proof: "waiting" },
  "identity, matched": { path: "/compte/identite", as: low, proof: "matched" },
  "identity, no match": { path: "/compte/identite", as: low, proof: "no-match" },
  "identity, SIM changed": { path: "/compte/identite", as: low, proof: "sim-recent" },
  "identity, register silent": { path: "/compte/identite", as: low, proof: "unavailable" },
  "identity, done": { path: "/compte/identite", as: mariam },
  consents: { path: "/compte/accords", as: mariam },
  "consents, none": { path: "/compte/accords", as: mariam, empty: true },
  ...Object.fromEntries(
    Object.entries(consentIds).map(([name, id]) => [`consent, ${name}`, { path: `/compte/accords/${id}`, as: mariam }]),
  ),
  "consent, just given": { path: `/compte/accords/${consentIds.given}?fait=donne&retour=%2Fdossiers%2FCASE-AGREE`, as: mariam },
  "consent unknown": { path: "/compte/accords/01931d0a-0000-7000-8000-000000000199", as: mariam, status: 404 },
  cases: { path: "/dossiers", as: mariam },
  "cases, none": { path: "/dossiers", as: mariam, empty: true },
  ...Object.fromEntries(caseStates.map((name) => [`case ${name}`, { path: `/dossiers/CASE-${name}`, as: mariam }])),
  ...Object.fromEntries(
    ["NEW", "WAIT", "MISSING", "AGREE", "PAID"].map((name) => [
      `evidence ${name}`,
      { path: `/dossiers/CASE-${name}/justificatifs`, as: mariam },
    ]),
  ),
  "questions, first page": { path: "/dossiers/CASE-FORM/questions/purpose", as: mariam },
  "questions, group": { path: "/dossiers/CASE-FORM/questions/names", as: mariam },
  review: { path: "/dossiers/CASE-SEND/relire", as: mariam },
  correction: { path: "/dossiers/CASE-FIX/correction", as: mariam },
  ...Object.fromEntries(
    ["PAY", "PENDING", "UNSURE", "NOPAY", "PAID"].map((name) => [
      `payment ${name}`,
      { path: `/dossiers/CASE-${name}/paiement`, as: mariam },
    ]),
  ),
  receipt: { path: "/dossiers/CASE-PAID/recu", as: mariam },
  messages: { path: "/dossiers/CASE-PAID/messages", as: mariam },
  "messages, none": { path: "/dossiers/CASE-DONE/messages", as: mariam },
  reads: { path: "/mes-donnees", as: mariam },
  "reads, none": { path: "/mes-donnees", as: mariam, empty: true },
  "proof that fails": { path: `/mes-donnees/preuve/${fact}`, as: mariam },
  verify: { path: "/verifier" },
  verified: { path: "/verifier/483109275516" },
  "verified, unknown": { path: "/verifier/1234" },
  "code opened": { path: "/v" },
  telephones: { path: "/telephone" },
  "telephones, none": { path: "/telephone", empty: true },
  telephone: { path: "/telephone?numero=%2B22670000011" },
  people: { path: "/demonstration" },
  style: { path: "/demonstration/style", headings: 3, heavy: true },
  help: { path: "/aide" },
  accessibility: { path: "/accessibilite" },
  "not found": { path: "/nulle-part", status: 404 },
  "case not found": { path: "/dossiers/CASE-XXXX", as: mariam, status: 404 },
};

describe("every page of the portal", { skip: browserMissing }, () => {
  let portal: Awaited<ReturnType<typeof samplePortal>>;
  before(async () => {
    portal = await samplePortal();
  });
  after(async () => {
    await closeBrowser();
    await portal.close();
  });

  /** One browser window for each person, language and width, kept through all pages: opening them is the slow part. */
  const windows = new Map<string, Promise<Awaited<ReturnType<typeof visit>> & { said: string[] }>>();
  function standing(lang: "fr" | "en", width: number, dark: boolean, as: Record<string, string> | undefined) {
    const key = `${lang} ${as?.toguna}`;
    const open = async () => {
      const window = await visit({ origin: portal.origin, lang, width, dark, ...(as ? { cookies: as } : {}) });
      const said: string[] = [];
      window.page.on("console", (message) => said.push(message.text()));
      window.page.on("pageerror", (error) => said.push(String(error)));
      return { ...window, said };
    };
    const found = windows.get(key) ?? open();
    windows.set(key, found);
    return found;
  }

  for (const [name, seen] of Object.entries(pages)) {
    test(name, async () => {
      state.proof = seen.proof ?? "none";
      state.empty = seen.empty ?? false;
      for (const [lang, width, dark] of [
        ["fr", 360, false],
        ["en", 1280, true],
      ] as const) {
        const { page, strangers, said } = await standing(lang, width, dark, seen.as);
        said.length = 0;
        const answer = await page.goto(seen.path);
        assert.equal(answer?.status(), seen.status ?? 200);
        assert.deepEqual(await axe(page), [], `axe, ${lang} ${width}`);
        assert.equal(await overflow(page), 0, `no sideways scrolling at ${width}`);
        assert.deepEqual(strangers, [], "nothing is asked of anybody else");
        // The browser itself reports a status of 400 or more; a breach of our content policy would stand here too.
        assert.deepEqual(
          said.filter((line) => !(seen.status && line.includes(String(seen.status)))),
          [],
        );
        assert.equal(await page.locator("html").getAttribute("lang"), lang);
        assert.equal(await page.locator("h1").count(), seen.headings ?? 1, "one h1");
        if (process.env.TOGUNA_PICTURES) await picture(page, `${name}-${lang}-${width}`);
      }
      if (seen.heavy) return;
      const weight = await weigh(portal.origin, seen.path, seen.as ? { cookie: `toguna=${seen.as.toguna}` } : {});
      assert.ok(weight.first <= 15_000, `first visit: ${weight.first} bytes`);
      assert.ok(weight.later <= 5_000, `later: ${weight.later} bytes`);
    });
  }

  test("every page is also whole without script, and then refreshes itself where one waits", async () => {
    state.proof = "waiting";
    const { page, context } = await visit({ origin: portal.origin, js: false, cookies: mariam });
    await page.goto("/dossiers/CASE-WAIT/justificatifs");
    assert.equal(await page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count(), 1);
    await page.getByRole("link", { name: "Ne plus actualiser automatiquement" }).click();
    assert.equal(await page.locator("meta[http-equiv=refresh]").count(), 0);
    await context.close();
  });

  test("a failed form says so first, in the title, in a summary that leads to the field, and keeps what was typed", async () => {
    const { page, context } = await visit({ origin: portal.origin, js: false, cookies: mariam });
    await page.goto("/dossiers/CASE-PAY/paiement");
    await page.getByLabel("Orange Money").check();
    await page.getByLabel("Numéro qui paie").fill("70 00 00 11");
    await page.getByLabel("Code à usage unique de l’opérateur").fill("000000");
    await page.getByRole("button", { name: "Payer maintenant" }).click();
    assert.match(await page.title(), /^Erreur/);
    await page.getByRole("link", { name: "Ce code est faux." }).click();
    assert.match(page.url(), /#otp$/);
    assert.equal(await page.getByLabel("Numéro qui paie").inputValue(), "70 00 00 11");
    assert.equal(await page.getByLabel("Orange Money").isChecked(), true);
    await context.close();
  });

  test("a required question left empty holds one on the page; saving for later does not", async () => {
    const { page, context } = await visit({ origin: portal.origin, js: false, cookies: mariam });
    await page.goto("/dossiers/CASE-FORM/questions/purpose");
    await page.getByRole("button", { name: "Continuer" }).click();
    assert.equal(await page.getByRole("alert").getByRole("link").count(), 1);
    await page.getByLabel("Un emploi").check();
    await page.getByLabel("Non", { exact: true }).check();
    await page.getByRole("button", { name: "Continuer" }).click();
    assert.match(page.url(), /questions\/names$/);
    await page.getByRole("button", { name: "Enregistrer et revenir plus tard" }).click();
    assert.match(page.url(), /\/dossiers\/CASE-FORM\?fait=oui$/);
    await context.close();
  });

  test("signing in leads back to where one was going, and never elsewhere", async () => {
    const { page, context } = await visit({ origin: portal.origin, js: false });
    await page.goto("/mes-donnees");
    assert.match(page.url(), /\/connexion\?retour=%2Fmes-donnees$/);
    await page.getByLabel("Numéro de téléphone").fill("70 00 00 11");
    await page.getByRole("button", { name: "Recevoir le code" }).click();
    await page.getByLabel("Code à usage unique").fill("12 34 57");
    await page.getByRole("button", { name: "Continuer" }).click();
    assert.equal(await page.getByRole("link", { name: "Ce code est faux." }).count(), 1);
    await page.getByLabel("Code à usage unique").fill("123 456");
    await page.getByRole("button", { name: "Continuer" }).click();
    assert.match(page.url(), /\/mes-donnees$/);
    for (const bad of ["//evil.example/", "/\\evil.example", "https://evil.example/", "/%0d%0aSet-Cookie:a=b"]) {
      await page.goto(`/connexion?retour=${encodeURIComponent(bad)}`);
      assert.ok(page.url().startsWith(`${portal.origin}/`), bad);
    }
    await page.goto("/");
    await page.getByRole("button", { name: "Se déconnecter" }).click();
    assert.match(page.url(), /\/deconnexion$/);
    await context.close();
  });

  test("the language stays where one puts it", async () => {
    const { page, context } = await visit({ origin: portal.origin, js: false });
    await page.goto("/demarches/casier-judiciaire");
    await page.getByRole("link", { name: "English" }).click();
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    await page.getByRole("link", { name: "Help" }).first().click();
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    await context.close();
  });

  test("the address in the 2D code hands what stands behind its # to the form; nothing of it reaches the server's log", async () => {
    const { page, context } = await visit({ origin: portal.origin });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto("/v#SOME-SIGNED-TEXT");
    await page.waitForURL(/\/verifier\/code$/);
    assert.equal(await page.locator("h1").innerText(), "Cet acte est vrai");
    assert.ok(asked.every((url) => !url.split("#")[0]?.includes("SOME-SIGNED-TEXT")));
    await context.close();
  });

  test("the first Tab reaches the skip link, which leads past the menu", async () => {
    const { page, context } = await visit({ origin: portal.origin });
    await page.goto("/");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
    await context.close();
  });
});
