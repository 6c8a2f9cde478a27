/**
 * PostgreSQL dies in the middle of a case: callers are told so with a code and a sentence, the program brings the server
 * back by itself, and the case ends as if nothing had happened, once.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { client, HttpProblem, signInOfficial } from "../client.ts";
import { crowd } from "../crowd.ts";
import { citizen, type Known } from "../journeys/api.ts";
import { people } from "../people.ts";
import { compareBooks } from "./books.ts";
import { program } from "./program.ts";
import { walk, type Walk } from "./walker.ts";

test("PostgreSQL killed and stopped in the middle of a case", { timeout: 200_000 }, async () => {
  const p = await program();
  try {
    await p.start();
    const { procedure } = people("bf");
    const cast = {
      citizen: await citizen(p.origin, people("bf").citizen as Known),
      clerk: await signInOfficial(p.origin, people("bf").official("court-clerk").login),
      sandbox: p.sandbox,
      procedure,
    };
    const walks: Walk[] = ["twice", "cut"].map((behaviour) => ({ id: randomUUID(), behaviour, attempts: 0, done: false }));
    let stop = false;
    const walking = Promise.all(walks.map((w) => walk(w, cast, () => stop, 120)));
    walking.catch(() => undefined);
    const tokens = await crowd(p.ownerUrl(), 2000);
    const answered: string[] = [];
    const refused: HttpProblem[] = [];
    const others: unknown[] = [];
    const busy = Array.from({ length: 4 }, async () => {
      for (let token = tokens.pop(); token && !stop; token = tokens.pop()) {
        await client(p.origin, token)
          .post<{ number: string }>("/api/services/cases", { procedure })
          .then(
            ({ number }) => answered.push(number),
            async (error: unknown) => {
              if (error instanceof HttpProblem) refused.push(error);
              else others.push(error);
              await wait(50);
            },
          );
      }
    });
    const pid = p.pid();
    for (const signal of ["SIGKILL", "SIGINT"] as const) {
      await wait(1000);
      const before = p.postgresPid();
      const count = answered.length;
      process.kill(before, signal);
      for (let i = 0; i < 300 && answered.length < count + 30; i++) await wait(100);
      assert.ok(answered.length >= count + 30, `it works again after ${signal}\n${p.output()}`);
      assert.notEqual(p.postgresPid(), before);
    }
    await walking;
    stop = true;
    await Promise.all(busy);
    assert.equal(p.pid(), pid, "the program itself was never restarted");
    assert.ok(refused.length > 0, "some callers met the fault");
    assert.deepEqual(
      [...new Set(refused.map((r) => `${r.status} ${r.code}`))],
      ["503 kernel.unavailable"],
      refused.find((r) => r.status !== 503)?.message,
    );
    assert.deepEqual(others, []);
    assert.deepEqual(await compareBooks(p.ownerUrl(), p.sandbox, walks), []);
    // answered is there; what was refused may be there too (its COMMIT was on the way), but whole: case, fact, stored answer
    const cases = await p.count("select count(*)::int n from services.case_file");
    assert.ok(cases >= answered.length + walks.length);
    assert.equal(await p.count("select count(*)::int n from kernel.fact where type = 'services.case-started'"), cases);
    assert.equal(
      await p.count("select count(*)::int n from kernel.answer where contract = 'services.start-case' and output is not null"),
      cases,
    );
    const ledger = await p.command("verify-ledger");
    assert.equal(ledger.code, 0, ledger.text);
  } finally {
    await p.close();
  }
});
