import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { maskPhone, normalPhone } from "./phone.ts";
import { type ReceiptStatus, afterReceipt, erasesBody } from "./rules.ts";

const receipts: ReceiptStatus[] = ["delivered", "temporary-failure", "permanent-failure"];

test("whatever the order and the repeats of receipts, the end is the same", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...receipts), { maxLength: 8 }), fc.infiniteStream(fc.nat()), (list, random) => {
      const end = (all: ReceiptStatus[]): string => all.reduce<ReturnType<typeof afterReceipt>>(afterReceipt, "sending");
      const shuffled = [...list, ...list]
        .map((one) => ({ one, key: random.next().value }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one);
      assert.equal(end(shuffled), end(list));
    }),
  );
});

test("delivered stays delivered, and corrects a failure announced too early", () => {
  assert.equal(afterReceipt("delivered", "permanent-failure"), "delivered");
  assert.equal(afterReceipt("temporary-failure", "delivered"), "delivered");
  assert.equal(afterReceipt("permanent-failure", "temporary-failure"), "permanent-failure");
});

test("only codes are erased, as soon as the carrier has them", () => {
  assert.equal(erasesBody("created", true), false);
  assert.equal(erasesBody("sending", true), true);
  assert.equal(erasesBody("technical-failure", true), true);
  assert.equal(erasesBody("delivered", false), false);
});

test("numbers become E.164 by the country's plan", () => {
  const plan = { prefix: "+226", pattern: "^[0-9]{8}$" };
  for (const typed of ["70 00 00 11", "70.00.00.11", "+226 70000011", "00226 70 00 00 11", "226 70000011", "７００００011"])
    assert.equal(normalPhone(plan, typed), "+22670000011", typed);
  assert.equal(normalPhone(plan, "+228 90 01 02 03"), "+22890010203");
  for (const typed of ["", "7000001", "+226700000", "90 01 02 03 04", "tel:70000011", "+0001234567", "+22670000011x", "+1234567890123456"])
    assert.equal(normalPhone(plan, typed), undefined, typed);
  fc.assert(
    fc.property(fc.string(), (typed) => {
      const once = normalPhone(plan, typed);
      if (once !== undefined) assert.equal(normalPhone(plan, once), once);
    }),
  );
  assert.equal(maskPhone("+22670000011"), "+226••••••11");
});
