/** The console's page of connected databases and files, over a register that fails and files that are refused. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { exchange } from "#exchange";
import { memoryRows } from "#exchange/conformance";
import { dropFolder, postgresRows } from "#exchange/ports";
import { type Caller, defineModule, provide } from "#kernel";
import { readMyAccount } from "#identity/api";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { apps } from "../../apps/server/house.ts";
import { filesOfFolders } from "../../drivers/rows-file/index.ts";
import { again, axe, browserMissing, closeBrowser, overflow, picture, visit } from "../browser.ts";
import { freePort } from "../live-house.ts";
import { fileService, giveRight, line, office, publishFile, publishView, question, type Register, viewService } from "./connectors.ts";

const path = "/console/echanges/sources";

/** The console greets who is signed in: all it needs of the module that knows accounts. */
const account = {
  account: "00000000-0000-4000-8000-000000000001",
  kind: "official" as const,
  name: "Awa Sanou",
  username: "awa.sanou",
  person: null,
  level: "substantial" as const,
  reachable: "substantial" as const,
  phones: [],
  proof: { state: "none" as const },
  passkeys: [],
  totp: true,
  sessions: [],
};
const greeter = defineModule({ name: "identity", floor: 0, handlers: [{ contract: readMyAccount, handler: async () => account }] });

describe("connected sources in the console", { skip: browserMissing, timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "toguna-sources-"));
  const register: Register = { asked: [], tables: { naissances: [line("001")] } };
  let w: World;
  let origin: string;
  let caller: Caller = { kind: "stranger" };
  before(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    w = await world({
      modules: [registry, trust, exchange, greeter],
      apps,
      guard: { identify: async () => caller },
      drivers: [testKeys, provide(postgresRows, () => memoryRows(register)), provide(dropFolder, () => filesOfFolders)],
      env: {
        TOGUNA_ORIGIN: origin,
        TOGUNA_CONNECTOR_REGISTRE_URL: "postgres://registre:secret@memory/registre",
        TOGUNA_CONNECTOR_REGISTRE_INSTITUTION: office,
        TOGUNA_CONNECTOR_NUIT_FOLDER: folder,
        TOGUNA_CONNECTOR_NUIT_INSTITUTION: office,
      },
    });
    await w.http.listen({ port, host: "127.0.0.1" });
    caller = w.clerk(office, ["exchange.manage-services", "exchange.read-rights"]);
  });
  after(async () => {
    await closeBrowser();
    await w.close();
    rmSync(folder, { recursive: true });
  });
  const at = async (o: { js?: boolean; width?: number; dark?: boolean } = {}): Promise<Page> =>
    (await visit({ origin, js: false, cookies: { toguna: "any" }, ...o })).page;
  const text = (page: Page) => page.innerText("main");
  const put = (name: string, lines: string[]) => {
    writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
    utimesSync(join(folder, name), w.clock.now(), w.clock.now());
  };
  const day = () => w.clock.today();

  it("says what is not there, then what answers, fails, is late or was refused and why, without values", async () => {
    const page = await at();
    await page.goto(path);
    assert.match(await text(page), /Aucun service relié/u);
    await publishView(w);
    await publishFile(w);
    await giveRight(w, viewService, null);
    await again(page);
    assert.match(await text(page), /aucun fichier pris encore/u);

    register.fault = { kind: "trouble", trouble: "credentials" };
    await question(w, viewService, { nip: "001" });
    put(`naissances-${day()}.csv`, ["NIP;NOM;NE_LE;POIDS;SEXE", "001;Ouédraogo;28/02/1990;3,25;F"]);
    await w.sweep("exchange.dropped-files");
    w.clock.advance(30);
    await w.sweep("exchange.dropped-files");
    w.clock.advance(60);
    put(`naissances-${day()}.csv`, ["NIP;NOM;NE_LE;POIDS;SEXE", "001;Secret;30/02/1990;3,25;F", "002;;;;X"]);
    await w.sweep("exchange.dropped-files");
    w.clock.advance(30);
    await w.sweep("exchange.dropped-files");
    await again(page);
    assert.match(await text(page), /la base refuse le compte de lecture[\s\S]*Dernier fichier refusé[\s\S]*des lignes sont fausses/u);
    await page.click(`main article:has-text("${viewService}") >> text=Essayer maintenant`);
    assert.match(await text(page), /La source est là|ne répond pas comme prévu/u);
    await page.goto(`${path}/fichiers?service=${encodeURIComponent(fileService)}`);
    const report = await text(page);
    assert.match(report, /en vigueur[\s\S]*NE_LE[\s\S]*valeur d’un autre type[\s\S]*valeur obligatoire absente/u);
    assert.ok(!report.includes("Secret"));
    assert.ok(!(await page.content()).includes("secret"));
  });

  it("is sound at 360 px and on a desk, light and dark, in both languages", async () => {
    for (const where of [path, `${path}/fichiers?service=${encodeURIComponent(fileService)}`])
      for (const o of [
        { js: true, width: 360 },
        { js: true, width: 360, dark: true },
        { js: true, width: 1280 },
      ]) {
        const page = await at(o);
        await page.goto(`${where}${where.includes("?") ? "&" : "?"}lang=${o.dark ? "en" : "fr"}`);
        assert.deepEqual(await axe(page), [], where);
        assert.equal(await overflow(page), 0, where);
        if (where === path) await picture(page, `sources-${o.width}${o.dark ? "-dark" : ""}`);
        else await picture(page, `drops-${o.width}${o.dark ? "-dark" : ""}`);
      }
  });

  it("is closed to who does not hold the permission, and shows another institution nothing", async () => {
    const mine = caller;
    caller = w.clerk(office, ["exchange.read-rights"]);
    assert.equal((await fetch(`${origin}${path}`, { headers: { cookie: "toguna=any" } })).status, 403);
    caller = w.clerk("bf-min-justice", ["exchange.manage-services"]);
    assert.ok(!(await (await fetch(`${origin}${path}`, { headers: { cookie: "toguna=any" } })).text()).includes("naissances"));
    const other = await fetch(`${origin}${path}/fichiers?service=${encodeURIComponent(fileService)}`, {
      headers: { cookie: "toguna=any" },
    });
    assert.equal(other.status, 404);
    caller = mine;
  });
});
