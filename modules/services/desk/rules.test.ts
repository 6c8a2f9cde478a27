import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compare, entriesOf, likeDates, likeNames, mentionsOf } from "./rules.ts";

const w = (text: string) => ({ fr: text, en: text });
const search = {
  compare: [
    { label: w("Nom"), field: "family", from: "family", as: "name" as const, weight: 3 },
    { label: w("Prénoms"), field: "given", from: "given", as: "name" as const, weight: 2 },
    { label: w("Naissance"), field: "born", from: "birth.date", as: "date" as const, weight: 4 },
    { label: w("Mère"), field: "mother", from: "mother.family", as: "name" as const, weight: 1 },
  ],
  entries: {
    from: "convictions",
    words: { from: "mentions", to: "offence" },
    id: "id",
    rows: [],
    withheld: [
      { when: { field: "kind", equals: "fine" }, reason: w("amende") },
      {
        when: {
          any: [
            { field: "suspended", equals: true },
            { field: "minor", equals: true },
          ],
        },
        reason: w("sursis"),
      },
    ],
  },
};
const mariam = { family: "Nikiéma", given: "Mariam Awa", born: "1994-03-12", mother: "Bado" };

describe("persons found in a register", () => {
  it("are compared trait by trait, without minding accents or order", () => {
    assert.equal(likeNames("NIKIEMA", "Nikiéma"), "same");
    assert.equal(likeNames("Awa Mariam", "Mariam-Awa"), "same");
    assert.equal(likeNames("Mariam", "Mariam Awa"), "near");
    assert.equal(likeNames("Ouedraogo", "Ouédrago"), "near");
    assert.equal(likeNames("Zongo", "Nikiéma"), "different");
    assert.equal(likeDates("1994-03-12", "1994-12-03"), "near");
    assert.equal(likeDates("1994-03-12", "1994"), "near");
    assert.equal(likeDates("1994-03-12", "1979-08-30"), "different");
    const self = compare(search, mariam, {
      family: "NIKIEMA",
      given: "Mariam Awa",
      birth: { date: "1994-03-12" },
      mother: { family: "Bado" },
    });
    assert.equal(self.score, 100);
    const other = compare(search, mariam, {
      family: "Nikiéma",
      given: "Mariam Awa",
      birth: { date: "1979-08-30" },
      mother: { family: "Bado" },
    });
    assert.ok(other.score < 70 && other.score > 30);
    assert.equal(compare(search, mariam, {}).score, 0);
  });
  it("comparison is symmetric and never leaves 0 to 100", () => {
    const text = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        assert.equal(likeNames(a, b), likeNames(b, a));
        assert.equal(likeDates(a, b), likeDates(b, a));
        const { score } = compare(search, { family: a, given: b }, { family: b, given: a });
        assert.ok(Number.isInteger(score) && score >= 0 && score <= 100);
      }),
    );
  });
  it("only entries of those recognised, that no rule withholds, once each, stand on the act", () => {
    const row = {
      convictions: [
        { id: "1", kind: "prison", suspended: false },
        { id: "2", kind: "prison", suspended: true },
        { id: "3", kind: "fine" },
      ],
    };
    assert.deepEqual(
      entriesOf(search, row).map((e) => e.withheldBy),
      [undefined, 1, 0],
    );
    assert.deepEqual(
      mentionsOf(search, [
        { verdict: "same-person", row },
        { verdict: "same-person", row },
      ]).map((e) => e.id),
      ["1"],
    );
    assert.deepEqual(
      mentionsOf(search, [
        { verdict: "other-person", row },
        { verdict: null, row },
      ]),
      [],
    );
    assert.deepEqual(mentionsOf(undefined, [{ verdict: "same-person", row }]), []);
    assert.deepEqual(entriesOf(search, { convictions: "none" }), []);
    // a sheet copied by hand is never taken for an empty one
    const byHand = { mentions: "Vol, deux ans ferme" };
    assert.deepEqual(
      mentionsOf(search, [{ verdict: "same-person", row: byHand }]).map((e) => e.row),
      [{ offence: "Vol, deux ans ferme" }],
    );
    assert.deepEqual(mentionsOf(search, [{ verdict: "same-person", row: { mentions: " " } }]), []);
  });
});
