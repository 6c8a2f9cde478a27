/**
 * kill -9 of the whole program, again and again, while citizens start cases, pay an operator that answers twice, out of
 * order or not at all, and a clerk decides and signs: what was answered is there afterwards, once; a repeated command gets
 * the first answer; every case ends with one payment, one receipt, one act; the ledger verifies; the orphaned database is
 * adopted. The moments are a seeded sample (TOGUNA_SEED); `npm run soak` takes many more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { killRounds } from "./kill-rounds.ts";

test("kill -9 at any moment: no case, payment, receipt, act or fact lost or doubled", { timeout: 280_000 }, async () => {
  const seed = Number(process.env.TOGUNA_SEED ?? 20261121);
  const result = await killRounds({ rounds: 3, seed, walks: 4 });
  assert.deepEqual(result.lost, [], `lost (seed ${seed})`);
  assert.deepEqual(result.doubled, [], `doubled (seed ${seed})`);
  assert.ok(result.answered > 0, "some commands were answered before the kills");
  assert.equal(result.issued, 4);
  assert.equal(result.kills, 3);
});
