/** The clerk's half of the journeys: a paid case to work on, and an official signed in to the desk. */
import type { Page } from "playwright-core";
import { freshCode, until, type Client } from "../client.ts";
import { visit, type Visit } from "../browser.ts";
import type { LiveHouse } from "../live-house.ts";
import { demoPassword } from "../../apps/server/demo.ts";
import { readCase, readyCase, submit, type CaseOver } from "./api.ts";

export const procedure = "casier-judiciaire-b3";
export const answers = { purpose: "competition", hasOtherNames: "no", truth: "on" };
let payer = 0;

/** Pays as a citizen does: a code from her operator's handset, typed on our page. Each time from another telephone. */
export async function pay(house: LiveHouse, c: Client, number: string): Promise<CaseOver> {
  const { fees } = await readCase(c, number);
  const phone = `+2267000${String(5000 + payer++)}`;
  const handset = await fetch(`${house.sandbox.url}/money`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ operator: "orange-money", phone, amount: String(fees.total), behaviour: "prompt" }),
  });
  const { otp } = (await handset.json()) as { otp: string };
  await c.post(`/api/services/cases/${number}/payments`, { operator: "orange-money", phone, otp });
  return until(
    "the payment",
    () => readCase(c, number),
    (now) => now.state === "submitted",
    60,
  );
}

/** Evidence received, answers given, fee paid: in the office's queue. */
export async function paidCase(house: LiveHouse, c: Client): Promise<CaseOver> {
  const { number } = await readyCase(c, procedure, answers);
  await submit(c, number);
  return pay(house, c, number);
}

/** Signs in on the page itself, keys only. */
export async function officialAt(house: LiveHouse, username: string, o: Partial<Visit> = {}): Promise<Page> {
  const { page } = await visit({ origin: house.origin, ...o });
  await page.goto("/bureau");
  await page.focus("[name=username]");
  await page.keyboard.type(username);
  await page.keyboard.press("Tab");
  await page.keyboard.type(demoPassword);
  await page.keyboard.press("Tab");
  await page.keyboard.type(await freshCode(house.origin, username));
  await Promise.all([page.waitForURL((url) => !url.pathname.endsWith("/connexion")), page.keyboard.press("Enter")]);
  return page;
}

/** One key that leads to another page, or to the same one anew. */
export async function press(page: Page, key: string): Promise<void> {
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.keyboard.press(key)]);
}
