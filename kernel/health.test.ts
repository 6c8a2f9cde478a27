import assert from "node:assert/strict";
import { test } from "node:test";
import { mayReadMetrics } from "./health.ts";

const far = "203.0.113.9";

test("in production figures are for this machine or for the token's holder", () => {
  const policy = { production: true, token: "a-long-token" };
  const may = (authorization: string | undefined, ip: string) => mayReadMetrics(policy, { authorization, ip });
  assert.equal(may(undefined, far), false);
  assert.equal(may("Bearer a-long-toke", far), false);
  assert.equal(may("Bearer a-long-token2", far), false);
  assert.equal(may("a-long-token", far), false);
  assert.equal(may("Bearer a-long-token", far), true);
  for (const here of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) assert.equal(may(undefined, here), true);
  assert.equal(may(undefined, "::ffff:203.0.113.9"), false);
});

test("without a token nobody far holds it, and an empty one is none", () => {
  for (const token of [undefined, ""])
    assert.equal(mayReadMetrics({ production: true, token }, { authorization: "Bearer ", ip: far }), false);
});
