import { browser, closeBrowser } from "../browser.ts";
import type { LiveHouse } from "../live-house.ts";

/** Bytes over the wire of a first visit (all requests, compressed, headers left out) and of the pages after it. */
export async function measurePages(
  house: LiveHouse,
  paths: readonly string[],
): Promise<{ path: string; bytes: number; requests: number }[]> {
  const context = await (await browser()).newContext({ locale: "fr-FR" });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  const out: { path: string; bytes: number; requests: number }[] = [];
  let bytes = 0;
  let requests = 0;
  const cached = new Set<string>();
  cdp.on("Network.requestServedFromCache", (e: { requestId: string }) => cached.add(e.requestId));
  cdp.on("Network.loadingFinished", (e: { requestId: string; encodedDataLength: number }) => {
    if (cached.has(e.requestId)) return;
    requests++;
    bytes += e.encodedDataLength;
  });
  for (const path of paths) {
    bytes = 0;
    requests = 0;
    await page.goto(house.origin + path, { waitUntil: "networkidle" });
    out.push({ path, bytes, requests });
  }
  await context.close();
  return out;
}

/** Seconds until the page can be used (its own load event) on 50 kbit/s with 400 ms delay, cold cache. */
export async function measureSlow(house: LiveHouse, path: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const context = await (await browser()).newContext({ locale: "fr-FR" });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 400,
      downloadThroughput: 50_000 / 8,
      uploadThroughput: 50_000 / 8,
    });
    const began = performance.now();
    await page.goto(house.origin + path, { waitUntil: "load" });
    times.push((performance.now() - began) / 1000);
    await context.close();
  }
  return times.sort((a, b) => a - b)[1] ?? Number.NaN;
}

export { closeBrowser };
