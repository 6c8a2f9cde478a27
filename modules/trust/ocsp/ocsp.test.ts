import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { missing, pemOf, scratch, testChain } from "../x509/test-authority.ts";
import { namesIssuer, readOcspRequest } from "./request.ts";
import { buildOcspResponse, refuseOcsp, type Status } from "./response.ts";

const noOpenssl = missing("openssl", "openssl");

test("openssl accepts our answers: good, revoked, unknown, by SHA-1 and SHA-256 names, nonce returned", { skip: noOpenssl }, async (t) => {
  const chain = await testChain();
  const box = scratch({
    "root.pem": pemOf(chain.root),
    "issuing.pem": pemOf(chain.issuing),
    "seal.pem": pemOf(chain.seal),
    "person.pem": pemOf(chain.person),
  });
  t.after(box.remove);
  const now = new Date(Math.floor(Date.now() / 1000) * 1000);
  const statuses: [Status, RegExp][] = [
    [{ kind: "good" }, /seal\.pem: good/],
    [
      { kind: "revoked", at: new Date("2026-11-01T08:00:00Z"), reason: "keyCompromise" },
      /seal\.pem: revoked[\s\S]*keyCompromise[\s\S]*Nov {2}1 08:00:00 2026/,
    ],
    [{ kind: "unknown" }, /seal\.pem: unknown/],
  ];
  for (const hash of ["-sha1", "-sha256"]) {
    for (const [status, shown] of statuses) {
      const asked = box.run("openssl", "ocsp", hash, "-issuer", "issuing.pem", "-cert", "seal.pem", "-nonce", "-reqout", "request.der");
      assert.equal(asked.code, 0, asked.out);
      const request = readOcspRequest(readFileSync(join(box.folder, "request.der")))!;
      assert.ok(request.nonce);
      assert.ok(namesIssuer(request.ids[0]!, chain.issuing.certificate));
      assert.ok(!namesIssuer(request.ids[0]!, chain.root.certificate));
      assert.deepEqual(Buffer.from(request.ids[0]!.serial), Buffer.from(chain.seal.certificate.serial));
      const answer = await buildOcspResponse({
        responder: chain.ocsp.certificate.subject,
        responderCertificate: chain.ocsp.certificate.der,
        producedAt: now,
        thisUpdate: now,
        nextUpdate: new Date(now.getTime() + 3_600_000),
        answers: [{ id: request.ids[0]!, status }],
        nonce: request.nonce,
        sign: chain.ocsp.sign,
      });
      writeFileSync(join(box.folder, "answer.der"), answer);
      const judged = box.run(
        "openssl",
        "ocsp",
        "-no_nonce",
        "-reqin",
        "request.der",
        "-respin",
        "answer.der",
        "-issuer",
        "issuing.pem",
        hash,
        "-cert",
        "seal.pem",
        "-CAfile",
        "root.pem",
        "-verify_other",
        "issuing.pem",
      );
      assert.match(judged.out, /Response verify OK/, judged.out);
      assert.match(judged.out, shown);
      assert.doesNotMatch(judged.out, /nonce/i);
    }
  }
});

test("garbage, oversize and unnamed hashes are not requests; refusals need no signature", () => {
  assert.equal(readOcspRequest(new Uint8Array()), undefined);
  assert.equal(readOcspRequest(new Uint8Array(9000)), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => assert.equal(readOcspRequest(bytes), undefined)));
  assert.equal(Buffer.from(refuseOcsp("malformedRequest")).toString("hex"), "30030a0101");
});
