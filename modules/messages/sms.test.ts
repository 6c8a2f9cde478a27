import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cheapest, foldFrench, smsCost } from "./sms.ts";

test("GSM alphabet: 160 alone, 153 a part; one other letter: 70 alone, 67 a part", () => {
  const parts = (text: string): string => `${smsCost(text).encoding} ${smsCost(text).parts}`;
  assert.equal(parts(""), "gsm7 0");
  assert.equal(parts("é".repeat(160)), "gsm7 1");
  assert.equal(parts("a".repeat(161)), "gsm7 2");
  assert.equal(parts("a".repeat(306)), "gsm7 2");
  assert.equal(parts("a".repeat(307)), "gsm7 3");
  assert.equal(parts("ê".repeat(70)), "ucs2 1");
  assert.equal(parts("ê".repeat(71)), "ucs2 2");
  assert.equal(parts("ê".repeat(134)), "ucs2 2");
  assert.equal(parts("ê".repeat(135)), "ucs2 3");
});

test("an escape pair and a surrogate pair are never split between parts", () => {
  // 152 letters, then a euro sign (two septets) that does not fit in the 153rd place
  assert.equal(smsCost(`${"a".repeat(152)}€${"a".repeat(152)}`).parts, 3);
  assert.equal(smsCost("€".repeat(80)).parts, 1);
  assert.equal(smsCost(`${"ɛ".repeat(66)}😀${"ɛ".repeat(66)}`).parts, 3);
});

test("the letters that cost are named", () => {
  assert.deepEqual(smsCost("Votre reçu est prêt").outside, ["ç", "ê"]);
  assert.deepEqual(smsCost("Déjà payé à Koudougou").outside, []);
  for (const letter of "êçûôâîëïœɛɩʋãẽɔƒɣŋɓɗ") assert.equal(smsCost(letter).encoding, "ucs2", letter);
});

test("French folds into the GSM alphabet, other languages do not", () => {
  assert.equal(
    foldFrench("L’extrait est prêt\u202f: « reçu » — août… cœur"),
    `L'extrait est pret : "reçu" - aout... coeur`.replace("ç", "c"),
  );
  assert.equal(foldFrench("Tɛnɛ"), "Tɛnɛ");
});

test("the cheapest form is taken, and the written one when it costs no more", () => {
  assert.equal(cheapest("Reçu prêt", "fr"), "Reçu prêt"); // one part either way
  const long = `${"Votre demande est prête. ".repeat(5)}`;
  assert.equal(smsCost(long).parts, 2);
  assert.equal(smsCost(cheapest(long, "fr")).parts, 1);
  const moore = "Tɛnɛ ".repeat(20);
  assert.equal(cheapest(moore, "mos"), moore);
  assert.equal(cheapest(moore, "mos", "Tene ".repeat(20)), "Tene ".repeat(20));
});

test("parts always hold the text, and never more than one part too many", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 500 }), (text) => {
      const { encoding, parts, characters } = smsCost(text);
      const [alone, joined] = encoding === "gsm7" ? [160, 153] : [70, 67];
      if (parts <= 1) assert.ok(characters <= alone);
      else assert.ok(characters <= parts * joined && parts <= Math.ceil(characters / (joined - 1)));
      assert.equal(characters === 0, parts === 0);
    }),
  );
});
