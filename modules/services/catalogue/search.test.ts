import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { distance, search, trigramLikeness, type Index } from "./search.ts";

const words = (list: Record<string, number>) => new Map(Object.entries(list));
const index: Index = {
  entries: [
    { slug: "casier", words: words({ casier: 10, judiciaire: 10, bulletin: 10, emploi: 3 }) },
    { slug: "naissance", words: words({ extrait: 10, acte: 10, naissance: 10 }) },
    { slug: "nationalite", words: words({ certificat: 10, nationalite: 10, burkinabe: 3 }) },
  ],
  synonyms: new Map([
    ["antecedents", ["casier"]],
    ["b3", ["casier", "judiciaire"]],
    ["papier propre", ["casier"]],
  ]),
};
const first = (q: string): string | undefined => search(index, q).found[0]?.slug;

describe("catalogue search", () => {
  it("finds without accents, case, with typing errors, by synonyms", () => {
    for (const q of [
      "Casier judiciaire",
      "CASIER",
      "casié",
      "kasier",
      "cassier judicière",
      "casier judicaire",
      "casier judicaire b3",
      "antécédents",
      "B3",
      "papier propre",
      "cas",
    ])
      assert.equal(first(q), "casier", q);
    assert.equal(first("nationalité"), "nationalite");
    assert.equal(first("extrais de naisance"), "naissance");
    assert.equal(search(index, "casier").corrected, false);
    assert.equal(search(index, "kasier").corrected, true);
    assert.deepEqual(search(index, "xyzzy").found, []);
    assert.deepEqual(search(index, "le la de").found, []);
  });
  it("finds a title word with any one error", () => {
    const letters = fc.integer({ min: 97, max: 122 }).map((c) => String.fromCharCode(c));
    fc.assert(
      fc.property(
        fc.constantFrom("judiciaire", "naissance", "nationalite"),
        fc.nat(8),
        letters,
        fc.constantFrom("drop", "add", "swap", "change"),
        (word, at, letter, how) => {
          const cut = {
            drop: [at, at + 1, ""],
            add: [at, at, letter],
            change: [at, at + 1, letter],
            swap: [at, at + 2, (word[at + 1] ?? "") + (word[at] ?? "")],
          }[how] as [number, number, string];
          const typed = word.slice(0, cut[0]) + cut[2] + word.slice(cut[1]);
          assert.ok(
            search(index, typed).found.some((f) => index.entries.find((e) => e.slug === f.slug)?.words.has(word)),
            typed,
          );
        },
      ),
    );
  });
  it("measures likeness fairly", () => {
    assert.equal(distance("casier", "caiser", 2), 1);
    assert.equal(distance("casier", "permis", 2), undefined);
    assert.equal(trigramLikeness("casier", "casier"), 1);
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) =>
        assert.equal(distance(a, b, 12), distance(b, a, 12)),
      ),
    );
  });
  it("bears any question", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), (q) => void search(index, q)));
  });
});
