/**
 * `npm run soak -- weak-link [messages] [cut seconds] [loss %] [rate]`: 10,000 messages between two servers in two network
 * namespaces; the link carries 64 kbit/s, loses 30 % of what goes to the gateway, and is cut for ten minutes. Root, ip, tc, nft.
 * Counts at both ends; exit status 1 when one is lost, doubled or out of the order of its key.
 */
import { count } from "../exchange/link/count.ts";
import { echo, justice } from "../exchange/link/echo.ts";
import { linkPair, missing } from "../exchange/link/pair.ts";

export interface WeakLink {
  messages: number;
  cutSeconds: number;
  loss: number;
  rate: string;
}
const pause = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));
const since = (start: number): number => Math.round((Date.now() - start) / 1000);

export async function weakLink(o: WeakLink, said: (text: string) => void): Promise<void> {
  const lacks = missing();
  if (lacks) throw new Error(`the weak link cannot be built here: ${lacks}`);
  const p = await linkPair();
  const start = Date.now();
  try {
    p.lose({ house: 0, gateway: o.loss });
    p.narrow(o.rate);
    const order = { do: "send", keys: 50, size: 300, life: 7 * 86_400, target: echo, client: justice } as const;
    const half = Math.floor(o.messages / 2);
    const refused = await p.ask<number[]>("house", { ...order, from: 0, count: half });
    while (p.visits().length < half / 10) await pause(1);
    said(`weak link: ${p.visits().length} of ${o.messages} delivered after ${since(start)} s; cut for ${o.cutSeconds} s`);
    p.cut(true);
    const cutAt = Date.now();
    refused.push(...(await p.ask<number[]>("house", { ...order, from: half, count: o.messages - half })));
    while (Date.now() - cutAt < o.cutSeconds * 1000) await pause(1);
    p.cut(false);
    const mended = Date.now();
    for (let last = -1; ;) {
      const now = await count(p, o.messages);
      if (now.open === 0) break;
      if (now.open !== last) said(`weak link: ${o.messages - now.open} of ${o.messages} ended, ${since(mended)} s after the cut`);
      last = now.open;
      await pause(30);
    }
    const c = await count(p, o.messages);
    const wrong = [
      ...c.lost.map((id) => `${id} lost`),
      ...c.doubled.map((id) => `${id} doubled`),
      ...c.disordered,
      ...refused.map((s) => `refused with ${s}`),
    ];
    if (wrong.length || c.doubtful || c.states.answered !== o.messages)
      throw new Error(`${JSON.stringify(c.states)}: ${wrong.slice(0, 20).join("; ")}`);
    said(
      `weak link: ${o.messages} messages of 300 B over ${o.rate}, ${o.loss} % lost one way, cut for ${o.cutSeconds} s: all answered ${since(mended)} s after the cut, none lost, none doubled, order kept`,
    );
  } finally {
    await p.close();
  }
}
