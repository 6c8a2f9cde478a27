import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { keepFields, parsePointer, released } from "./fields.ts";

const answer = {
  rows: [
    {
      family: "Sawadogo",
      given: "Awa",
      birth: { date: "1991-03-02", place: "Koudougou" },
      filiation: { father: "X" },
    },
    {
      family: "Kaboré",
      given: "Paul",
      birth: { date: "1980-01-01", place: "Dori" },
      filiation: { father: "Y" },
    },
  ],
  total: 2,
};

test("only the named fields leave", () => {
  assert.deepEqual(keepFields(answer, ["/rows/*/family", "/rows/*/birth/date"]), {
    rows: [
      { family: "Sawadogo", birth: { date: "1991-03-02" } },
      { family: "Kaboré", birth: { date: "1980-01-01" } },
    ],
  });
});

test("a pointer to a branch keeps the branch whole; the empty pointer keeps all", () => {
  assert.deepEqual(keepFields(answer, ["/rows/*/birth"]), {
    rows: answer.rows.map(({ birth }) => ({ birth })),
  });
  assert.deepEqual(keepFields(answer, [""]), answer);
});

test("nothing named, nothing leaves", () => {
  assert.deepEqual(keepFields(answer, []), {});
  assert.deepEqual(keepFields([1, 2], []), []);
  assert.deepEqual(keepFields("secret", ["/a"]), {});
  assert.deepEqual(keepFields(answer, ["/rows/0/family"]), {}, "an index would let one pick; only the star reads lists");
});

test("how many there are stays visible when elements are emptied", () => {
  assert.deepEqual(keepFields({ rows: [{ a: 1 }, { b: 2 }, 3] }, ["/rows/*/a"]), {
    rows: [{ a: 1 }, {}, null],
  });
});

test("names of the prototype are ordinary names", () => {
  const hostile = JSON.parse('{"__proto__":{"admin":true},"a":1}') as unknown;
  assert.deepEqual(JSON.stringify(keepFields(hostile, ["/a"])), '{"a":1}');
  const kept = keepFields(hostile, ["/__proto__"]) as Record<string, unknown>;
  assert.equal(kept["admin"], undefined);
  assert.deepEqual(keepFields({}, ["/constructor", "/toString"]), {});
});

test("pointers escape slash and tilde, and malformed ones are refused loudly", () => {
  assert.deepEqual(parsePointer("/a~1b/m~0n"), ["a/b", "m~n"]);
  assert.equal(parsePointer("a"), undefined);
  assert.equal(parsePointer("/~2"), undefined);
  assert.throws(() => keepFields({}, ["a"]), RangeError);
});

test("released names what was really handed over", () => {
  assert.deepEqual(released({ rows: [{ family: "a", birth: { date: "b", place: null } }, { family: "c" }], total: 0 }), [
    "/rows/*/family",
    "/rows/*/birth/date",
    "/total",
  ]);
  assert.deepEqual(released({ rows: [] }), []);
  assert.deepEqual(released({ "a/b": { "c~d": [1, 2] } }), ["/a~1b/c~0d/*"]);
  assert.equal(released(Array.from({ length: 500 }, (_, i) => ({ [`k${i}`]: i }))).length, 200);
});

test("whatever the answer: filtering twice is filtering once, and no value appears that was not there", () => {
  const pointer = fc.array(fc.constantFrom("a", "b", "*", "c"), { maxLength: 3 }).map((t) => t.map((x) => `/${x}`).join(""));
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.string(),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("node")),
    ),
  })).node;
  fc.assert(
    fc.property(value, fc.array(pointer, { maxLength: 4 }), (v, pointers) => {
      const once = keepFields(v, pointers);
      if (!pointers.includes("")) {
        assert.deepEqual(keepFields(once, pointers), once);
        assert.ok(!JSON.stringify(once).includes('"d"') || pointers.length > 0);
      }
      for (const text of leaves(once)) assert.ok(leaves(v).includes(text));
    }),
  );
});

function leaves(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return value === null ? [] : [JSON.stringify(value)];
  return Object.values(value).flatMap(leaves);
}
