import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Header,
  headerIsSafe,
  headerValue,
  messageDigest,
  readPart,
  requestHash,
  requestHeaders,
  requestPart,
  responseHeaders,
  responsePart,
  sha512,
} from "./header.ts";

const part = requestPart("POST", "/r1/ZZ/GOV/M2/SUB2/echo/v1/items?x=1", [
  ["X-Road-Client", "ZZ/GOV/M1/SUB1"],
  ["Content-Type", "application/json"],
  ["x-road-request-id", "00000000-0000-4000-8000-000000000001"],
  ["x-road-id", "ZZ-00000000-0000-4000-8000-000000000002"],
]);

test("the known vector: header part and both hashes", () => {
  assert.equal(Buffer.byteLength(part), 212);
  assert.equal(
    requestHash(part, Buffer.from('{"a":1}')),
    "/6ACteepLFYgJk9jGzXGE+ihb6cMEL6/heuL/O5rq3eT9xQAyOxZyyypi3eo7hctIdIBJ7GrPagq9NmJ4KisbQ==",
  );
  assert.equal(requestHash(part), "XQVMK9wi/lWPgElPf0u5wgaJbLCQUzAiozTqmDL1FwkDVqIYWTZl0WBUgPZl3fViGgFRJyPXWmAOuORjG8He/w==");
});

test("a body of zero bytes counts as none; a known body hash stands for the body", () => {
  assert.equal(requestHash(part, new Uint8Array()), requestHash(part));
  const body = Buffer.from("x");
  assert.deepEqual(messageDigest(part, { hash: sha512(body) }), messageDigest(part, body));
});

test("a response keeps the line of an empty reason", () => {
  assert.equal(responsePart(200, "", [["a", "b"]]), "200\r\n\r\na:b\r\n");
});

test("hop-by-hop headers fall, the rest keeps order and repeats", () => {
  const headers: Header[] = [
    ["X-A", "1"],
    ["Host", "h"],
    ["x-a", "2"],
    ["Content-Length", "3"],
    ["X-Road-Request-Id", "forged"],
    ["X-Road-Request-Hash", "forged"],
    ["X-Road-Service", "mine"],
  ];
  assert.deepEqual(requestHeaders(headers), [
    ["X-A", "1"],
    ["x-a", "2"],
    ["X-Road-Service", "mine"],
  ]);
  assert.deepEqual(responseHeaders(headers), [
    ["X-A", "1"],
    ["x-a", "2"],
  ]);
  assert.equal(headerValue(headers, "X-A"), "2");
});

test("no header can carry a second line", () => {
  assert.ok(headerIsSafe(["X-Road-Issue", "BF-2026-1"]));
  for (const bad of [
    ["a", "x\r\ny:z"],
    ["a", "x\ny"],
    ["a b", "x"],
    ["", "x"],
    ["a:", "x"],
    ["a", "x\u0000"],
  ] as Header[])
    assert.ok(!headerIsSafe(bad));
});

test("written then read is the same; every change of a byte changes the digest", () => {
  const name = fc.stringMatching(/^[A-Za-z-]{1,12}$/);
  const value = fc.stringMatching(/^[ -~]{0,20}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), fc.uint8Array({ minLength: 1 }), fc.nat(), (headers, body, at) => {
      const written = requestPart("GET", "/r1/a", headers);
      assert.deepEqual(readPart(written), { first: ["GET", "/r1/a"], headers });
      const altered = Uint8Array.from(body);
      altered[at % body.length]! ^= 1;
      assert.notDeepEqual(messageDigest(written, body), messageDigest(written, altered));
    }),
  );
});

test("what is not a header part is not read as one", () => {
  for (const text of [
    "GET\r\n/a\r\na:b\nc:d\r\n",
    "GET\r\n/a\u0000\r\n",
    "GET\r\n/\ud800\r\n",
    "",
    "GET\r\n",
    "GET\r\n/a\r\nno-colon\r\n",
    "GET\r\n/a\r\na:b",
  ])
    assert.equal(readPart(text), undefined, JSON.stringify(text));
});
