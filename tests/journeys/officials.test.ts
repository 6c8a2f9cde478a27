/** Officials' other work over the whole house: the counter, roles by two people, every page of the console. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { again, axe, browserMissing, closeBrowser, overflow, picture, visit } from "../browser.ts";
import { inbox, until } from "../client.ts";
import { liveHouse, type LiveHouse } from "../live-house.ts";
import { people } from "../people.ts";
import { citizen } from "./api.ts";
import { officialAt, paidCase } from "./desk-steps.ts";

const cast = people("bf");
const person = (id: string) => cast.all.find((p) => p.id === id) as (typeof cast.all)[number];

describe("officials", { skip: browserMissing, timeout: 420_000 }, () => {
  let house: LiveHouse;
  before(async () => void (house = await liveHouse()));
  after(async () => {
    await closeBrowser();
    await house.close();
  });

  it("prove a person at the counter, once the code, the document and the face agree", async () => {
    const { phone, nip } = person("fatoumata");
    const page = await officialAt(house, "seydou.konate", { js: false });
    await page.fill("[name=phone] >> nth=0", phone);
    await page.fill("[name=identityNumber]", nip);
    await page.click("main form button >> nth=0");
    await until(
      "the register's answer",
      async () => {
        await again(page);
        return page.locator("[name=code]").count();
      },
      (n) => n === 1,
    );
    assert.match(await page.innerText("main"), /Traoré/u);
    const { messages } = await until(
      "the code",
      () => inbox(house.origin, phone).catch(() => ({ messages: [] as { text: string; at: string }[] })),
      (i) => i.messages.length > 0,
    );
    const conclude = async (number: string, same: "yes" | "no") => {
      await page.check("[name=kind] >> nth=0");
      await page.fill("[name=number]", number);
      for (const [part, value] of Object.entries({ day: "15", month: "1", year: "1991" })) await page.fill(`[name="birth.${part}"]`, value);
      await page.fill("[name=code]", /\b(\d{6})\b/.exec(messages.at(-1)?.text ?? "")?.[1] ?? "");
      await page.check(`[name=same][value=${same}]`);
      await page.click("main form button >> nth=0");
    };
    await conclude("B00000000", "yes");
    assert.equal(await page.locator(".govuk-error-summary").count(), 1, "another document is not accepted");
    await conclude("B10000148", "yes");
    assert.match(await page.innerText("main"), /Identité prouvée/u);
    await page.context().close();
  });

  it("ask a person for her consent at the counter; she sees it and takes it back, both without script", async () => {
    const { phone, nip } = person("fatoumata");
    const page = await officialAt(house, "kadidiatou.sanou", { js: false });
    await page.goto("/bureau/accords");
    await page.click("main form button >> nth=0");
    assert.equal(await page.locator(".govuk-error-summary").count(), 1, "nothing is chosen beforehand");
    await page.check("[name=offer] >> nth=0");
    await page.fill("[name=identityNumber]", nip);
    await page.fill("[name=issue]", "AIDE-2026-0417");
    await page.check("[name=where][value=here]");
    await page.click("main form button >> nth=0");
    await page.waitForURL(/accords\/[0-9a-f-]{36}/);
    const { messages } = await until(
      "the code",
      () => inbox(house.origin, phone).catch(() => ({ messages: [] as { text: string; at: string }[] })),
      (i) => i.messages.some((m) => m.text.includes("donner votre accord")),
    );
    assert.ok(
      messages.some((m) => /demande votre accord pour lire/u.test(m.text)),
      "first what for",
    );
    const sms = messages.filter((m) => m.text.includes("donner votre accord")).at(-1)!;
    await page.fill("[name=code]", /code (\d{6})/.exec(sms.text)![1]!);
    await page.click("main form button >> nth=0");
    await page.waitForSelector("text=L’accord est donné.");
    const id = /accords\/([0-9a-f-]{36})/.exec(page.url())![1]!;
    await page.context().close();

    const { token } = await citizen(house.origin, person("fatoumata") as never);
    const { page: hers, context } = await visit({ origin: house.origin, js: false, width: 360, cookies: { toguna: token } });
    await hers.goto("/compte/accords");
    assert.match(await hers.innerText("main"), /en vigueur/u);
    await hers.click(`a[href="/compte/accords/${id}"]`);
    assert.match(await hers.innerText("main"), /au guichet, avec le code/u);
    await until(
      "her copy",
      async () => {
        await again(hers);
        return hers.locator(`a[href$="/exemplaire"]`).count();
      },
      (n) => n === 1,
    );
    await hers.click(`form[action$="/retire"] button`);
    await hers.waitForSelector("text=Votre accord est retiré.");
    await context.close();

    const looks = await officialAt(house, "kadidiatou.sanou", { width: 360 });
    for (const path of ["/bureau/accords", `/bureau/accords/${id}`]) {
      await looks.goto(path);
      assert.deepEqual(await axe(looks), [], path);
      assert.equal(await overflow(looks), 0, path);
      if (process.env.TOGUNA_PICTURES) await picture(looks, `desk${path.replaceAll("/", "-").slice(0, 24)}`);
    }
    assert.match(await looks.innerText("main"), /retiré/u);
    await looks.context().close();
  });

  it("give a sensitive role by two people, and work in the role chosen", async () => {
    const asks = await officialAt(house, "hamidou.kafando", { js: false });
    await asks.goto("/console/roles");
    await asks.click("main .d-ask form button");
    assert.equal(await asks.locator(".govuk-error-summary li").count(), 2);
    const ask = async (who: string, role: string) => {
      await asks.goto("/console/roles");
      await asks.selectOption("[name=account]", { label: who });
      await asks.selectOption("[name=role]", role);
      await asks.click("main .d-ask form button");
      await asks.waitForURL(/fait=demande/);
    };
    const holding = (who: string, role: string) => asks.locator("tr", { hasText: who }).filter({ hasText: role }).count();
    await asks.fill("[name=username]", "personne.dutout");
    await asks.selectOption("[name=role]", "counter-agent");
    await asks.click("main .d-ask form button");
    await asks.waitForSelector("text=Aucun agent ne porte cet identifiant");
    await ask("Salimata Ilboudo", "counter-agent");
    await ask("Edwige Compaoré", "court-clerk");
    assert.equal(await asks.locator("article", { hasText: "Une autre personne doit décider" }).count(), 2, "who asked does not decide");
    assert.equal(await holding("Salimata Ilboudo", "Agent de guichet"), 0);

    const approves = await officialAt(house, "edwige.compaore", { js: false });
    await approves.goto("/console/roles");
    assert.equal(await approves.locator("article", { hasText: "Une autre personne doit décider" }).count(), 1, "nor who would hold it");
    await approves.click("article >> text=Approuver");
    await approves.waitForSelector("article >> text=Approuver", { state: "detached" });
    await asks.goto("/console/roles");
    assert.equal(await holding("Salimata Ilboudo", "Agent de guichet"), 1, "in force once somebody else agreed");

    const twice = await officialAt(house, "salimata.ilboudo", { js: false });
    await twice.goto("/bureau/role");
    assert.match(await twice.innerText("main"), /Agent de guichet/u);
    await twice.click("main form button >> nth=0");
    await twice.waitForURL(/\/bureau\/guichet$/, { timeout: 15_000 });
    assert.match(await twice.innerText("header"), /Agent de guichet/u, "the desk opens on the work of the role chosen");
    for (const page of [asks, approves, twice]) await page.context().close();
  });

  it("see the whole console without one fault of accessibility, on a desk screen and on a telephone", async () => {
    const rounds: Record<string, string[]> = {
      "rodrigue.zerbo": [
        "etat",
        "institutions",
        "institutions?type=court-first-instance",
        "institutions?q=aucune-telle-chose",
        "institutions/bf-tgi-koudougou",
        "messages",
        "paiements",
        "echanges",
        "echanges/droits",
        "certificats",
        "journal",
        "journal?fait=0",
        "journal?taille=1&racine=00",
      ],
      "clementine.thiombiano": ["faits", "faits?objet=country:bf", "echanges/journal"],
      "edwige.compaore": ["roles"],
    };
    for (const [username, paths] of Object.entries(rounds)) {
      const page = await officialAt(house, username);
      const cookies = Object.fromEntries((await page.context().cookies()).map((c) => [c.name, c.value]));
      const { page: small } = await visit({ origin: house.origin, width: 360, dark: true, lang: "en", cookies });
      for (const path of paths)
        for (const one of [page, small]) {
          const answer = await one.goto(`/console/${path}`);
          assert.equal(answer?.status(), 200, path);
          assert.deepEqual(await axe(one), [], path);
          assert.ok((await overflow(one)) <= 0, `${path} scrolls sideways by ${await overflow(one)}`);
        }
      if (username === "rodrigue.zerbo") {
        await page.goto("/console/journal?fait=0");
        assert.match(await page.innerText("main"), /Ce fait est dans le journal signé/iu);
        const map = await house.world.fetch("/console/institutions", {
          headers: {
            "accept-encoding": "br",
            cookie: Object.entries(cookies)
              .map(([n, v]) => `${n}=${v}`)
              .join("; "),
          },
        });
        assert.ok(map.bytes.length <= 20_000, `the map page weighs ${map.bytes.length} bytes`);
      }
      await page.context().close();
      await small.context().close();
    }
  });

  it("enrol a passkey and sign in with it alone", async () => {
    const page = await officialAt(house, "aissata.barry");
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.goto("/bureau/compte");
    assert.deepEqual(await axe(page), []);
    await page.fill("[name=label]", "Ordinateur du bureau");
    await page.click("text=Enregistrer une clé d’accès");
    await page.click("[data-passkey] button");
    await page.waitForURL(/\/bureau\/compte$/);
    await page.waitForSelector("text=Ordinateur du bureau");
    await page.click("text=Se déconnecter");
    await page.waitForURL(/connexion/);
    assert.deepEqual(await axe(page), []);
    await page.click("text=Utiliser ma clé d’accès");
    await page.click("[data-passkey] button");
    await page.waitForURL((url) => !url.pathname.includes("connexion"));
    assert.match(await page.innerText("header"), /Aïssata Barry/u);
    await page.context().close();
  });

  it("read what citizens write as text, are told when a case moved under their eyes, and can turn keys off", async () => {
    const { phone, nip, birth } = person("mariam");
    const mariam = await citizen(house.origin, { phone, nip, birth });
    const { number } = await paidCase(house, mariam);
    await mariam.post(`/api/services/cases/${number}/messages`, {
      text: 'Bonjour <script>alert("x")</script><img src=x onerror=alert(1)>',
    });
    const page = await officialAt(house, "boureima.sawadogo");
    await page.goto(`/bureau/dossiers/${number}/messages`);
    assert.match(await page.innerText("main"), /<script>alert\("x"\)<\/script>/u, "shown, not run");
    assert.equal(await page.locator("main img, main script:not([src])").count(), 0);

    await page.goto(`/bureau/dossiers/${number}`);
    const other = await page.context().newPage();
    await other.goto(`/bureau/dossiers/${number}`);
    await Promise.all([other.waitForNavigation(), other.keyboard.press("t")]);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("t")]);
    assert.match(await page.innerText("main"), /Ce n’est pas fait/iu);
    assert.match(await page.innerText("main"), /a changé entre-temps|n’est pas possible/u);

    assert.ok(statSync(new URL("../../apps/desk/static/desk.js", import.meta.url)).size <= 3072, "the island stays small");
    await page.goto(`/bureau/dossiers/${number}`);
    await page.keyboard.press("?");
    await page.click("[data-keys-toggle]");
    await page.goto(`/bureau/dossiers/${number}`);
    await page.keyboard.press("m");
    await page.waitForTimeout(300);
    assert.equal(new URL(page.url()).pathname, `/bureau/dossiers/${number}`, "single keys stay silent once turned off");
    await page.context().close();
  });
});
