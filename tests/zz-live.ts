import { liveHouse } from "./live-house.ts";
import { axe, closeBrowser, overflow, visit } from "./browser.ts";
import { demoPassword } from "../apps/server/demo.ts";
const house = await liveHouse();
console.log("house at", house.origin);
const only = process.argv[2] ? new RegExp(process.argv[2]) : undefined;
async function signIn(username: string, o: { dark?: boolean; width?: number; lang?: "fr"|"en" } = {}) {
  const v = await visit({ origin: house.origin, ...o });
  v.page.on("console", (m) => m.type() === "error" && console.log("console:", m.text()));
  v.page.on("pageerror", (e) => console.log("pageerror:", e.message));
  const { officials } = await (await fetch(`${house.origin}/api/identity/demo/codes`)).json() as { officials: { username: string; code: string }[] };
  const code = officials.find((x) => x.username === username)!.code;
  await v.page.goto("/bureau/connexion");
  await v.page.fill("[name=username]", username); await v.page.fill("[name=password]", demoPassword); await v.page.fill("[name=code]", code);
  await v.page.click("main form button");
  await v.page.waitForLoadState();
  if (v.page.url().includes("connexion")) console.log("SIGN IN FAILED", username, (await v.page.innerText("main")).slice(0, 400));
  return v;
}
const pages: [string, [string, string][]][] = [
  ["rodrigue.zerbo", [["home", "/bureau"], ["health", "/console/etat"], ["institutions", "/console/institutions"], ["inst-courts", "/console/institutions?type=court-first-instance"], ["inst-q", "/console/institutions?q=koudougou"], ["inst-one", "/console/institutions/bf-tgi-koudougou"], ["messages", "/console/messages"], ["payments", "/console/paiements"], ["exchange", "/console/echanges"], ["rights", "/console/echanges/droits"], ["ledger", "/console/journal"], ["proof", "/console/journal?fait=3"], ["certs", "/console/certificats"]]],
  ["clementine.thiombiano", [["audit-facts", "/console/faits"], ["log", "/console/echanges/journal"]]],
  ["hamidou.kafando", [["roles", "/console/roles"]]],
  ["boureima.sawadogo", [["queue", "/bureau/dossiers"], ["account", "/bureau/compte"], ["forbidden", "/console/etat"], ["role", "/bureau/role"]]],
  ["pauline.bamogo", [["hand", "/bureau/demandes"]]],
  ["seydou.konate", [["counter", "/bureau/guichet"]]],
];
try {
  for (const [user, list] of pages) {
    if (only && !list.some(([n]) => only.test(n))) continue;
    const v = await signIn(user);
    const cookies = Object.fromEntries((await v.context.cookies()).map((c) => [c.name, c.value]));
    for (const [name, path] of list) {
      if (only && !only.test(name)) continue;
      const r = await v.page.goto(path);
      console.log(user, name, r?.status(), v.page.url());
      for (const a of await axe(v.page)) console.log("  AXE", a);
      if ((await overflow(v.page)) > 0) console.log("  OVERFLOW", await overflow(v.page));
      await v.page.screenshot({ path: `/tmp/toguna/shots/c/${name}.png`, fullPage: true });
      const ph = await visit({ origin: house.origin, width: 360, cookies });
      await ph.page.goto(path);
      for (const a of await axe(ph.page)) console.log("  AXE phone", a);
      if ((await overflow(ph.page)) > 0) console.log("  OVERFLOW phone", await overflow(ph.page));
      await ph.page.screenshot({ path: `/tmp/toguna/shots/c/${name}-phone.png`, fullPage: true });
      await ph.context.close();
      if (only) { const dk = await visit({ origin: house.origin, dark: true, cookies, lang: "en" }); await dk.page.goto(path); for (const a of await axe(dk.page)) console.log("  AXE dark", a); await dk.page.screenshot({ path: `/tmp/toguna/shots/c/${name}-dark.png`, fullPage: true }); await dk.context.close(); }
    }
    await v.context.close();
  }
} finally { await closeBrowser(); await house.close(); }
process.exit(0);
