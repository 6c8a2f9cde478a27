import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { zstdCompressSync } from "node:zlib";
import { requestPart, responsePart, sha512 } from "../protocol/header.ts";
import { emptyParcel, isPacked, largestParcel, type Parcel, readParcel, writeParcel } from "./parcel.ts";
import { readStatement, statementText } from "./statement.ts";

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const at = new Date("2026-11-23T09:00:00.123Z");
const part = (type: string) =>
  requestPart("POST", "/r1/ZZ/GOV/B/S/echo", [
    ["X-Road-Client", "ZZ/GOV/A/S"],
    ["Content-Type", type],
  ]);
const letter = (n: number, body: Buffer, type = "application/json") => ({
  exchange: id(n),
  part: part(type),
  signature: randomBytes(64),
  serial: "0a",
  signedAt: at,
  body,
});
const full = (): Parcel => ({
  certificates: { "0a": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
  messages: [letter(1, Buffer.from('{"é":1}')), letter(2, randomBytes(5000), "image/jpeg"), letter(3, Buffer.alloc(0))],
  answers: [{ ...letter(4, Buffer.from("[]")), by: "person", at, part: responsePart(200, "", [["content-type", "application/json"]]) }],
  statements: [{ id: id(5), clientInstitution: "a", text: "x\ny\n", signature: randomBytes(64), serial: "0a" }],
});

test("a parcel comes out as it went in, in each coding", () => {
  const p = full();
  for (const coding of ["none", "gzip", "zstd"] as const) assert.deepEqual(readParcel(writeParcel(p, coding)), p, coding);
  assert.deepEqual(readParcel(writeParcel(emptyParcel())), emptyParcel());
});

test("what repeats is pressed small; what is packed already is not touched", () => {
  const many = {
    ...full(),
    messages: Array.from({ length: 300 }, (_, n) => letter(n, Buffer.from(`{"rows":[{"nip":"${n}","family":"Kaboré"}]}`))),
  };
  const plain = writeParcel(many, "none").length;
  assert.ok(writeParcel(many).length < plain / 3, `${writeParcel(many).length} of ${plain}`);
  const photo = randomBytes(100_000);
  const bytes = writeParcel({ ...emptyParcel(), messages: [letter(1, photo, "image/jpeg")] });
  assert.ok(bytes.subarray(-photo.length).equals(photo), "as it is, at the end");
  assert.ok(
    isPacked(part("application/zip")) &&
      isPacked(part("application/pdf")) &&
      !isPacked(part("image/svg+xml")) &&
      !isPacked(part("text/csv")),
  );
  assert.ok(isPacked(requestPart("POST", "/x", [["Content-Encoding", "gzip"]])));
});

test("cut, altered, padded, inflated: no parcel, and no exception", () => {
  const good = writeParcel(full(), "none");
  for (let cut = 0; cut < good.length; cut += 97) assert.equal(readParcel(good.subarray(0, cut)), undefined, `cut at ${cut}`);
  assert.equal(readParcel(Buffer.concat([good, Buffer.of(1)])), undefined, "a byte too many");
  for (let i = 0; i < 400; i++) {
    const spoilt = Buffer.from(good);
    spoilt[(i * 131) % spoilt.length]! ^= 1 + (i % 255);
    readParcel(spoilt); // whatever it says, it does not throw
  }
  const index = (o: object) => {
    const json = Buffer.from(JSON.stringify({ certificates: {}, messages: [], answers: [], statements: [], ...o }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(json.length);
    const section = Buffer.concat([length, json]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(section.length);
    return readParcel(Buffer.concat([Buffer.from("EXP1"), Buffer.of(0), size, section]));
  };
  assert.ok(index({}));
  for (const bad of [
    { messages: {} },
    { messages: [[1]] },
    { messages: [[id(1), part("a"), "x", "0a", at.toISOString(), 0, 0]] },
    { messages: [["../../x", part("a"), "A".repeat(88), "0a", at.toISOString(), 0, 0]] },
    { messages: [[id(1), part("a"), "A".repeat(88), "0a", "tomorrow", 0, 0]] },
    { messages: [[id(1), part("a"), "A".repeat(88), "0a", at.toISOString(), -1, 0]] },
    { messages: [[id(1), part("a"), "A".repeat(88), "0a", at.toISOString(), 9, 2]] },
    { certificates: [] },
    { certificates: { a: "x\0" } },
    { statements: "none" },
  ])
    assert.equal(index(bad), undefined, JSON.stringify(bad));
  const bomb = zstdCompressSync(Buffer.alloc(largestParcel + 1));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bomb.length);
  assert.ok(bomb.length < 10_000);
  assert.equal(readParcel(Buffer.concat([Buffer.from("EXP1"), Buffer.of(3), size, bomb])), undefined);
});

test("a statement reads back letter for letter, and nothing else reads as one", () => {
  const hash = sha512("x").toString("base64");
  const said = {
    kind: "received" as const,
    institution: "zz-b",
    at,
    configuration: { version: 12, age: 3600 },
    statusAge: 60,
    messages: [
      { exchange: id(1), hash },
      { exchange: id(2), hash, type: "server.serverproxy.access_denied" },
    ],
  };
  const text = statementText(said);
  assert.deepEqual(readStatement(text), said);
  assert.match(
    text,
    /^exchange-statement\/1\nkind:received\ninstitution:zz-b\nat:2026-11-23T09:00:00\.123Z\nconfiguration:version 12, 3600 s old\n/,
  );
  for (const bad of [
    text.slice(0, -1),
    `${text}\n`,
    text.replace("received", "answered"),
    text.replace("12,", "012,"),
    text.replaceAll("\n", "\r\n"),
    text.replace(".123Z", "Z"),
    text.replace(`${id(1)} ${hash}`, id(1)),
    text.split("\n").slice(0, 6).join("\n") + "\n",
    "",
  ])
    assert.equal(readStatement(bad), undefined, bad);
});
