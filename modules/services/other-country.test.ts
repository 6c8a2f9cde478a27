/** A country is data: the same house, the same code, another pack; one national office instead of courts by birthplace. */
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import * as api from "./api.ts";
import { house, type House, instructedCase } from "./test-world.ts";

let h: House;
before(async () => void (h = await house({ country: "tg" })));
after(() => h.close());

it("issues the extract of another country, with its own fee, office and delay", async () => {
  const p = await h.w.call(api.readProcedure, { slug: "casier-judiciaire-b3" });
  assert.equal(p.fees.total, 500);
  assert.equal(p.delay.text, "72 heures ouvrables");
  const { number, version } = await instructedCase(h, h.mariam, () => "other-person");
  const desk = await h.w.call(api.readDeskCase, { number }, { as: h.clerk });
  assert.equal(desk.institution.id, "tg-casier-national");
  const concluded = await h.w.call(api.concludeCase, { number, version, outcome: desk.proposal?.outcome ?? "none" }, { as: h.clerk });
  await h.w.call(api.signAct, { number, version: concluded.version }, { as: h.clerk });
  await h.w.settle();
  const done = await h.w.call(api.readCase, { number }, { as: h.mariam });
  assert.equal(done.state, "issued");
  assert.equal((await h.w.call(api.verifyNumber, { number: done.act?.number ?? "" })).verdict, "valid");
});
