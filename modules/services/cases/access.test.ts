/** Strangers, neighbours, replays: every way in that is not the owner's or the office's. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { sql } from "#kernel";
import * as api from "../api.ts";
import { answers, house, type House, instructedCase, readyCase, submittedCase } from "../test-world.ts";

let h: House;
let number: string;
before(async () => {
  h = await house();
  ({ number } = await submittedCase(h, h.mariam));
});
after(() => h.close());
const unknown = { code: "services.case-unknown" };

describe("somebody else's case", () => {
  it("looks like no case at all to another citizen, even to one who knows its number", async () => {
    for (const contract of [api.readCase, api.readEvidencePlan, api.readPayment, api.listMessages] as const)
      await assert.rejects(h.w.call(contract, { number }, { as: h.issouf }), unknown);
    await assert.rejects(h.w.call(api.readForm, { number }, { as: h.issouf }), unknown);
    await assert.rejects(h.w.call(api.downloadDocument, { number, kind: "receipt" }, { as: h.issouf }), unknown);
    await assert.rejects(h.w.call(api.abandonCase, { number, version: 1 }, { as: h.issouf }), unknown);
    await assert.rejects(h.w.call(api.readCase, { number: "2026-0000-0000-0" }, { as: h.mariam }), unknown);
    await assert.rejects(h.w.call(api.readCase, { number: "../../etc" }, { as: h.mariam }), unknown);
    assert.equal((await h.w.call(api.listCases, {}, { as: h.issouf })).cases.length, 0);
  });
  it("is out of reach of another court, and of its own court without the permission", async () => {
    await assert.rejects(h.w.call(api.readDeskCase, { number }, { as: h.elsewhere }), unknown);
    await assert.rejects(h.w.call(api.claimCase, { number, version: 1 }, { as: h.elsewhere }), unknown);
    assert.equal((await h.w.call(api.readQueue, { view: "all" }, { as: h.elsewhere })).items.length, 0);
    await assert.rejects(h.w.call(api.readDeskCase, { number }, { as: h.w.clerk("bf-tgi-koudougou", []) }), { code: "kernel.forbidden" });
    await assert.rejects(h.w.call(api.readCase, { number }, { as: h.w.stranger }), { code: "kernel.sign-in-first" });
    await assert.rejects(h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as: h.w.citizen({ level: "low" }) }), {
      code: "kernel.level-too-low",
    });
    await assert.rejects(h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as: h.w.citizen({ person: null }) }), {
      code: "services.person-unproven",
    });
  });
  it("stays hidden by row-level security when a query forgets to ask whose it is", async () => {
    const { search } = await h.w.call(
      api.readDeskCase,
      { number: (await instructedCase(h, h.mariam, () => "other-person")).number },
      { as: h.clerk },
    );
    assert.ok(search.candidates.length > 0);
    const tables = ["case_file", "evidence", "message", "register_search", "candidate", "payment", "receipt", "act"];
    for (const caller of [h.issouf, h.elsewhere, h.w.stranger])
      for (const table of tables) {
        const query = {
          case_file: sql`select 1 from services.case_file`,
          evidence: sql`select 1 from services.evidence`,
          message: sql`select 1 from services.message`,
          register_search: sql`select 1 from services.register_search`,
          candidate: sql`select 1 from services.candidate`,
          payment: sql`select 1 from services.payment`,
          receipt: sql`select 1 from services.receipt`,
          act: sql`select 1 from services.act`,
        }[table];
        const rows = await h.w.transaction((ctx) => ctx.db.rows(query as ReturnType<typeof sql>), { caller });
        assert.equal(rows.length, 0, `${table} as ${caller.kind}`);
      }
    // the applicant herself never sees the other people a register found
    const mine = await h.w.transaction((ctx) => ctx.db.rows(sql`select 1 from services.candidate`), { caller: h.mariam });
    assert.equal(mine.length, 0);
    const all = await h.w.transaction((ctx) => ctx.db.rows(sql`select 1 from services.case_file`), { caller: h.clerk });
    assert.ok(all.length > 0, "the clerk's own court does see its cases");
  });
});

describe("commands", () => {
  it("repeated with one key are one command; reordered ones are refused", async () => {
    const { number, version } = await readyCase(h, h.mariam);
    const key = "same-key";
    const [a, b] = await Promise.all([
      h.w.call(api.submitCase, { number, version }, { as: h.mariam, key }),
      h.w.call(api.submitCase, { number, version }, { as: h.mariam, key }),
    ]);
    assert.deepEqual(a, b);
    await assert.rejects(h.w.call(api.submitCase, { number, version }, { as: h.mariam }), { code: "services.case-moved" });
    await assert.rejects(h.w.call(api.saveAnswers, { number, version: a.version, answers }, { as: h.mariam }), {
      code: "services.not-now",
    });
    await assert.rejects(h.w.call(api.answerCorrection, { number, version: a.version, answers: {} }, { as: h.mariam }), {
      code: "services.not-now",
    });
  });
  it("two clerks at once: one has the case, the other reads again", async () => {
    const { number, version } = await submittedCase(h, h.mariam);
    const both = await Promise.allSettled([h.clerk, h.colleague].map((as) => h.w.call(api.claimCase, { number, version }, { as })));
    assert.deepEqual(both.map((b) => b.status).sort(), ["fulfilled", "rejected"]);
    const winner = both[0]?.status === "fulfilled" ? h.clerk : h.colleague;
    const loser = winner === h.clerk ? h.colleague : h.clerk;
    const at = await h.w.call(api.readDeskCase, { number }, { as: loser });
    await assert.rejects(h.w.call(api.searchRegister, { number, version: at.version }, { as: loser }), { code: "services.not-in-hand" });
    await assert.rejects(h.w.call(api.assignCase, { number, version: at.version, account: h.elsewhere.account }, { as: winner }), {
      code: "services.colleague-unknown",
    });
    const given = await h.w.call(api.assignCase, { number, version: at.version, account: loser.account }, { as: winner });
    await h.w.call(api.searchRegister, { number, version: given.version }, { as: loser });
  });
  it("hostile input gets a clear answer", async () => {
    const started = await h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as: h.mariam });
    const save = (given: Record<string, unknown>) =>
      h.w.call(api.saveAnswers, { number: started.number, version: started.version, answers: given }, { as: h.mariam });
    await assert.rejects(save({ purposeDetails: "x".repeat(60_000) }), { code: "services.answers-too-large" });
    await assert.rejects(h.w.call(api.startCase, { procedure: "../x" }, { as: h.mariam }), { code: "services.procedure-unknown" });
    const { problems } = await save({ purpose: "other", purposeDetails: `<script>${"\u202e"}`, __proto__x: 1 });
    assert.deepEqual(problems.map((p) => p.path).sort(), ["__proto__x", "purposeDetails"]);
    for (let i = 0; i < 25; i++)
      await h.w
        .call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as: h.adama })
        .catch((e: { code: string }) => assert.equal(e.code, "services.too-many-drafts"));
  });
});

describe("messages", () => {
  it("pass between the applicant and the office, and nobody else", async () => {
    await h.w.call(api.writeMessage, { number, text: "Bonjour, où en est mon dossier ?" }, { as: h.mariam });
    const seen = await h.w.call(api.listMessages, { number }, { as: h.clerk });
    assert.equal(seen.messages.length, 1);
    await h.w.call(api.writeMessage, { number, text: "Il est en file." }, { as: h.clerk });
    await h.w.settle();
    assert.equal((await h.w.call(api.readCase, { number }, { as: h.mariam })).unreadMessages, 1);
    const mine = await h.w.call(api.listMessages, { number }, { as: h.mariam });
    assert.deepEqual(
      mine.messages.map((m) => m.from),
      ["applicant", "office"],
    );
    assert.ok(!JSON.stringify(mine).includes("Sawadogo"));
    assert.equal((await h.w.call(api.readCase, { number }, { as: h.mariam })).unreadMessages, 0);
    await assert.rejects(h.w.call(api.listMessages, { number }, { as: h.elsewhere }), unknown);
  });
});
