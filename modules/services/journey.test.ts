/** J1, J2 and J3 by calls: from the catalogue to the signed act, on real PostgreSQL, registers over real HTTP. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as api from "./api.ts";
import { answers, house, type House, instructedCase, readyCase, submittedCase } from "./test-world.ts";

let h: House;
before(async () => void (h = await house()));
after(() => h.close());

describe("J1, the extract", () => {
  it("is found with a typing error, and says cost, delay, texts and evidence", async () => {
    const found = await h.w.call(api.searchCatalogue, { q: "kasié" });
    assert.equal(found.results[0]?.slug, "casier-judiciaire-b3");
    assert.equal(found.corrected, true);
    const all = await h.w.call(api.searchCatalogue, {});
    assert.ok(all.results.length > 20 && all.results[0]?.online === true);
    const entry = await h.w.call(api.readEntry, { slug: "passeport-premiere-demande" });
    assert.ok(entry.documents.length > 3 && entry.sources.every((s) => s.toConfirm));
    assert.equal((await h.w.call(api.searchCatalogue, { q: "pasport" })).results[0]?.online, false);
    await assert.rejects(h.w.call(api.readEntry, { slug: "casier-judiciaire-b3" }), { code: "services.procedure-unknown" });
    const p = await h.w.call(api.readProcedure, { slug: "casier-judiciaire-b3" });
    assert.equal(p.fees.total, 750);
    assert.ok(p.fees.lines.every((l) => l.source.toConfirm));
    assert.equal(p.delay.text, "48 heures ouvrables");
    assert.deepEqual(
      p.evidence.map((e) => e.id),
      ["identity", "birth"],
    );
    assert.ok(p.evidence.every((e) => e.legalBasis.length > 10 && e.fields.length > 0));
    const en = await h.w.call(api.readProcedure, { slug: "casier-judiciaire-b3" }, { lang: "en" });
    assert.equal(en.delay.text, "48 working hours");
  });

  it("goes from evidence to payment, court, search, decision and a signed act that anyone can verify", async () => {
    const as = h.mariam;
    const started = await h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as });
    const plan = await h.w.call(api.readEvidencePlan, { number: started.number }, { as });
    assert.equal(plan.authorised, false);
    assert.deepEqual(
      plan.evidence.map((e) => e.state),
      ["to-ask", "to-ask"],
    );

    const ready = await readyCase(h, as);
    const before = await h.w.call(api.readCase, { number: ready.number }, { as });
    assert.equal(before.next, "submit");
    assert.deepEqual(
      before.evidence.map((e) => [e.id, e.state, e.answeredBy]),
      [
        ["identity", "received", "register"],
        ["birth", "received", "register"],
      ],
    );
    const row = before.answers.find((s) => s.id === "parents")?.rows.find((r) => r.path === "motherFamily");
    assert.equal(row?.value, "Kantiono");
    assert.equal(row?.source, "Acte de naissance");

    const sent = await h.w.call(api.submitCase, { number: ready.number, version: ready.version }, { as });
    assert.equal(sent.state, "payment-pending");
    const due = await h.w.call(api.readPayment, { number: ready.number }, { as });
    assert.equal(due.amount, 750);
    assert.equal(due.canPay, true);
    await h.w.call(api.startPayment, { number: ready.number, operator: "essai", phone: "70000011", otp: "123456" }, { as });
    await h.w.settle();
    const paid = await h.w.call(api.readCase, { number: ready.number }, { as });
    assert.equal(paid.state, "submitted");
    assert.equal(paid.office?.id, "bf-tgi-koudougou");
    assert.match(paid.receipt?.number ?? "", /^2026-\d{6}$/);
    assert.equal(
      paid.receipt?.lines.reduce((sum, l) => sum + l.amount, 0),
      750,
    );
    assert.ok(h.sent.some((m) => m.to === "+22670000011" && m.text.includes(ready.number)));
    const receipt = await h.w.call(api.downloadDocument, { number: ready.number, kind: "receipt" }, { as });
    assert.equal((await h.w.call(api.verifyFile, { file: receipt.content })).verdict, "valid");

    const queue = await h.w.call(api.readQueue, { view: "to-take" }, { as: h.clerk });
    const item = queue.items.find((i) => i.number === ready.number);
    assert.ok(item?.clock?.dueAt);
    assert.equal(item.applicant, "N. M. A.");
    assert.equal(queue.counts["to-take"], 1);
    const claimed = await h.w.call(api.claimCase, { number: ready.number, version: item.version }, { as: h.clerk });
    await assert.rejects(h.w.call(api.concludeCase, { number: ready.number, version: claimed.version, outcome: "none" }, { as: h.clerk }), {
      code: "services.search-first",
    });
    const asked = await h.w.call(api.searchRegister, { number: ready.number, version: claimed.version }, { as: h.clerk });
    await h.w.settle();
    const desk = await h.w.call(api.readDeskCase, { number: ready.number }, { as: h.clerk });
    assert.equal(desk.search.state, "done");
    assert.ok(desk.search.candidates.length >= 2, "the homonyms are there");
    assert.ok(!desk.actions.includes("conclude"));
    assert.ok(desk.search.candidates.every((c) => c.matches.some((m) => m.alike !== "same")));
    let { version } = asked;
    for (const c of desk.search.candidates)
      version = (
        await h.w.call(
          api.reviewCandidate,
          { number: ready.number, version, candidate: c.id, verdict: "other-person", reason: "Autre date de naissance" },
          { as: h.clerk },
        )
      ).version;
    const judged = await h.w.call(api.readDeskCase, { number: ready.number }, { as: h.clerk });
    assert.equal(judged.proposal?.outcome, "none");
    await assert.rejects(h.w.call(api.concludeCase, { number: ready.number, version, outcome: "mentions" }, { as: h.clerk }), {
      code: "services.conclusion-wrong",
    });
    const concluded = await h.w.call(api.concludeCase, { number: ready.number, version, outcome: "none" }, { as: h.clerk });
    assert.equal(concluded.state, "decided");
    const preview = await h.w.call(api.previewAct, { number: ready.number }, { as: h.clerk, lang: "en" });
    assert.equal((await h.w.call(api.verifyFile, { file: preview.content })).verdict, "not-ours", "a preview proves nothing");
    await h.w.call(api.signAct, { number: ready.number, version: concluded.version }, { as: h.clerk });
    await h.w.settle();

    const done = await h.w.call(api.readCase, { number: ready.number }, { as });
    assert.equal(done.state, "issued");
    assert.equal(done.decision?.label, "Néant");
    assert.ok(h.sent.some((m) => m.text.includes(done.act?.number ?? "-")));
    const act = await h.w.call(api.downloadDocument, { number: ready.number, kind: "act" }, { as });
    const file = Buffer.from(act.content, "base64");

    const forgotten = await h.w.call(api.readDeskCase, { number: ready.number }, { as: h.clerk });
    assert.ok(forgotten.search.candidates.every((c) => c.convictions.length === 0 && c.verdict === "other-person" && c.reason));
    const byNumber = await h.w.call(api.verifyNumber, { number: (done.act?.number ?? "").replaceAll(" ", "") });
    assert.equal(byNumber.verdict, "valid");
    assert.equal(byNumber.holder, "N. M. A.");
    assert.ok(!JSON.stringify(byNumber).includes("Nikiéma"));
    const byFile = await h.w.call(api.verifyFile, { file: act.content });
    assert.equal(byFile.verdict, "valid", JSON.stringify(byFile));
    assert.equal(byFile.checks.length, 3);
    const tampered = Buffer.from(file);
    const at = Math.floor(tampered.length / 3);
    tampered[at] = (tampered[at] as number) ^ 1;
    assert.notEqual((await h.w.call(api.verifyFile, { file: tampered.toString("base64") })).verdict, "valid");
    const { code } = (await h.w.owner("select code from services.act where number = $1", [done.act?.number])).rows[0] as { code: string };
    const byCode = await h.w.call(api.verifyCode, { payload: code });
    assert.equal(byCode.verdict, "valid", JSON.stringify(byCode));
    assert.ok(byCode.contents.some((c) => c.value.includes("NIKIÉMA")));
    const bad = `${code.slice(0, -4)}${code.slice(-4) === "AAAA" ? "BBBB" : "AAAA"}`;
    assert.notEqual((await h.w.call(api.verifyCode, { payload: bad })).verdict, "valid");
    assert.equal((await h.w.call(api.verifyNumber, { number: "4831 0927 5517" })).verdict, "unknown");
    assert.ok((await h.w.call(api.readCodeKeys, {})).keys.length > 0);

    await assert.rejects(
      h.w.call(api.revokeAct, { number: ready.number, version: done.version, reason: "Erreur sur la personne" }, { as: h.elsewhere }),
      {
        code: "services.case-unknown",
      },
    );
    const { reads } = await h.w.call(api.readsOf, {}, { as });
    assert.ok(
      reads.some((r) => r.institution?.includes("Koudougou") && r.purpose === "Instruire votre demande" && r.reader === "Greffier"),
      JSON.stringify(reads.slice(0, 4)),
    );
    assert.ok(reads.some((r) => r.exchange !== undefined && r.case === ready.number));
    h.w.clock.advance(40 * 86_400);
    assert.equal((await h.w.call(api.verifyNumber, { number: done.act?.number ?? "" })).verdict, "expired");
    h.w.clock.advance(-40 * 86_400);
    await h.w.call(api.revokeAct, { number: ready.number, version: done.version, reason: "Erreur sur la personne" }, { as: h.clerk });
    assert.equal((await h.w.call(api.verifyNumber, { number: done.act?.number ?? "" })).verdict, "revoked");
    assert.equal((await h.w.call(api.verifyFile, { file: act.content })).verdict, "revoked");
    assert.equal((await h.w.call(api.verifyCode, { payload: code })).verdict, "revoked");
  });

  it("bears the mentions the law allows, and only these, for the person they concern", async () => {
    const { number, version } = await instructedCase(h, h.adama, (score) => (score > 90 ? "same-person" : "other-person"));
    const desk = await h.w.call(api.readDeskCase, { number }, { as: h.clerk });
    assert.equal(desk.proposal?.outcome, "mentions");
    assert.deepEqual(
      desk.proposal?.mentions.map((m) => m.id),
      ["C0003-1"],
    );
    const fine = desk.search.candidates.flatMap((c) => c.convictions).find((c) => c.id === "C0003-2");
    assert.equal(fine?.disclosable, false);
    assert.ok(fine?.reason);
    await assert.rejects(h.w.call(api.concludeCase, { number, version, outcome: "none" }, { as: h.clerk }), {
      code: "services.conclusion-wrong",
    });
    const concluded = await h.w.call(api.concludeCase, { number, version, outcome: "mentions" }, { as: h.clerk });
    await h.w.call(api.signAct, { number, version: concluded.version }, { as: h.clerk });
    await h.w.settle();
    assert.equal((await h.w.call(api.readCase, { number }, { as: h.adama })).decision?.label, "Une ou plusieurs mentions");
  });
});

describe("J2, correction", () => {
  it("sends named fields back, stops the clock, resumes where it stood", async () => {
    const { number, version } = await submittedCase(h, h.mariam);
    const claimed = await h.w.call(api.claimCase, { number, version }, { as: h.clerk });
    h.w.clock.advance(3600);
    const before = await h.w.call(api.readDeskCase, { number }, { as: h.clerk });
    await assert.rejects(
      h.w.call(
        api.requestCorrection,
        { number, version: claimed.version, fields: [{ path: "familyName", message: "Nom à revoir" }] },
        { as: h.clerk },
      ),
      { code: "services.field-not-correctable" },
    );
    const back = await h.w.call(
      api.requestCorrection,
      { number, version: claimed.version, note: "Merci de préciser.", fields: [{ path: "purpose", message: "Dites lequel." }] },
      { as: h.clerk },
    );
    assert.equal(back.state, "correction-requested");
    await h.w.settle();
    assert.ok(h.sent.some((m) => m.text.includes(number) && m.text.includes("correction")));
    h.w.clock.advance(10 * 86_400);
    const stopped = await h.w.call(api.readCase, { number }, { as: h.mariam });
    assert.equal(stopped.next, "correct");
    assert.equal(stopped.clock?.stopped, true);
    assert.equal(stopped.clock?.remainingMinutes, before.clock?.remainingMinutes);
    const form = await h.w.call(api.readForm, { number }, { as: h.mariam });
    const fields = form.sections.flatMap((s) => s.fields);
    assert.deepEqual(
      fields.filter((f) => !f.locked).map((f) => f.path),
      ["purpose"],
    );
    assert.ok(form.problems.some((p) => p.path === "purpose" && p.message === "Dites lequel."));
    await assert.rejects(
      h.w.call(
        api.answerCorrection,
        { number, version: stopped.version, answers: { purpose: "job", hasOtherNames: "yes" } },
        { as: h.mariam },
      ),
      {
        code: "services.answers-wrong",
      },
    );
    const corrected = await h.w.call(
      api.answerCorrection,
      { number, version: stopped.version, answers: { purpose: "job" } },
      { as: h.mariam },
    );
    assert.equal(corrected.state, "in-instruction");
    const after = await h.w.call(api.readDeskCase, { number }, { as: h.clerk });
    assert.equal(after.clock?.stopped, false);
    assert.equal(after.clock?.remainingMinutes, before.clock?.remainingMinutes);
    assert.ok(after.answers.flatMap((s) => s.rows).some((r) => r.path === "purpose" && r.value === "Un emploi"));
    h.w.clock.advance(-10 * 86_400 - 3600);
  });
});

describe("J3, refusal", () => {
  it("names its grounds and the way to appeal, in a signed letter", async () => {
    const { number, version } = await submittedCase(h, h.mariam);
    const claimed = await h.w.call(api.claimCase, { number, version }, { as: h.clerk });
    const base = { number, version: claimed.version, explanation: "La personne n’a pas pu être identifiée." };
    await assert.rejects(h.w.call(api.refuseCase, { ...base, grounds: ["because"] }, { as: h.clerk }), { code: "services.ground-unknown" });
    const refused = await h.w.call(api.refuseCase, { ...base, grounds: ["identity-not-established"] }, { as: h.clerk });
    assert.equal(refused.state, "decided");
    // the applicant reads the decision once it is signed, not before
    assert.equal((await h.w.call(api.readCase, { number }, { as: h.mariam })).decision, undefined);
    const preview = await h.w.call(api.previewAct, { number }, { as: h.clerk });
    assert.equal(Buffer.from(preview.content, "base64").subarray(0, 5).toString(), "%PDF-");
    await assert.rejects(h.w.call(api.previewAct, { number }, { as: h.elsewhere }), { code: "services.case-unknown" });
    await h.w.call(api.signAct, { number, version: refused.version }, { as: h.clerk });
    await h.w.settle();
    const done = await h.w.call(api.readCase, { number }, { as: h.mariam });
    assert.equal(done.state, "refused");
    assert.ok((done.decision?.grounds.length ?? 0) === 1 && (done.decision?.appeal.length ?? 0) > 0);
    assert.deepEqual(
      done.documents.map((d) => d.kind),
      ["letter", "receipt"],
    );
    const letter = await h.w.call(api.downloadDocument, { number, kind: "letter" }, { as: h.mariam });
    assert.equal((await h.w.call(api.verifyFile, { file: letter.content })).verdict, "valid");
    await assert.rejects(h.w.call(api.downloadDocument, { number, kind: "act" }, { as: h.mariam }), { code: "services.document-unknown" });
  });
});

describe("drafts", () => {
  it("keep what is right, say what is not, and refuse what is unknown", async () => {
    const started = await h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as: h.issouf });
    const saved = await h.w.call(
      api.saveAnswers,
      { number: started.number, version: 1, answers: { purpose: "moon", hasOtherNames: "yes", role: "admin" } },
      { as: h.issouf },
    );
    assert.deepEqual(saved.problems.map((p) => p.path).sort(), ["purpose", "role"]);
    const form = await h.w.call(api.readForm, { number: started.number }, { as: h.issouf });
    assert.ok(form.sections.flatMap((s) => s.fields).some((f) => f.path === "otherNames" && f.blank?.length === 2));
    await assert.rejects(h.w.call(api.submitCase, { number: started.number, version: saved.version }, { as: h.issouf }), {
      code: "services.evidence-missing",
    });
    await assert.rejects(h.w.call(api.saveAnswers, { number: started.number, version: 1, answers }, { as: h.issouf }), {
      code: "services.case-moved",
    });
  });
});
