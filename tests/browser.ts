import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const places = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executable = places.find((path) => path && existsSync(path));

/** One line for whoever lacks it; in CI a missing browser is a failure, elsewhere a skip. */
export const browserMissing: string | false = executable
  ? false
  : "Chromium is needed for this test: apt-get install chromium, or set CHROMIUM to its path";
if (browserMissing && process.env.CI) throw new Error(browserMissing);

let running: Promise<Browser> | undefined;

/** One Chromium a process; it talks to nobody but the pages under test. */
export function browser(): Promise<Browser> {
  running ??= chromium.launch({
    executablePath: executable as string,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return running;
}

export async function closeBrowser(): Promise<void> {
  await (await running)?.close();
  running = undefined;
}

export interface Visit {
  origin: string;
  /** false: the journeys of people whose browser runs no script. */
  js?: boolean;
  lang?: "fr" | "en";
  width?: number;
  dark?: boolean;
  cookies?: Record<string, string>;
}

/** A context of its own (cookies apart) with one page; anything asked of another origin is refused and remembered. */
export async function visit(o: Visit): Promise<{ page: Page; context: BrowserContext; strangers: string[] }> {
  const context = await (
    await browser()
  ).newContext({
    baseURL: o.origin,
    locale: o.lang === "en" ? "en-GB" : "fr-FR",
    javaScriptEnabled: o.js ?? true,
    viewport: { width: o.width ?? 1280, height: (o.width ?? 1280) < 600 ? 740 : 900 },
    colorScheme: o.dark ? "dark" : "light",
  });
  const strangers: string[] = [];
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url.startsWith(`${o.origin}/`) || url.startsWith("data:") || url.startsWith("blob:")) return route.continue();
    strangers.push(url);
    return route.abort();
  });
  for (const [name, value] of Object.entries(o.cookies ?? {})) await context.addCookies([{ name, value, url: o.origin }]);
  return { page: await context.newPage(), context, strangers };
}

/** Draws the page once more. A page that redraws itself may do so at the same moment: the browser then drops one of the two. */
export async function again(page: Page): Promise<void> {
  for (let left = 5; ; left--) {
    try {
      await page.goto(page.url());
      return;
    } catch (error) {
      if (left === 1) throw error;
      await page.waitForTimeout(150);
    }
  }
}

const axeSource = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
let axeText: string | undefined;

/** Violations of WCAG 2.2 A and AA and of axe's good practice, one line each; empty is the only good answer. */
export async function axe(page: Page): Promise<string[]> {
  axeText ??= readFileSync(axeSource, "utf8");
  // Styles decide sizes and contrast: never judge a page before it is whole.
  await page.waitForLoadState("load");
  // Through the debugger, not a script element: the page's own content security policy stays on.
  await page.evaluate(axeText);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(context: unknown, options: unknown): Promise<{ violations: Violation[] }> } }).axe
      .run;
    interface Violation {
      id: string;
      help: string;
      nodes: { html: string; failureSummary?: string }[];
    }
    const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await run(document, { runOnly: rules });
    return violations.map(
      (v) => `${v.id}: ${v.help} (${v.nodes.length}) ${v.nodes[0]?.html.slice(0, 200)} ${v.nodes[0]?.failureSummary ?? ""}`,
    );
  });
}

/** Pixels the page is wider than its window; more than 0 means scrolling sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** A picture in tests/.out, for people to look at; none in CI, where nobody would. */
export async function picture(page: Page, name: string): Promise<string> {
  const folder = new URL("./.out/", import.meta.url);
  const path = new URL(`${name}.png`, folder).pathname;
  if (process.env.CI) return path;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path, fullPage: true });
  return path;
}
