/**
 * Which of an institution's servers is asked first: the one that answered a moment ago; else all are knocked at, one a little
 * after the other, and the fastest is asked (as X-Road chooses). Only knocks are repeated, never a message.
 */
import type { JobContext } from "#kernel";
import { perProgram } from "../memory/program.ts";
import { hearAway } from "../servers/book.ts";
import { readAway } from "./away.ts";
import { requestOn } from "./dial.ts";

export const readyPath = "/ready";
/** Milliseconds an answer proves that its server is there. */
const fresh = 2000;
const apart = 150;
const patience = 2500;

interface Known {
  server: string;
  at: number;
}
const last = perProgram(() => new Map<string, Known>());
const races = perProgram(() => new Map<string, Promise<string | undefined>>());
const nameOf = (servers: readonly string[]): string => servers.join(" ");

/** All of them, the first to be tried first. */
export async function inOrder(j: JobContext, servers: readonly string[]): Promise<readonly string[]> {
  if (servers.length < 2) return servers;
  const name = nameOf(servers);
  const known = last(j).get(name);
  if (known && performance.now() - known.at < fresh) return first(servers, known.server);
  const all = races(j);
  let run = all.get(name);
  if (!run) all.set(name, (run = race(j, servers).finally(() => all.delete(name))));
  const fastest = await run;
  return fastest === undefined ? servers : first(servers, fastest);
}

const first = (servers: readonly string[], one: string): readonly string[] => [one, ...servers.filter((other) => other !== one)];

/** That server has just answered; or has not, and the next who asks knocks anew. */
export function heardFrom(j: JobContext, servers: readonly string[], server: string, answered: boolean): void {
  if (servers.length < 2) return;
  const name = nameOf(servers);
  if (answered) last(j).set(name, { server, at: performance.now() });
  else if (last(j).get(name)?.server === server) last(j).delete(name);
}

async function race(j: JobContext, servers: readonly string[]): Promise<string | undefined> {
  // who was asked last is knocked at first: what it has in its memory is warm
  const order = first(servers, last(j).get(nameOf(servers))?.server ?? servers[0]!);
  const over = new AbortController();
  const knocks = order.map(async (server, i) => {
    if (i > 0) await pause(i * apart, over.signal);
    if (over.signal.aborted || !(await knock(j, server))) throw new Error("not there");
    return server;
  });
  try {
    const server = await Promise.any(knocks);
    heardFrom(j, servers, server, true);
    return server;
  } catch {
    return undefined;
  } finally {
    over.abort();
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });

/** Over the connection a message would take. */
async function knock(j: JobContext, server: string): Promise<boolean> {
  try {
    const signal = AbortSignal.any([j.signal, AbortSignal.timeout(patience)]);
    const res = await requestOn(j, server, { method: "GET", path: readyPath, signal });
    if (res.statusCode !== 503) {
      res.resume();
      return true;
    }
    const pieces: Buffer[] = [];
    for await (const one of res as AsyncIterable<Buffer>) pieces.push(one);
    const away = readAway(Buffer.concat(pieces).toString("utf8").slice(0, 4096));
    if (away) hearAway(j, server, away);
    return false;
  } catch {
    return false;
  }
}
