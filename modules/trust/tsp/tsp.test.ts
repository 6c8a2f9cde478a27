import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { sha256 } from "../cms/sign.ts";
import { oids } from "../der/oids.ts";
import { int, octets, oid, seq, tagged, yes } from "../der/write.ts";
import { serialFrom } from "../x509/build.ts";
import { policies } from "../x509/profiles.ts";
import { missing, pemOf, scratch, testChain, type TestChain } from "../x509/test-authority.ts";
import { buildStampRequest, readStampRequest, type StampRequest } from "./request.ts";
import { checkStamp, readStampResponse, readToken } from "./read.ts";
import { buildToken, granted, refused } from "./token.ts";

const at = new Date("2026-11-21T12:00:00.750Z");
const noOpenssl = missing("openssl", "openssl");

const tokenFor = (chain: TestChain, request: StampRequest, when = at) =>
  buildToken({
    request,
    policy: policies.timeStamps,
    serial: serialFrom(randomBytes(16)),
    at: when,
    accuracy: 1,
    signer: chain.tsa.certificate,
    certificates: [chain.tsa.certificate.der, chain.issuing.certificate.der],
    sign: chain.tsa.sign,
  });

test("openssl verifies our answers to its requests, by three hashes, with and without nonce", { skip: noOpenssl }, async (t) => {
  const chain = await testChain();
  const box = scratch({ "data.bin": "the act", "other.bin": "another act", "root.pem": pemOf(chain.root) });
  t.after(box.remove);
  for (const args of [["-sha256"], ["-sha384", "-no_nonce"], ["-sha512", "-tspolicy", policies.timeStamps]]) {
    const asked = box.run("openssl", "ts", "-query", "-data", "data.bin", "-cert", ...args, "-out", "request.tsq");
    assert.equal(asked.code, 0, asked.out);
    const request = readStampRequest(readFileSync(join(box.folder, "request.tsq")), policies.timeStamps);
    assert.ok(!("failure" in request));
    const token = await tokenFor(chain, request);
    writeFileSync(join(box.folder, "answer.tsr"), granted(token));
    const verify = (...what: string[]) =>
      box.run(
        "openssl",
        "ts",
        "-verify",
        ...what,
        "-in",
        "answer.tsr",
        "-CAfile",
        "root.pem",
        "-attime",
        String(Math.floor(at.getTime() / 1000)),
      );
    assert.match(verify("-queryfile", "request.tsq").out, /Verification: OK/, verify("-queryfile", "request.tsq").out);
    assert.match(verify("-data", "data.bin").out, /Verification: OK/);
    assert.match(verify("-data", "other.bin").out, /message imprint mismatch/);
    const shown = box.run("openssl", "ts", "-reply", "-in", "answer.tsr", "-text").out;
    assert.match(shown, /Nov 21 12:00:00 2026 GMT/);
    assert.match(shown, /Accuracy: 0x01 seconds/);
  }
});

test("our reader finds what was stamped and refuses other data, other anchors, other purposes and changed bytes", async () => {
  const chain = await testChain();
  const data = Buffer.from("the act");
  const request: StampRequest = { hash: oids.sha256, imprint: sha256(data), certificates: true, nonce: Uint8Array.of(9, 9) };
  const token = await tokenFor(chain, request);
  const stamp = readToken(token)!;
  assert.equal(stamp.at.toISOString(), "2026-11-21T12:00:00.000Z");
  assert.deepEqual([...stamp.nonce!], [9, 9]);
  const anchors = { anchors: [chain.root.certificate] };
  assert.ok(checkStamp(stamp, data, anchors).ok);
  assert.deepEqual(checkStamp(stamp, Buffer.from("other"), anchors), { ok: false, fault: "imprint" });
  assert.deepEqual(checkStamp(stamp, data, { anchors: [chain.seal.certificate] }), { ok: false, fault: "untrusted" });
  const wrongSigner = await buildToken({
    request,
    policy: policies.timeStamps,
    serial: Uint8Array.of(1),
    at,
    accuracy: 1,
    signer: chain.seal.certificate,
    certificates: [chain.seal.certificate.der, chain.issuing.certificate.der],
    sign: chain.seal.sign,
  });
  assert.deepEqual(checkStamp(readToken(wrongSigner)!, data, anchors), { ok: false, fault: "not-a-time-stamp-authority" });
  for (let i = 0; i < token.length; i += 11) {
    const bent = Uint8Array.from(token);
    bent[i]! ^= 0x20;
    const read = readToken(bent);
    // Certificates which came along are helpers: a bent one may go unnoticed only if nothing rested on it.
    if (read && checkStamp(read, data, anchors).ok) assert.fail(`byte ${i} went unnoticed`);
  }
});

test("malformed, oversize and unacceptable requests are refused with the failure RFC 3161 names", () => {
  const failureOf = (bytes: Uint8Array) => {
    const read = readStampRequest(bytes, policies.timeStamps);
    return "failure" in read ? read.failure : "accepted";
  };
  const imprint = (hash: string, size: number) => seq(seq(oid(hash)), octets(new Uint8Array(size)));
  const good = [int(1), imprint(oids.sha256, 32)] as const;
  assert.equal(failureOf(seq(...good)), "accepted");
  assert.equal(failureOf(buildStampRequest(new Uint8Array(32), Uint8Array.of(1))), "accepted");
  assert.equal(failureOf(seq(int(2), good[1])), "badRequest");
  assert.equal(failureOf(seq(int(1), imprint("1.3.14.3.2.26", 20))), "badAlg");
  assert.equal(failureOf(seq(int(1), imprint("1.2.840.113549.2.5", 16))), "badAlg");
  assert.equal(failureOf(seq(int(1), imprint(oids.sha256, 20))), "badDataFormat");
  assert.equal(failureOf(seq(...good, oid("1.2.3.4"))), "unacceptedPolicy");
  assert.equal(failureOf(seq(...good, tagged(0, seq(oid("1.2.3"), octets())))), "unacceptedExtension");
  assert.equal(failureOf(seq(...good, yes, int(5))), "badDataFormat");
  assert.equal(failureOf(seq(...good, int(new Uint8Array(33).fill(1)))), "badDataFormat");
  assert.equal(failureOf(new Uint8Array(5000)), "badDataFormat");
  assert.equal(failureOf(new Uint8Array()), "badDataFormat");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => assert.notEqual(failureOf(bytes), "accepted")));
});

test("a refusal is a response openssl can print", { skip: noOpenssl }, (t) => {
  const box = scratch({ "no.tsr": refused("badAlg", "Only SHA-256, SHA-384 and SHA-512 are stamped.") });
  t.after(box.remove);
  const shown = box.run("openssl", "ts", "-reply", "-in", "no.tsr", "-text").out;
  assert.match(shown, /Rejected/);
  assert.match(shown, /unrecognized or unsupported algorithm identifier/);
  assert.deepEqual(readStampResponse(refused("badAlg", "Non.")), { refused: "Non." });
});
