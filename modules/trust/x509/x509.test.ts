import assert from "node:assert/strict";
import { test } from "node:test";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { ecdsaSignature, int, oid, setOf, time } from "../der/write.ts";
import { isMalformed, readEcdsa, readOid, readTime, readUnsigned, whole } from "../der/read.ts";
import { buildRequest, serialFrom } from "./build.ts";
import { chainOf } from "./chain.ts";
import { policies } from "./profiles.ts";
import { pem, readCertificate, readCertificates, same } from "./read.ts";
import { buildCrl } from "./revocations.ts";
import { issue, missing, pemOf, scratch, testChain } from "./test-authority.ts";

const noOpenssl = missing("openssl", "openssl");
const at = new Date("2026-11-21T12:00:00Z");

test("DER written is DER read: integers, identifiers, times, signatures", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
      const written = int(bytes);
      const stripped = bytes.subarray(
        Math.min(bytes.findIndex((b) => b !== 0) === -1 ? bytes.length - 1 : bytes.findIndex((b) => b !== 0), bytes.length - 1),
      );
      assert.deepEqual([...readUnsigned(whole(written))], [...stripped]);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), { minLength: 1, maxLength: 3 }), (arcs) =>
      assert.equal(readOid(whole(oid(`1.3.${arcs.join(".")}`))), `1.3.${arcs.join(".")}`),
    ),
  );
  assert.equal(readOid(whole(oid(policies.certificates))), policies.certificates);
  for (const year of ["1999", "2026", "2049", "2050", "2120"])
    assert.equal(readTime(whole(time(new Date(`${year}-02-28T23:59:59Z`)))).getUTCFullYear(), Number(year));
  fc.assert(fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (raw) => assert.deepEqual(readEcdsa(ecdsaSignature(raw)), raw)));
  assert.deepEqual(setOf(int(9), int(1)), setOf(int(1), int(9)));
});

test("bytes which are not DER are refused, whatever they are", () => {
  for (const hex of ["", "30", "3080", "308000", "30810100", "3082000100", "30050201", "1f8100", "020200"]) {
    assert.throws(() => readCertificate(Buffer.from(hex, "hex")), isMalformed);
  }
  assert.throws(() => readUnsigned(whole(Buffer.from("02020001", "hex"))), isMalformed);
  assert.throws(() => readTime(whole(Buffer.from("170d3236303233303030303030305a", "hex"))), isMalformed);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        readCertificate(bytes);
      } catch (error) {
        assert.ok(isMalformed(error), String(error));
      }
    }),
  );
});

test("every truncation and any changed byte of a certificate is malformed or no longer verifies", async () => {
  const chain = await testChain();
  const { der } = chain.seal.certificate;
  for (let cut = 0; cut < der.length; cut++) assert.throws(() => readCertificate(der.subarray(0, cut)), isMalformed);
  const question = { pool: [chain.issuing.certificate], anchors: [chain.root.certificate], at };
  assert.ok(chainOf(readCertificate(der), question).ok);
  for (let i = 0; i < der.length; i += 7) {
    const bent = Uint8Array.from(der);
    bent[i]! ^= 0x04;
    try {
      const read = readCertificate(bent);
      assert.ok(!same(read.der, der));
      assert.ok(!chainOf(read, question).ok, `byte ${i}`);
    } catch (error) {
      assert.ok(isMalformed(error), String(error));
    }
  }
});

