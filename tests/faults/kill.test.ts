/**
 * kill -9 of the whole program, again and again, while citizens start cases: what was answered is there afterwards, once;
 * a repeated command gets the first answer; the ledger verifies; the orphaned database is adopted. The kill points are a
 * seeded sample (TOGUNA_SEED); `npm run soak` takes many more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { killRounds } from "./kill-rounds.ts";

test("kill -9 at any moment: no case, payment or fact lost or doubled", { timeout: 240_000 }, async () => {
  const seed = Number(process.env.TOGUNA_SEED ?? 20261121);
  const result = await killRounds({ rounds: 4, seed });
  assert.deepEqual(result.lost, [], `lost (seed ${seed})`);
  assert.deepEqual(result.doubled, [], `doubled (seed ${seed})`);
  assert.ok(result.answered > 0, "some commands were answered before the kills");
  assert.equal(result.kills, 4);
});
