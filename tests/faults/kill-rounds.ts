import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { HttpProblem, type Client } from "../client.ts";
import { citizen, type Known } from "../journeys/api.ts";
import { people } from "../people.ts";
import { program } from "./program.ts";

export interface KillResult {
  kills: number;
  answered: number;
  unanswered: number;
  lost: string[];
  doubled: string[];
  ledger: string;
}

/** A small generator, so that a failing run can be repeated (mulberry32). */
function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export async function killRounds(o: { rounds: number; seed: number }): Promise<KillResult> {
  const random = seeded(o.seed);
  const p = await program();
  const answers = new Map<string, string>();
  const open = new Set<string>();
  const lost: string[] = [];
  const doubled: string[] = [];
  let kills = 0;
  const send = async (c: Client, key: string) => {
    const { number } = await c.post<{ number: string }>("/api/services/cases", { procedure: people("bf").procedure }, key);
    const before = answers.get(key);
    if (before && before !== number) doubled.push(`${key}: ${before} and ${number}`);
    answers.set(key, number);
    open.delete(key);
  };
  try {
    await p.start();
    const c = await citizen(p.origin, people("bf").citizen as Known);
    for (let round = 0; round < o.rounds; round++) {
      let stop = false;
      const clients = Array.from({ length: 4 }, async () => {
        while (!stop) {
          const key = randomUUID();
          open.add(key);
          await send(c, key).catch(async (error: unknown) => {
            if (error instanceof HttpProblem && error.status < 500 && error.status !== 401) throw error;
            await wait(20);
          });
        }
      });
      await wait(100 + random() * 1200);
      await p.kill();
      kills++;
      stop = true;
      await Promise.all(clients);
      await p.start();
      // what had no answer is asked again under its own key, and so are some that had one
      for (const key of [...open, ...[...answers.keys()].slice(-5)]) await send(c, key);
    }
    const { cases } = await c.get<{ cases: { number: string }[] }>("/api/services/cases");
    const there = new Set(cases.map((k) => k.number));
    for (const number of answers.values()) if (!there.has(number)) lost.push(number);
    if (new Set(answers.values()).size !== answers.size) doubled.push("two keys share a case");
    if (there.size !== answers.size) doubled.push(`${there.size} cases for ${answers.size} commands`);
    const ledger = await p.command("verify-ledger");
    if (ledger.code !== 0) lost.push(`the ledger does not verify: ${ledger.text.slice(-500)}`);
    return { kills, answered: answers.size, unanswered: open.size, lost, doubled, ledger: ledger.text.trim() };
  } finally {
    await p.close();
  }
}