test("a chain is refused when expired, not yet valid, revoked, unknown, or issued by no authority", async () => {
  const chain = await testChain();
  const question = { pool: [chain.issuing.certificate], anchors: [chain.root.certificate], at };
  const faultOf = (found: ReturnType<typeof chainOf>) => (found.ok ? "ok" : found.fault);
  assert.equal(faultOf(chainOf(chain.seal.certificate, question)), "ok");
  assert.equal(faultOf(chainOf(chain.seal.certificate, { ...question, at: new Date("2031-01-01") })), "expired");
  assert.equal(faultOf(chainOf(chain.seal.certificate, { ...question, at: new Date("2025-12-31") })), "not-yet-valid");
  assert.equal(faultOf(chainOf(chain.seal.certificate, { ...question, pool: [] })), "unknown-issuer");
  assert.equal(
    faultOf(chainOf(chain.seal.certificate, { ...question, anchors: [(await issue("root", "Autre")).certificate] })),
    "unknown-issuer",
  );
  const revoked = (day: string) =>
    chainOf(chain.seal.certificate, { ...question, revokedAt: (c) => (c === chain.seal.certificate ? new Date(day) : undefined) });
  assert.equal(faultOf(revoked("2026-11-20")), "revoked");
  assert.equal(faultOf(revoked("2026-11-22")), "ok");
  const forged = await issue("seal", "Faux", chain.seal);
  assert.equal(
    faultOf(chainOf(forged.certificate, { ...question, pool: [chain.issuing.certificate, chain.seal.certificate] })),
    "not-an-authority",
  );
  // The issuing authority may not make authorities (path length 0).
  const under = await issue("issuing", "Sous-autorité", chain.issuing);
  const leaf = await issue("seal", "Sous", under);
  assert.equal(
    faultOf(chainOf(leaf.certificate, { ...question, pool: [chain.issuing.certificate, under.certificate] })),
    "not-an-authority",
  );
});

test("openssl accepts the chain, shows the profiles, and refuses a revoked certificate by our CRL", { skip: noOpenssl }, async (t) => {
  const chain = await testChain();
  const crl = await buildCrl(
    {
      issuer: chain.issuing.certificate.subject,
      issuerSpki: chain.issuing.certificate.spki,
      number: 7,
      thisUpdate: at,
      nextUpdate: new Date("2026-11-28"),
      revoked: [{ serial: chain.person.certificate.serial, at, reason: "keyCompromise" }],
    },
    chain.issuing.sign,
  );
  const request = await buildRequest(
    { country: "ZZ", organization: "Essai", commonName: "Sceau" },
    chain.seal.certificate.spki,
    chain.seal.sign,
  );
  const box = scratch({
    "root.pem": pemOf(chain.root),
    "issuing.pem": pemOf(chain.issuing),
    "seal.pem": pemOf(chain.seal),
    "person.pem": pemOf(chain.person),
    "tsa.pem": pemOf(chain.tsa),
    "ocsp.pem": pemOf(chain.ocsp),
    "crl.pem": pem("X509 CRL", crl),
    "request.pem": pem("CERTIFICATE REQUEST", request),
  });
  t.after(box.remove);
  const when = String(at.getTime() / 1000 + 60);
  const verify = (file: string, ...more: string[]) =>
    box.run("openssl", "verify", "-x509_strict", "-attime", when, "-CAfile", "root.pem", "-untrusted", "issuing.pem", ...more, file);
  for (const file of ["seal.pem", "person.pem", "tsa.pem", "ocsp.pem"]) assert.equal(verify(file).code, 0, verify(file).out);
  assert.equal(verify("tsa.pem", "-purpose", "timestampsign").code, 0);
  assert.notEqual(verify("seal.pem", "-purpose", "timestampsign").code, 0);
  assert.equal(verify("seal.pem", "-crl_check", "-CRLfile", "crl.pem").code, 0);
  assert.match(verify("person.pem", "-crl_check", "-CRLfile", "crl.pem").out, /certificate revoked/);
  assert.match(box.run("openssl", "req", "-in", "request.pem", "-verify", "-noout").out, /verify OK/);
  const text = box.run("openssl", "x509", "-in", "seal.pem", "-noout", "-text", "-nameopt", "utf8").out;
  assert.match(text, /Digital Signature, Non Repudiation/);
  assert.match(text, /OCSP - URI:http:\/\/ocsp\.test\/ocsp/);
  assert.match(text, /URI:http:\/\/ocsp\.test\/crl/);
  assert.match(text, /organizationIdentifier *= *GOVZZ-tgi/);
  assert.match(box.run("openssl", "x509", "-in", "ocsp.pem", "-noout", "-text").out, /OCSP No Check/);
});

test("PEM goes out and comes back; rubbish does not", async () => {
  const chain = await testChain();
  assert.deepEqual(
    readCertificates(pemOf(chain.root, chain.issuing))?.map((c) => c.subjectName),
    ["Autorité racine d’essai", "Autorité émettrice d’essai"],
  );
  assert.equal(readCertificates("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"), undefined);
  assert.equal(readCertificates("hello"), undefined);
  const serial = serialFrom(new Uint8Array(randomBytes(16)));
  assert.ok(serial.length === 16 && serial[0]! >= 0x40 && serial[0]! < 0x80);
});
