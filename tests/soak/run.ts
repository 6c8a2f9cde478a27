/**
 * `npm run soak [-- <minutes>]`: what `npm test` samples, for longer: rounds of kill -9 with new seeds and more cases in
 * flight, long fuzz of every contract, and each fault file again and again. Prints a line a turn and, at the end, the date
 * and the result to be noted in docs/operations/soak.md. Exit status 1 at the first thing lost, doubled or half done.
 * `npm run soak -- large-body [GiB]` alone: one body of 10 GiB each way through two exchange servers, their memory watched.
 * `npm run soak -- weak-link [messages] [cut seconds] [loss %] [rate]` alone: messages over a link that loses, slows and is cut.
 * `npm run soak -- dropped-file [lines]` alone: a nightly file of a million lines, taken whole in bounded memory.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { signInOfficial } from "../client.ts";
import { fuzz } from "../faults/fuzz.ts";
import { killRounds } from "../faults/kill-rounds.ts";
import { program } from "../faults/program.ts";
import { citizen, type Known } from "../journeys/api.ts";
import { people } from "../people.ts";
import { root } from "../tree.ts";
import { droppedFile } from "./dropped-file.ts";
import { largeBody } from "./large-body.ts";
import { weakLink } from "./weak-link.ts";

const said = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
if (process.argv[2] === "large-body") {
  try {
    await largeBody(Number(process.argv[3] ?? 10), said);
    process.exit(0);
  } catch (error) {
    console.error(String(error));
    process.exit(1);
  }
}
if (process.argv[2] === "dropped-file") {
  try {
    await droppedFile(Number(process.argv[3] ?? 1_000_000), said);
    process.exit(0);
  } catch (error) {
    console.error(String(error));
    process.exit(1);
  }
}
if (process.argv[2] === "weak-link") {
  const [messages = 10_000, cutSeconds = 600, loss = 30] = process.argv.slice(3, 6).map(Number);
  try {
    await weakLink({ messages, cutSeconds, loss, rate: process.argv[6] ?? "64kbit" }, (text) => said(text));
    process.exit(0);
  } catch (error) {
    console.error(String(error));
    process.exit(1);
  }
}
const minutes = Number(process.argv[2] ?? 120);
const end = Date.now() + minutes * 60_000;
const firstSeed = Number(process.env.TOGUNA_SEED ?? Date.now() % 1_000_000);
const sum = { kills: 0, cases: 0, acts: 0, fuzzed: 0, faults: 0, turns: 0 };

async function kills(seed: number): Promise<void> {
  const r = await killRounds({ rounds: 8, seed, walks: 7 });
  sum.kills += r.kills;
  sum.cases += r.answered;
  sum.acts += r.issued;
  if (r.lost.length || r.doubled.length) throw new Error(`seed ${seed}: lost ${r.lost.join("; ")}; doubled ${r.doubled.join("; ")}`);
  said(`kill -9: seed ${seed}, ${r.kills} kills, ${r.answered} cases opened, ${r.issued} acts issued, nothing lost or doubled`);
}

async function fuzzing(seed: number): Promise<void> {
  const p = await program();
  try {
    await p.start();
    const { citizen: who, official } = people("bf");
    const c = await citizen(p.origin, who as Known);
    const tokens = [c.token];
    for (const role of ["court-clerk", "operator", "auditor", "institution-administrator"])
      tokens.push((await signInOfficial(p.origin, official(role).login)).token);
    const { number } = await c.post<{ number: string }>("/api/services/cases", { procedure: people("bf").procedure });
    const r = await fuzz({ origin: p.origin, tokens, each: 60, seed, known: [number] });
    sum.fuzzed += r.requests;
    if (r.wrong.length) throw new Error(`seed ${seed}: ${r.wrong.join("\n")}`);
    said(`fuzz: seed ${seed}, ${r.requests} requests to ${r.contracts} contracts, answers ${JSON.stringify(r.statuses)}`);
  } finally {
    await p.close();
  }
}

function file(name: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--test", join(root, "tests", name)], {
      cwd: root,
      env: { ...process.env, TOGUNA_FUZZ_REQUESTS: "50000", TOGUNA_SOAK: "1" },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
    child.on("exit", (code) => {
      sum.faults++;
      if (code !== 0) return fail(new Error(`${name}:\n${text.slice(-4000)}`));
      said(`${name}: passed`);
      done();
    });
  });
}

let result = "nothing lost, doubled or half done";
try {
  for (let seed = firstSeed; Date.now() < end; seed++, sum.turns++) {
    await kills(seed);
    if (Date.now() < end) await fuzzing(seed);
    for (const name of ["faults/database.test.ts", "faults/disk.test.ts", "faults/clock.test.ts"]) if (Date.now() < end) await file(name);
    if (Date.now() < end) await file("../kernel/reconcile/reconcile.test.ts");
    if (Date.now() < end) await file("network/fabric-living.test.ts");
    for (const name of [
      "exchange/hostile.test.ts",
      "exchange/r1-kill.test.ts",
      "exchange/two-gateways.test.ts",
      "soak/gateway-restore.ts",
      "exchange/house-kill.test.ts",
    ])
      if (Date.now() < end) await file(name);
  }
} catch (error) {
  result = `FAILED: ${String(error)}`;
  process.exitCode = 1;
}
console.log(
  `\nSoak of ${new Date().toISOString().slice(0, 10)}, ${minutes} minutes, first seed ${firstSeed}: ${sum.kills} kills of the program, ${sum.cases} cases opened and ${sum.acts} carried to their act under them, ${sum.fuzzed} spoilt requests, ${sum.faults} further fault runs: ${result}.`,
);
