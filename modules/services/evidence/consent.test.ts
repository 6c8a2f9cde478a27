/** A register that wants the applicant's consent: asked on her page, the journey goes on with her answer. */
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { giveConsent, myConsents, refuseConsent, withdrawConsent } from "#exchange/api";
import * as api from "../api.ts";
import { house, type House } from "../test-world.ts";

let h: House;
before(async () => {
  h = await house();
  await h.w.owner("update exchange.access_right set consent_days = 30 where id = 'extract-identity'");
  h.w.clock.advance(2);
});
after(() => h.close());

const plan = (number: string) => h.w.call(api.readEvidencePlan, { number }, { as: h.mariam });
const first = async (number: string) => (await plan(number)).evidence[0]!;
async function again(number: string): Promise<void> {
  const { version } = await h.w.call(api.readCase, { number }, { as: h.mariam });
  await h.w.call(api.authoriseEvidence, { number, version }, { as: h.mariam });
  await h.w.settle();
}

it("nothing is asked before she agrees; refused it may be asked again; given, the register answers under it", async () => {
  const { number, version } = await h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as: h.mariam });
  await h.w.call(api.authoriseEvidence, { number, version }, { as: h.mariam });
  await h.w.settle();
  const waiting = await first(number);
  assert.equal(waiting.state, "awaiting-consent");
  const [question] = (await h.w.call(myConsents, {}, { as: h.mariam })).consents;
  assert.deepEqual([question!.id, question!.state, question!.issue], [waiting.consent, "asked", number]);
  assert.equal((await h.w.call(api.readCase, { number }, { as: h.mariam })).next, "answer-consent");
  const asked = async () =>
    (await h.w.owner("select count(*)::int as n from exchange.request where issue = $1", [number])).rows[0].n as number;
  assert.equal(await asked(), 0, "no register has been asked");

  await h.w.call(refuseConsent, { id: question!.id }, { as: h.mariam });
  await h.w.settle();
  const refused = await first(number);
  assert.equal(refused.state, "refused");
  assert.match(refused.note ?? "", /accord/);
  assert.equal(await asked(), 0);

  await again(number);
  const second = await first(number);
  assert.equal(second.state, "awaiting-consent");
  assert.notEqual(second.consent, question!.id);
  await h.w.call(giveConsent, { id: second.consent! }, { as: h.mariam });
  await h.w.settle();
  assert.equal((await plan(number)).complete, true);
  const read = (await h.w.call(api.readsOf, {}, { as: h.mariam })).reads.find((one) => one.consent === second.consent);
  assert.equal(read?.case, number);

  // another case of hers: the consent she gave serves the same client and purpose, until she takes it back
  await h.w.call(withdrawConsent, { id: second.consent! }, { as: h.mariam });
  const other = await h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as: h.mariam });
  await h.w.call(api.authoriseEvidence, { number: other.number, version: other.version }, { as: h.mariam });
  await h.w.settle();
  assert.equal((await first(other.number)).state, "awaiting-consent");
});
