import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatIdentifier, parseClient, parseIdentifier, parseService, partIsAdvised } from "./identifier.ts";

test("reads members, subsystems and services", () => {
  assert.deepEqual(parseIdentifier("ZZ/GOV/M1"), {
    instance: "ZZ",
    memberClass: "GOV",
    member: "M1",
  });
  assert.equal(parseClient("ZZ/GOV/M1/SUB1")?.subsystem, "SUB1");
  assert.equal(parseService("ZZ/GOV/M1/SUB1/echo")?.service, "echo");
});

test("a client has four parts, a service five", () => {
  for (const text of ["ZZ/GOV/M1", "ZZ/GOV/M1/SUB1/echo"]) assert.equal(parseClient(text), undefined);
  for (const text of ["ZZ/GOV/M1", "ZZ/GOV/M1/SUB1", "ZZ/GOV/M1/SUB1/echo/v1"]) assert.equal(parseService(text), undefined);
});

test("percent-encoding is undone once, and only once", () => {
  assert.equal(parseIdentifier("ZZ/GOV/%C3%89tat%20civil")?.member, "État civil");
  assert.equal(parseIdentifier("ZZ/GOV/a%252Fb"), undefined, "a decoded percent sign would decode again elsewhere");
});

test("refuses what could be read in two ways", () => {
  for (const text of [
    "",
    "ZZ//M1",
    "ZZ/GOV",
    "ZZ/GOV/..",
    "ZZ/GOV/%2e%2e",
    "ZZ/GOV/a%2Fb",
    "ZZ/GOV/a%5Cb",
    "ZZ/GOV/a:b",
    "ZZ/GOV/a;b",
    "ZZ/GOV/a%00b",
    "ZZ/GOV/a%0Ab",
    "ZZ/GOV/a\u202eb",
    "ZZ/GOV/%E9",
    "ZZ/GOV/%",
    `ZZ/GOV/${"x".repeat(256)}`,
  ])
    assert.equal(parseIdentifier(text), undefined, JSON.stringify(text));
});

test("the directory registers the advised characters only", () => {
  assert.ok(partIsAdvised("A-z09'()+,.=?"));
  for (const part of ["", "a b", "é", "a/b", "a..b", "a_b"]) assert.ok(!partIsAdvised(part), part);
});

test("format and parse are inverse, and every identifier has one spelling", () => {
  const part = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" });
  fc.assert(
    fc.property(fc.array(part, { minLength: 3, maxLength: 5 }), (parts) => {
      const id = parseIdentifier(parts.map(encodeURIComponent).join("/"));
      fc.pre(id !== undefined);
      const text = formatIdentifier(id!);
      assert.deepEqual(parseIdentifier(text), id);
      assert.equal(formatIdentifier(parseIdentifier(text)!), text);
    }),
  );
});

test("never throws whatever comes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      parseIdentifier(text);
    }),
  );
});
