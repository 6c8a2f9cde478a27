import assert from "node:assert/strict";
import { test } from "node:test";
import { numberAsked, numbersIn } from "./concerned.ts";

test("a question names somebody by a parameter or a segment, or nobody", () => {
  const q = (query: Record<string, string>, path = "/") => ({ query, path });
  assert.equal(numberAsked({ query: "nip" }, q({ nip: " 9919 94 " })), "9919 94");
  assert.equal(numberAsked({ query: "nip" }, q({ other: "99199400000169139" })), undefined);
  assert.equal(numberAsked({ segment: 2 }, q({}, "/persons/99199400000169139/cards")), "99199400000169139");
  assert.equal(numberAsked({ segment: 1 }, q({}, "/%41B12345")), "AB12345");
  for (const nonsense of ["", "1", "a".repeat(41), "x\u0000yyyy", "<script>"])
    assert.equal(numberAsked({ query: "nip" }, q({ nip: nonsense })), undefined);
  assert.equal(numberAsked({}, q({ nip: "99199400000169139" })), undefined);
  assert.equal(numberAsked({ query: "constructor" }, q({})), undefined);
});

test("an answer names everybody it holds, each once", () => {
  const answer = { rows: [{ nip: "1111" }, { nip: ["2222", "3333"] }, { nip: "1111" }, { nip: 4444 }, { nip: null }, {}, 5] };
  assert.deepEqual(numbersIn(answer, "/rows/*/nip"), ["1111", "2222", "3333", "4444"]);
  assert.deepEqual(numbersIn([{ a: { b: "99999" } }], "/*/a/b"), ["99999"]);
  assert.deepEqual(numbersIn(answer, "/rows/1/nip"), ["2222", "3333"]);
  assert.deepEqual(numbersIn({ rows: "x" }, "/rows/*/nip"), []);
  assert.deepEqual(numbersIn(answer, "no pointer"), []);
});
