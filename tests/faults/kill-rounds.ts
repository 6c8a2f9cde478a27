/** Rounds of kill -9 while citizens start cases, pay, and a clerk decides and signs; then the books are compared. */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { client, HttpProblem, signInOfficial, type Client } from "../client.ts";
import { crowd } from "../crowd.ts";
import { citizen, type Known } from "../journeys/api.ts";
import { people } from "../people.ts";
import { compareBooks } from "./books.ts";
import { program } from "./program.ts";
import { seeded } from "./seeded.ts";
import { walk, type Walk } from "./walker.ts";

export interface KillResult {
  kills: number;
  answered: number;
  issued: number;
  lost: string[];
  doubled: string[];
  ledger: string;
}

const behaviours = ["twice", "reordered", "cut", "never", "late", "later", "prompt"];

export async function killRounds(o: { rounds: number; seed: number; walks: number }): Promise<KillResult> {
  const random = seeded(o.seed);
  const p = await program();
  const answers = new Map<string, string>();
  const open = new Map<string, Client>();
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
    const cast = {
      citizen: await citizen(p.origin, people("bf").citizen as Known),
      clerk: await signInOfficial(p.origin, people("bf").official("court-clerk").login),
      sandbox: p.sandbox,
      procedure: people("bf").procedure,
    };
    const walks: Walk[] = Array.from({ length: o.walks }, (_, i) => ({
      id: randomUUID(),
      behaviour: behaviours[i % behaviours.length] as string,
      attempts: 0,
      done: false,
    }));
    let stop = false;
    const walking = Promise.all(walks.map((w) => walk(w, cast, () => stop, 60 + o.rounds * 30)));
    walking.catch(() => (stop = true)); // reported where it is awaited
    for (let round = 0; round < o.rounds && !stop; round++) {
      const tokens = await crowd(p.ownerUrl(), 200);
      let killed = false;
      const clients = Array.from({ length: 4 }, async () => {
        for (let token = tokens.pop(); token && !killed; token = tokens.pop()) {
          const c = client(p.origin, token);
          const key = randomUUID();
          open.set(key, c);
          await send(c, key).catch((error: unknown) => {
            if (error instanceof HttpProblem && error.status !== 503) throw error;
          });
        }
      });
      await wait(200 + random() * 2500);
      await p.kill();
      kills++;
      killed = true;
      await Promise.all(clients);
      await p.start();
      // what had no answer is asked again, under its own key
      for (const [key, c] of open) await send(c, key);
    }
    await walking;
    if (new Set(answers.values()).size !== answers.size) doubled.push("two keys share a case");
    const wrong = await compareBooks(p.ownerUrl(), p.sandbox, walks);
    lost.push(...wrong);
    const there = await p.count("select count(*)::int n from services.case_file");
    if (there !== answers.size + walks.length) doubled.push(`${there} cases for ${answers.size + walks.length} commands`);
    const facts = await p.count("select count(distinct subject)::int n from kernel.fact where type = 'services.case-started'");
    if (facts !== there) lost.push(`${facts} cases have their fact, ${there} exist`);
    const ledger = await p.command("verify-ledger");
    if (ledger.code !== 0) lost.push(`the ledger does not verify: ${ledger.text.slice(-500)}`);
    return { kills, answered: answers.size, issued: walks.filter((w) => w.done).length, lost, doubled, ledger: ledger.text.trim() };
  } finally {
    await p.close();
  }
}
