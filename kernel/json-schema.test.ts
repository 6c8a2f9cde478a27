import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fitsSchema, schemaFault } from "./json-schema.ts";

const person = { type: "object", required: ["name"], properties: { name: { type: "string", minLength: 2 } }, additionalProperties: false };

test("a schema of ordinary words is taken and judges values", () => {
  assert.equal(schemaFault(person), undefined);
  assert.equal(fitsSchema(person, { name: "Awa" }), true);
  for (const wrong of [{ name: "A" }, {}, { name: "Awa", age: 3 }, "Awa", null]) assert.equal(fitsSchema(person, wrong), false);
});

test("what can run away or lead elsewhere is refused, at any depth", () => {
  for (const bad of [{ pattern: "(a+)+$" }, { $ref: "https://far.example/schema" }, { type: "bogus" }, { enum: 3 }, { required: "name" }])
    for (const schema of [bad, { properties: { a: { items: bad } } }, { anyOf: [true, bad] }])
      assert.match(schemaFault(schema) ?? "", /accepted|unknown|list/);
  let deep: object = {};
  for (let i = 0; i < 5000; i++) deep = { properties: { a: deep } };
  assert.match(schemaFault(deep) ?? "", /nested/);
  for (const schema of ["x", 3, null, [], { properties: [] }, { items: 3 }]) assert.ok(schemaFault(schema));
});

test("whatever schema is taken, judging never throws", () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: false }), fc.anything(), (schema, value) => {
      if (schemaFault(schema) === undefined) assert.equal(typeof fitsSchema(schema, value), "boolean");
    }),
    { numRuns: 500 },
  );
});
