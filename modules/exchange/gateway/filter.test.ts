import assert from "node:assert/strict";
import { test } from "node:test";
import { filtered } from "./filter.ts";

const json = [["Content-Type", "application/json; charset=utf-8"]] as const;
const raw = (body: string, more: object = {}) => ({ status: 200, reason: "OK", headers: json, body: Buffer.from(body), ...more });

test("an unrestricted answer passes byte for byte, and its fields are named when it is JSON", () => {
  const r = filtered(raw('{ "a" : 1 }'), null)!;
  assert.equal(r.body.toString(), '{ "a" : 1 }');
  assert.deepEqual(r.fields, ["/a"]);
  assert.deepEqual(filtered(raw("hello", { headers: [["content-type", "text/plain"]] }), null)!.fields, []);
});

test("a restricted answer is rewritten with what is allowed, headers included", () => {
  const r = filtered(raw('{"rows":[{"a":1,"b":2}]}', { headers: [...json, ["X-Secret", "2"], ["Set-Cookie", "b=2"]] }), ["/rows/*/a"])!;
  assert.deepEqual([r.body.toString(), r.headers, r.fields], ['{"rows":[{"a":1}]}', [["Content-Type", "application/json"]], ["/rows/*/a"]]);
});

test("outside 2xx a restricted answer is its status alone", () => {
  for (const status of [302, 404, 422, 503]) assert.equal(filtered(raw('{"b":2}', { status }), ["/a"])!.body.length, 0);
});

test("what cannot be read cannot be passed on", () => {
  assert.equal(filtered(raw("{"), ["/a"]), undefined);
  assert.equal(filtered(raw("{}", { headers: [] }), ["/a"]), undefined);
  assert.equal(filtered(raw("{}", { headers: [...json, ["Content-Encoding", "br"]] }), ["/a"]), undefined);
  assert.equal(filtered(raw("{}", { headers: [["Content-Type", "application/jsonp"]] }), ["/a"]), undefined);
  assert.ok(filtered(raw("{}", { headers: [["Content-Type", "application/problem+json"]] }), ["/a"]));
});
