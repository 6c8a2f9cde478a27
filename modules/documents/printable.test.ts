import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { coverage } from "./fonts.ts";
import { REPLACEMENT, printable } from "./printable.ts";

const clean = (text: string): { text: string; replaced: string[] } => {
  const replaced = new Set<string>();
  return { text: printable(text, coverage(), replaced), replaced: [...replaced] };
};

test("names of the region are kept as they are, composed", () => {
  for (const name of ["Tɛnɛ Ɲamina Ŋguɩn", "Ɓooyi Ɗikko ƴ", "Kɔffi Ƒiagbé", "Ndèye Ñaw", "Raɩ̃ssa Tʋ̃ko", "أحمد ولد محمد", "Nguyễn Thị"]) {
    assert.deepEqual(clean(name), { text: name.normalize("NFC"), replaced: [] }, name);
  }
  assert.equal(clean("Oue\u0301draogo").text, "Ouédraogo");
});

test("markup and scripts stay text", () => {
  const name = '#import "x" *b* _i_ $x$ <script>alert(1)</script> \\ @ref';
  assert.deepEqual(clean(name), { text: name, replaced: [] });
});

test("what could mislead the eye goes, and is reported", () => {
  const overridden = clean("12\u202E34\u202C\u0007 A\u200Fwa\u0000");
  assert.equal(overridden.text, "1234 Awa");
  assert.deepEqual(overridden.replaced, ["\u202E", "\u202C", "\u0007", "\u200F", "\u0000"]);
});

test("a character without a glyph leaves a visible mark", () => {
  assert.deepEqual(clean("Awa 😀 漢"), { text: `Awa ${REPLACEMENT} ${REPLACEMENT}`, replaced: ["😀", "漢"] });
});

test("line breaks become spaces, towers of marks are cut", () => {
  assert.equal(clean("a\r\nb\tc").text, "a b c");
  assert.equal([...clean(`z${"\u0301".repeat(500)}`).text].length, 7);
});

test("a long run gets places to break and loses nothing", () => {
  const long = "é".repeat(10_000);
  const { text } = clean(long);
  assert.equal(text.replaceAll("\u200B", ""), long);
  assert.ok(text.split("\u200B").every((part) => part.length <= 40));
});

test("anything at all comes out drawable, and a second pass changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (any) => {
      const once = clean(any).text;
      for (const character of once) assert.ok(coverage().has(character.codePointAt(0) ?? 0), character);
      assert.equal(clean(once.replaceAll("\u200B", "")).text, once);
    }),
    { numRuns: 1000 },
  );
});
