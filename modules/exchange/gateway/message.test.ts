import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { headerValue, requestHash, sha512 } from "../protocol/header.ts";
import { bindsTo, type Envelope, hashOf, readRequest, requestOf, responseOf, signedBytes, targetOf } from "./message.ts";

const e: Envelope = {
  exchange: "00000000-0000-7000-8000-000000000001",
  messageId: "ZZ-1",
  client: "ZZ/GOV/M1/SUB1",
  service: "ZZ/GOV/M2/SUB2/births",
  method: "GET",
  path: "/",
  query: { family: "Kaboré & fils", "birth.date": "1990-01-01" },
  purpose: "casier",
  userId: "ZZ1",
  issue: "ZZ-2026-1",
};

test("what is signed is what is read back, whatever the words", () => {
  const word = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z.]{1,8}$/), word, { maxKeys: 4, noNullPrototype: true }),
      fc.constantFrom("/", "/a", "/a/b%20c"),
      fc.option(fc.uuid(), { nil: undefined }),
      (query, path, consent) => {
        const made = requestOf({ ...e, query, path, consent }, undefined)!;
        const { rawQuery, rawPath, ...read } = readRequest(made.part)!;
        assert.equal(rawPath, path === "/" ? "" : path);
        assert.deepEqual({ ...read, query: { ...read.query } }, { ...e, query, path, consent });
        assert.ok(made.part.includes(`${e.service}${path === "/" ? "" : path}${rawQuery ? `?${rawQuery}` : ""}\r\n`));
      },
    ),
  );
});

test("no value can add a line or a parameter", () => {
  assert.equal(requestOf({ ...e, issue: "a\r\nX-Road-Client:ZZ/GOV/EVIL/SUB" }, undefined), undefined);
  assert.equal(targetOf(e), "/r1/ZZ/GOV/M2/SUB2/births?family=Kabor%C3%A9%20%26%20fils&birth.date=1990-01-01");
});

test("the signature survives the body: both hashes are what it covers", () => {
  const { part } = requestOf(e, Buffer.from("{}"))!;
  assert.deepEqual(signedBytes(part, hashOf(Buffer.from("{}"))), Buffer.concat([sha512(part), sha512("{}")]));
  assert.deepEqual(signedBytes(part, hashOf(Buffer.alloc(0))), sha512(part));
  assert.equal(requestHash(part, Buffer.from("{}")), sha512(signedBytes(part, hashOf(Buffer.from("{}")))).toString("base64"));
});

test("an answer binds to its question, and a provider cannot speak for the gateway", () => {
  const hash = requestHash(requestOf(e, undefined)!.part);
  const forged = [
    ["x-road-service", "ZZ/GOV/M9/SUB/x"],
    ["X-Road-Client", "ZZ/GOV/M9/SUB"],
    ["content-type", "application/json"],
  ] as const;
  const { part, headers } = responseOf({ status: 200, reason: "OK", headers: forged }, e, hash);
  assert.ok(bindsTo(part, e, hash));
  assert.equal(headerValue(headers, "x-road-client"), e.client);
  for (const change of [{ client: "ZZ/GOV/M3/SUB1" }, { service: "ZZ/GOV/M2/SUB2/deaths" }, { exchange: "x" }, { messageId: "x" }])
    assert.ok(!bindsTo(part, { ...e, ...change }, hash));
  assert.ok(!bindsTo(part, e, requestHash(requestOf({ ...e, purpose: "tax" }, undefined)!.part)));
  assert.ok(!bindsTo(`${part}x-road-client:${e.client}\r\n`, e, hash), "said twice is not said");
});

test("a request that lacks a name or a purpose is not read", () => {
  const { part } = requestOf(e, undefined)!;
  for (const gone of ["X-Road-Client", "Exchange-Purpose", "x-road-request-id", "x-road-id"])
    assert.equal(
      readRequest(
        part
          .split("\r\n")
          .filter((line) => !line.startsWith(`${gone}:`))
          .join("\r\n"),
      ),
      undefined,
      gone,
    );
  assert.equal(readRequest("GET\r\n/other\r\n"), undefined);
  for (const query of ["nip=1&nip=2", "nip=1+2", "nip=1;a=2", "nip=é", "nip= ", "nip=1#x", "%6eip=1&nip=2"])
    assert.equal(readRequest(part.replace(/\?[^\r]*/, `?${query}`)), undefined, query);
});

test("X-Road’s own software says the purpose in the issue; a purpose said twice is not said", () => {
  const bare = requestOf(e, undefined)!.part.replace("Exchange-Purpose:casier\r\n", "");
  const intent = (part: string) => {
    const read = readRequest(part);
    return read && [read.purpose, read.issue];
  };
  const issue = (text: string) => bare.replace("X-Road-Issue:ZZ-2026-1", `X-Road-Issue:${text}`);
  assert.equal(intent(bare), undefined);
  assert.deepEqual(intent(issue("casier")), ["casier", undefined]);
  assert.deepEqual(intent(issue("casier:ZZ-2026-1")), ["casier", "ZZ-2026-1"]);
  assert.deepEqual(intent(`${bare}Exchange-Purpose:tax\r\n`), ["tax", "ZZ-2026-1"]);
  assert.equal(intent(`${issue("casier")}Exchange-Purpose:tax\r\nexchange-purpose:casier\r\n`), undefined);
});

test("identifiers have one spelling, paths keep theirs", () => {
  const part = requestOf(e, undefined)!.part.replace("/SUB2/births", "/S%55B2/births/").replace("M1/SUB1", "%4D1/SUB1");
  const read = readRequest(part)!;
  assert.deepEqual([read.client, read.service, read.path, read.rawPath], [e.client, e.service, "/", "/"]);
});
