import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readPhone, showPhone } from "./rules.ts";

const plan = { prefix: "+226", pattern: "\\d{8}", mobile: "[0567]\\d{7}" };
const national = fc
  .tuple(fc.constantFrom("0", "5", "6", "7"), fc.integer({ min: 0, max: 9_999_999 }))
  .map(([a, n]) => a + String(n).padStart(7, "0"));

test("the same number, however it is written, is the same E.164", () => {
  const separator = fc.constantFrom("", " ", "-", ".", "\u00a0", "\u202f", "/");
  fc.assert(
    fc.property(
      national,
      fc.constantFrom("", "+226", "00226", "226", "(+226) "),
      fc.array(separator, { minLength: 8, maxLength: 8 }),
      (n, prefix, gaps) => {
        const typed = prefix + [...n].map((d, i) => d + gaps[i]).join("");
        assert.deepEqual(readPhone(typed, plan), { ok: true, e164: `+226${n}` });
      },
    ),
  );
});

test("what is shown reads back as the same number", () => {
  fc.assert(fc.property(national, (n) => assert.deepEqual(readPhone(showPhone(`+226${n}`, plan), plan), { ok: true, e164: `+226${n}` })));
  assert.equal(showPhone("+22670123456", plan), "+226 70 12 34 56");
});

test("foreign, fixed and malformed numbers are told apart", () => {
  assert.deepEqual(readPhone("+22890112233", plan), { ok: false, why: "foreign" });
  assert.deepEqual(readPhone("25306070", plan), { ok: false, why: "not-mobile" });
  for (const typed of [
    "",
    "7012345",
    "701234567",
    "+226",
    "abcdefgh",
    "70 12 34 5x",
    "70;12345",
    "٧٠١٢٣٤٥٦",
    "+226 701 234 567 890 123 456",
  ])
    assert.deepEqual(readPhone(typed, plan), { ok: false, why: "malformed" }, typed);
});

test("a national number that begins like the country code is not cut", () => {
  assert.deepEqual(readPhone("62260000", { prefix: "622", pattern: "\\d{8}", mobile: "\\d{8}" }), { ok: true, e164: "+62262260000" });
});

test("no text makes it throw or answer anything but E.164", () => {
  fc.assert(
    fc.property(fc.string(), (typed) => {
      const out = readPhone(typed, plan);
      if (out.ok) assert.match(out.e164, /^\+226[0567]\d{7}$/);
    }),
  );
});
