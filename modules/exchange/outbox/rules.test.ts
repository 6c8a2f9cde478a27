import assert from "node:assert/strict";
import { test } from "node:test";
import { requestPart, sha512 } from "../protocol/header.ts";
import { backOff, longestLife, prefersAsync, sameness, wishOf } from "./rules.ts";

const who = { client: "ZZ/GOV/A/S", service: "ZZ/GOV/B/S/echo" };

test("respond-async is found among other preferences and never in a quoted value (RFC 7240)", () => {
  for (const [value, expected] of [
    ["respond-async", true],
    ["Respond-Async", true],
    ["return=minimal, respond-async, wait=10", true],
    ["respond-async; x=1", true],
    ['foo="a, respond-async, b"', false],
    ["respond-asynchronous", false],
    ["wait=10", false],
  ] as const)
    assert.equal(prefersAsync([["Prefer", value]]), expected, value);
  assert.ok(
    prefersAsync([
      ["prefer", "wait=5"],
      ["PREFER", "respond-async"],
    ]),
    "a second line counts",
  );
  assert.ok(!prefersAsync([["X-Prefer", "respond-async"]]));
});

test("wishes: defaults, what is said, and what nobody can follow", () => {
  assert.deepEqual(wishOf([], who), { orderKey: `${who.client} ${who.client} ${who.service}`, priority: "normal", life: 604_800 });
  const said = [
    ["exchange-order-key", "dossier-7"],
    ["Exchange-Priority", "URGENT"],
    ["Exchange-Time-To-Live", "60"],
  ] as const;
  assert.deepEqual(wishOf(said, who), { orderKey: `${who.client} dossier-7`, priority: "urgent", life: 60 });
  for (const bad of [
    ["Exchange-Priority", "first"],
    ["Exchange-Time-To-Live", "0"],
    ["Exchange-Time-To-Live", "-1"],
    ["Exchange-Time-To-Live", "1e3"],
    ["Exchange-Time-To-Live", String(longestLife + 1)],
    ["Exchange-Order-Key", " "],
    ["Exchange-Order-Key", "x".repeat(601)],
  ] as const)
    assert.equal(wishOf([bad], who), undefined, bad.join(":"));
  assert.equal(
    wishOf(
      [
        ["Exchange-Priority", "bulk"],
        ["exchange-priority", "urgent"],
      ],
      who,
    ),
    undefined,
    "said twice is not said",
  );
});

test("two messages are the same when what the exchange reads of them is", () => {
  const part = (target: string, headers: [string, string][], id = "1") =>
    requestPart("POST", target, [["X-Road-Client", who.client], ["X-Road-Id", "a"], ...headers, ["x-road-request-id", id]]);
  const body = sha512("{}");
  const base = sameness(part("/r1/x", [["Content-Type", "application/json"]]), body);
  assert.deepEqual(
    sameness(
      part(
        "/r1/x",
        [
          ["Content-Type", "application/json"],
          ["traceparent", "00-1"],
        ],
        "2",
      ),
      body,
    ),
    base,
  );
  assert.notDeepEqual(sameness(part("/r1/y", [["Content-Type", "application/json"]]), body), base);
  assert.notDeepEqual(sameness(part("/r1/x", [["Content-Type", "text/plain"]]), body), base);
  assert.notDeepEqual(
    sameness(
      part("/r1/x", [
        ["Content-Type", "application/json"],
        ["Exchange-Purpose", "p"],
      ]),
      body,
    ),
    base,
  );
  assert.notDeepEqual(sameness(part("/r1/x", [["Content-Type", "application/json"]]), sha512("{ }")), base);
  assert.notDeepEqual(sameness(part("/r1/x", [["Content-Type", "application/json"]]), undefined), base);
});

test("attempts move apart, up to a limit, and never all at one instant", () => {
  assert.equal(backOff(1, 0), 0.5);
  assert.ok(backOff(1, 0.999) < 1);
  assert.equal(backOff(4, 0), 4);
  assert.equal(backOff(99, 0), 150);
  assert.ok(backOff(99, 0.999) <= 300);
  assert.equal(backOff(50, 0, { most: 10 }), 5);
});
