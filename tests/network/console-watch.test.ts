/** The people's half of monitoring in the console, over the whole house: works, alarms, tickets, statements, without script and with axe. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { axe, browserMissing, closeBrowser, overflow, picture, visit } from "../browser.ts";
import { until } from "../client.ts";
import { officialAt } from "../journeys/desk-steps.ts";
import { liveHouse, type LiveHouse } from "../live-house.ts";
import { alarmRow, uuid } from "./service-world.ts";

const day = 86_400_000;
const local = (at: Date) => at.toISOString().slice(0, 10);

describe("alarms, tickets, works and service levels in the console", { skip: browserMissing, timeout: 300_000 }, () => {
  let house: LiveHouse;
  const cookies: Record<string, Record<string, string>> = {};
  const signIn = async (name: string) => {
    const page = await officialAt(house, name, { js: false });
    cookies[name] = Object.fromEntries((await page.context().cookies()).map((c) => [c.name, c.value]));
    await page.context().close();
  };
  const as = (name: string, more: object = {}) => visit({ origin: house.origin, js: false, cookies: cookies[name]!, ...more });
  before(async () => {
    house = await liveHouse();
    // the network has been there for months, and one of its places was cut off twice
    await house.world.owner("update network.revision set at = now() - interval '100 days'");
    await Promise.all(["rodrigue.zerbo", "alizeta.ouattara", "hamidou.kafando"].map(signIn));
  });
  after(async () => {
    await closeBrowser();
    await house?.close();
  });
  /** In order by day at a desk, by night on a telephone. */
  const looked = async (name: string, path: string, shot: string) => {
    const { page, context } = await as(name, { js: true });
    await page.goto(path);
    assert.deepEqual(await axe(page), [], path);
    await picture(page, `watch-${shot}-1280`);
    await context.close();
    const small = await as(name, { width: 360, dark: true });
    await small.page.goto(path);
    assert.equal(await overflow(small.page), 0, `${path} at 360`);
    await picture(small.page, `watch-${shot}-360`);
    await small.context.close();
  };

  it("works: prepared, refused while they cut somebody off, forced with a reason, approved by a second person, told", async () => {
    const start = new Date(Date.now() + 3 * day);
    const { page, context } = await as("rodrigue.zerbo");
    await page.goto("/console/reseau/travaux");
    assert.match(await page.innerText("main"), /Aucuns travaux/u);
    await page.click("summary:text-is('Préparer des travaux')");
    const fill = async (more: Record<string, string>) => {
      for (const [name, value] of Object.entries(more)) await page.fill(`[name=${name}]`, value);
      await page.click("main button:text-is('Enregistrer')");
    };
    await fill({ title: "Remplacement du câble du tribunal", reason: "Câble vieilli", fromDay: local(start), fromHour: "8h", toDay: local(start), toHour: "6:00", elements: "tgi-koudougou" }); // prettier-ignore
    assert.match(await page.innerText("main"), /La fin vient après le début/u);
    assert.equal(await page.inputValue("[name=title]"), "Remplacement du câble du tribunal", "what was typed is still there");
    await fill({ toHour: "12:30" });
    assert.match(
      await page.innerText("main"),
      /brouillon[\s\S]*Sites coupés pendant les travaux \(1\)[\s\S]*Tribunal de grande instance de Koudougou/u,
    );
    await page.click("main button:text-is('Soumettre à relecture')");
    assert.match(await page.innerText("main"), /Tribunal de grande instance de Koudougou n’aurait plus de chemin/u);
    await page.fill("[name=force]", "Un dimanche, avec l’accord du greffe");
    await page.click("main button:text-is('Soumettre à relecture')");
    assert.match(await page.innerText("main"), /à relire[\s\S]*une autre personne doit les approuver/u);
    const address = new URL(page.url()).pathname;
    await looked("alizeta.ouattara", address, "work-proposed");
    await context.close();
    const second = await as("alizeta.ouattara");
    await second.page.goto(address);
    assert.match(await second.page.innerText("main"), /L’avis, tel qu’il partira[\s\S]*Sans réseau pendant ces travaux/u);
    await second.page.click("main button:text-is('Approuver et prévenir')");
    assert.match(await second.page.innerText("main"), /approuvés[\s\S]*Avis \(\d+\)/u);
    await until("the notices", async () => (await house.world.owner("select count(*)::int as n from network.work_notice where state = 'due'")).rows[0].n as number, (n) => n === 0); // prettier-ignore
    await second.context.close();
    await looked("alizeta.ouattara", address, "work");
    const court = await as("hamidou.kafando");
    await court.page.goto("/console/raccordement");
    assert.match(await court.page.innerText("main"), /Travaux annoncés[\s\S]*coupée/u);
    await court.context.close();
  });

  it("an alarm with its cause, its ticket, and the institution that reports the same", async () => {
    const m = await house.world.owner("select id from network.node where until is null and kind = 'site' and id like 'tgi-%'");
    const down = m.rows.map((r: { id: string }) => r.id);
    await alarmRow(house.world, { id: uuid(1), element: "c1", began: new Date(Date.now() - 1_800_000).toISOString(), down });
    await house.world.owner(`update network.alarm set spans = '{c1,c2}', explanation = '{"fr":"La liaison est coupée\u202f: ses deux extrémités ne se voient plus.","en":"The span is cut."}' where id = $1`, [uuid(1)]); // prettier-ignore
    await until("the ticket", async () => (await house.world.owner("select count(*)::int as n from network.ticket")).rows[0].n as number, (n) => n === 1, 60); // prettier-ignore
    const court = await as("hamidou.kafando");
    await court.page.goto("/console");
    await court.page.click("nav >> text=Mon raccordement");
    assert.match(await court.page.innerText("main"), /sans réseau\s+depuis le/u);
    await court.page.click("summary:text-is('Signaler un site sans réseau')");
    await court.page.fill("[name=text]", "Plus rien depuis l’audience de ce matin.");
    await court.page.click("main button:text-is('Signaler')");
    assert.match(await court.page.innerText("main"), /Pas de réseau[\s\S]*Coupure[\s\S]*Réponse promise avant[\s\S]*audience de ce matin/u);
    const ticket = new URL(court.page.url()).pathname;
    const { page, context } = await as("rodrigue.zerbo");
    await page.goto("/console/reseau/alarmes");
    await page.click("main table a >> nth=0");
    assert.match(await page.innerText("main"), /Ce qui est constaté[\s\S]*Déroulement[\s\S]*Sites sans réseau/u);
    await page.goto("/console/reseau/tickets");
    assert.match(await page.innerText("main"), /Signalements \(2\)/u);
    await page.goto(ticket);
    await page.click("main button:text-is('Prendre en charge')");
    await page.fill("#note", "Une équipe part de Koudougou.");
    await page.click("main button:text-is('Ajouter')");
    await page.fill("#note", "Prévenir le sous-traitant");
    await page.check("#internal");
    await page.click("main button:text-is('Ajouter')");
    assert.match(await page.innerText("main"), /pris en charge[\s\S]*sous-traitant/u);
    await court.page.goto(ticket);
    const seen = await court.page.innerText("main");
    assert.match(seen, /Une équipe part de Koudougou/u);
    assert.doesNotMatch(seen, /sous-traitant/u);
    for (const path of ["/console/reseau/alarmes", `/console/reseau/alarmes/${uuid(1)}`, "/console/reseau/tickets", ticket])
      await looked(
        "rodrigue.zerbo",
        path,
        path
          .split("/")
          .slice(3, 5)
          .join("-")
          .replace(/-[0-9a-f-]{36}/, "-one"),
      );
    await looked("hamidou.kafando", "/console/raccordement", "own");
    await court.page.goto("/console/reseau/travaux");
    assert.match(await court.page.innerText("body"), /ne donne pas accès|n’y donne pas droit|rôle/u);
    await context.close();
    await court.context.close();
  });

  it("a month's service levels: closed, sealed, downloaded; an institution reads its own and no other", async () => {
    const now = new Date();
    const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1));
    const month = last.toISOString().slice(0, 7);
    const at = (hours: number) => new Date(last.getTime() + hours * 3_600_000).toISOString();
    await alarmRow(house.world, { id: uuid(2), element: "c2", began: at(50), ended: at(80), down: ["tgi-koudougou"] });
    const { page, context } = await as("rodrigue.zerbo");
    await page.goto(`/console/reseau/engagements?mois=${month}`);
    assert.match(await page.innerText("main"), /provisoire[\s\S]*Tribunal/u);
    await looked("rodrigue.zerbo", `/console/reseau/engagements?mois=${month}`, "levels");
    await looked("rodrigue.zerbo", `/console/reseau/engagements/bf-tgi-koudougou?mois=${month}`, "level");
    await looked("rodrigue.zerbo", "/console/reseau/sites/tgi-koudougou/mesures", "history");
    await context.close();
    const court = await as("hamidou.kafando");
    await court.page.goto(`/console/reseau/engagements/bf-tgi-koudougou?mois=${month}`);
    assert.match(await court.page.innerText("main"), /Sans réseau[\s\S]*30\s*h[\s\S]*Coupure/u);
    await court.page.goto(`/console/reseau/engagements/bf-oni?mois=${month}`);
    assert.match(await court.page.innerText("body"), /Il n’y a pas de relevé/u);
    await court.context.close();
  });
});
