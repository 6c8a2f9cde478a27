/** Two instances that exchanged anchors: what each shows the other, who may ask, whose certificate counts where. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask } from "#exchange";
import { listFederations, readFederation } from "#exchange/api";
import { federated, granted, type Instance, question } from "./two-instances.ts";

let bf: Instance;
let tg: Instance;
let ids: { bf: string; tg: string };
before(async () => {
  ({ bf, tg, ids } = await federated());
});
after(async () => {
  await bf?.close();
  await tg?.close();
});

test("each sees of the other what was opened to it, and nothing else", async () => {
  const seen = await tg.world.call(readFederation, { id: ids.tg }, { as: tg.first });
  assert.deepEqual(
    seen.members.map((m) => m.id),
    ["BF/GOV/ONI"],
  );
  assert.deepEqual(
    seen.services.map((s) => s.id),
    [question.service],
  );
  const other = await bf.world.call(readFederation, { id: ids.bf }, { as: bf.first });
  assert.deepEqual([other.members.map((m) => m.id), other.services], [["TG/GOV/ATD"], []]);
});

test("without a right the question is refused by the provider; with one, only its fields cross the border", async () => {
  const refused = await ask(tg.j, question);
  assert.equal(refused.outcome, "refused", JSON.stringify(refused));
  assert.match((refused as { type: string }).type, /access_denied/);
  await granted(bf);
  const answer = await ask(tg.j, question);
  assert.equal(answer.outcome, "answered", JSON.stringify(answer));
  console.log(JSON.stringify(answer));
});
