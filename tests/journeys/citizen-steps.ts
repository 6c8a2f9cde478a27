/** A citizen's steps on the portal's own pages, by what she reads on them; and, by API, the clerk's answers she waits for. */
import type { Locator, Page } from "playwright-core";
import { inbox, signInOfficial, until, type Client } from "../client.ts";
import type { LiveHouse } from "../live-house.ts";
import type { DemoPerson } from "../people.ts";

export const procedureSlug = "casier-judiciaire-b3";

/** Waits as a person does: with script the page renews itself, without she presses "Actualiser maintenant". */
export async function waitFor(page: Page, wanted: Locator, js: boolean, seconds = 60): Promise<void> {
  for (let i = 0; i < seconds * 2; i++) {
    if (await wanted.count()) return;
    await page.waitForTimeout(500);
    if (!js)
      await page
        .getByRole("link", { name: "Actualiser maintenant" })
        .click({ timeout: 2_000 })
        .catch(() => undefined);
  }
  throw new Error(`never came: ${wanted}; the page says ${(await page.innerText("main")).slice(0, 600)}`);
}

/** Telephone, code from the demonstration's phone page, identity by the register. Ends where she was going. */
export async function signIn(house: LiveHouse, page: Page, who: DemoPerson, js: boolean): Promise<void> {
  const before = (await inbox(house.origin, who.phone).catch(() => ({ messages: [] }))).messages.length;
  await page.getByLabel("Numéro de téléphone").fill(who.phone);
  await page.getByRole("button", { name: "Recevoir le code" }).click();
  const { messages } = await until(
    "the code's SMS",
    () => inbox(house.origin, who.phone).catch(() => ({ messages: [] as { text: string; at: string }[] })),
    (box) => box.messages.length > before,
  );
  const code = /\b(\d{6})\b/.exec(messages.at(-1)?.text ?? "")?.[1] as string;
  await page.getByLabel("Code à usage unique").fill(code);
  await page.getByRole("button", { name: "Continuer" }).click();
  if (!page.url().includes("/compte/identite")) return;
  const matched = page.getByRole("heading", { name: "Le registre vous reconnaît" });
  if (!(await matched.count())) {
    await page.getByLabel("Numéro d’identification personnel").fill(who.nip);
    const [year, month, day] = who.birth.date.split("-") as [string, string, string];
    await page.getByLabel("Jour").fill(day);
    await page.getByLabel("Mois").fill(month);
    await page.getByLabel("Année").fill(year);
    await page.getByRole("button", { name: "Demander au registre" }).click();
    await waitFor(page, matched, js);
  }
  await page.getByRole("button", { name: "Continuer" }).click();
}

/** From the procedure's page to a draft whose evidence has been asked for. Answers the case's number. */
export async function openCase(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Ouvrir mon dossier" }).click();
  const number = new URL(page.url()).pathname.split("/").at(-1) as string;
  await page.getByRole("link", { name: "Continuer" }).click();
  await page.getByRole("button", { name: "J’ai compris, demandez ces papiers" }).click();
  return number;
}

export async function answerQuestions(page: Page): Promise<void> {
  await page.getByLabel("Un concours").check();
  await page.getByLabel("Non", { exact: true }).check();
  await page.getByLabel(/Je déclare/).check();
  await page.getByRole("button", { name: "Continuer" }).click();
}

let payer = 0;

/** A code made on the operator's simulated handset, typed on our page. `behaviour` is how the operator will answer. */
export async function pay(house: LiveHouse, page: Page, behaviour: string): Promise<void> {
  const phone = `+2267001${String(1000 + payer++)}`;
  const amount = (/([\d\s\u00a0\u202f]+)F/.exec(await page.innerText("h1"))?.[1] ?? "").replace(/\D/g, "");
  const made = await fetch(`${house.sandbox.url}/money`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ operator: "orange-money", phone, amount, behaviour }),
  });
  const { otp } = (await made.json()) as { otp: string };
  await page.getByLabel(/Orange Money/).check();
  await page.getByLabel("Numéro qui paie").fill(phone);
  await page.getByLabel(/Code à usage unique/).fill(otp);
  await page.getByRole("button", { name: "Payer maintenant" }).click();
}

interface DeskCase {
  version: number;
  search: { state: string; candidates: { id: string }[] };
  grounds: { code: string }[];
}
const desk = (number: string) => `/api/services/desk/cases/${number}`;
const readDesk = (clerk: Client, number: string) => clerk.get<DeskCase>(desk(number));

/** One session for all: a TOTP code opens one, and not a second within its thirty seconds. */
const clerks = new Map<string, Promise<Client>>();

export async function claim(house: LiveHouse, number: string): Promise<Client> {
  const signedIn = clerks.get(house.origin) ?? signInOfficial(house.origin, "boureima.sawadogo");
  clerks.set(house.origin, signedIn);
  const clerk = await signedIn;
  await clerk.post(`${desk(number)}/claim`, { version: (await readDesk(clerk, number)).version });
  return clerk;
}

/** The register searched, the homonyms told apart, "néant" concluded and signed. */
export async function grant(house: LiveHouse, number: string): Promise<void> {
  const clerk = await claim(house, number);
  await clerk.post(`${desk(number)}/register-search`, { version: (await readDesk(clerk, number)).version });
  const found = await until(
    "the register",
    () => readDesk(clerk, number),
    (one) => one.search.state === "done",
  );
  for (const { id } of found.search.candidates)
    await clerk.post(`${desk(number)}/candidates/${id}`, {
      version: (await readDesk(clerk, number)).version,
      verdict: "other-person",
      reason: "Autre date de naissance",
    });
  await clerk.post(`${desk(number)}/conclusion`, { version: (await readDesk(clerk, number)).version, outcome: "none" });
  await clerk.post(`${desk(number)}/signature`, { version: (await readDesk(clerk, number)).version });
}

export async function sendBack(clerk: Client, number: string, message: string): Promise<void> {
  await clerk.post(`${desk(number)}/correction-request`, {
    version: (await readDesk(clerk, number)).version,
    note: "Merci de préciser.",
    fields: [{ path: "purpose", message }],
  });
}

export async function refuse(clerk: Client, number: string, explanation: string): Promise<void> {
  const now = await readDesk(clerk, number);
  await clerk.post(`${desk(number)}/refusal`, { version: now.version, grounds: [now.grounds[0]?.code], explanation });
  await clerk.post(`${desk(number)}/signature`, { version: (await readDesk(clerk, number)).version });
}
