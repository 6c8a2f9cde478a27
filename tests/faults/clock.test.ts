/**
 * The clock is set back two days under a house that has lived: cases go on to their act, facts keep their order, the
 * ledger verifies, and nothing that had expired comes alive.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { HttpProblem, signInOfficial } from "../client.ts";
import { citizen, type Known } from "../journeys/api.ts";
import { people } from "../people.ts";
import { compareBooks } from "./books.ts";
import { program } from "./program.ts";
import { walk, type Walk } from "./walker.ts";

test("a clock set back", { timeout: 200_000 }, async () => {
  const p = await program();
  const { procedure, citizens, official } = people("bf");
  const walks: Walk[] = [];
  const live = async (who: Known) => {
    const c = await citizen(p.origin, who);
    const clerk = await signInOfficial(p.origin, official("court-clerk").login);
    const w: Walk = { id: randomUUID(), behaviour: "prompt", attempts: 0, done: false };
    walks.push(w);
    await walk(w, { citizen: c, clerk, sandbox: p.sandbox, procedure }, () => false, 90);
    return c;
  };
  try {
    await p.start();
    const before = await live(citizens[0] as Known);
    await before.post("/api/identity/sign-out");
    await p.stop();
    await p.start({ TOGUNA_CLOCK_OFFSET: String(-2 * 86_400) });
    await assert.rejects(before.get("/api/services/cases"), (e: unknown) => e instanceof HttpProblem && e.status === 401);
    await live(citizens[0] as Known);
    assert.deepEqual(await compareBooks(p.ownerUrl(), p.sandbox, walks), []);
    assert.equal(
      await p.count(
        "select count(*)::int n from kernel.fact a join kernel.fact b on b.seq = a.seq + 1 where b.at < a.at - interval '1 day'",
      ),
      1,
      "the facts themselves say when the clock went back",
    );
    const ledger = await p.command("verify-ledger");
    assert.equal(ledger.code, 0, ledger.text);
  } finally {
    await p.close();
  }
});
