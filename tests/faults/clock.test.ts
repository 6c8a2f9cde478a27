/**
 * The clock is set back two days under a house that has lived: people go on, what had ended stays ended, nothing is signed
 * or stamped with a false time; once the clock is right the case goes on to its act, and the ledger verifies.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { client, HttpProblem, signInOfficial } from "../client.ts";
import { citizen, type Known } from "../journeys/api.ts";
import { people } from "../people.ts";
import { compareBooks } from "./books.ts";
import { program } from "./program.ts";
import { walk, type Walk } from "./walker.ts";

test("a clock set back", { timeout: 200_000 }, async () => {
  const p = await program();
  const { procedure, official } = people("bf");
  const w: Walk = { id: randomUUID(), behaviour: "prompt", attempts: 0, done: false, until: "wait-office" };
  try {
    await p.start();
    const left = await citizen(p.origin, people("bf").citizen as Known);
    await left.post("/api/identity/sign-out");
    const c = await citizen(p.origin, people("bf").citizen as Known);
    const clerk = await signInOfficial(p.origin, official("court-clerk").login);
    const cast = { citizen: c, clerk, sandbox: p.sandbox, procedure };
    await walk(w, cast, () => false, 90);
    await p.stop();

    await p.start({ TOGUNA_CLOCK_OFFSET: String(-2 * 86_400) });
    await assert.rejects(left.get("/api/services/cases"), (e: unknown) => e instanceof HttpProblem && e.status === 401);
    assert.equal((await fetch(`${p.origin}/demarches`)).status, 200);
    const answer = await client(p.origin, c.token)
      .post<{ number: string }>("/api/services/cases", { procedure })
      .then(
        () => 200,
        (e: HttpProblem) => e.status,
      );
    assert.ok(answer === 200 || answer === 401, "a session begun in the future is honoured or ended, never a fault");
    // the clerk decides; the signature does not come while the clock is wrong
    let stop = false;
    delete w.until;
    w.done = false;
    const walking = walk(w, cast, () => stop, 90).catch((e: unknown) => assert.ok(e instanceof HttpProblem && e.status < 500, String(e)));
    await wait(8000);
    stop = true;
    await walking;
    assert.equal(w.done, false, "no act was issued under a false clock");
    assert.equal(await p.count("select count(*)::int n from services.act where issued_at is not null"), 0);
    await p.stop();

    await p.start();
    await walk(w, cast, () => false, 120);
    assert.deepEqual(await compareBooks(p.ownerUrl(), p.sandbox, [w]), []);
    const ledger = await p.command("verify-ledger");
    assert.equal(ledger.code, 0, ledger.text);
  } finally {
    await p.close();
  }
});
