import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { sha256 } from "../cms/sign.ts";
import { oids } from "../der/oids.ts";
import { serialFrom } from "../x509/build.ts";
import { policies } from "../x509/profiles.ts";
import { issue, missing, pemOf, scratch, testChain, type TestChain, type TestKey } from "../x509/test-authority.ts";
import { buildToken } from "../tsp/token.ts";
import { readPdf } from "./file.ts";
import { addSignature } from "./sign.ts";
import { readTextString, textString } from "./syntax.ts";
import { verifyPdf } from "./verify.ts";

const plain = new Uint8Array(readFileSync(new URL("./plain-act.test.pdf", import.meta.url)));
const at = new Date("2026-11-21T12:00:00Z");
const noPdfsig = missing("pdfsig", "poppler-utils");
const noOpenssl = missing("openssl", "openssl");

const stampBy =
  (chain: TestChain, when = at) =>
  (digest: Uint8Array) =>
    buildToken({
      request: { hash: oids.sha256, imprint: digest, certificates: true },
      policy: policies.timeStamps,
      serial: serialFrom(randomBytes(16)),
      at: when,
      accuracy: 1,
      signer: chain.tsa.certificate,
      certificates: [chain.tsa.certificate.der, chain.issuing.certificate.der],
      sign: chain.tsa.sign,
    });

const signWith = (pdf: Uint8Array, chain: TestChain, key: TestKey, field: string, when = at) =>
  addSignature(pdf, {
    field,
    signer: key.certificate.subjectName,
    reason: "Délivrance (bulletin n°3)",
    location: "Koudougou",
    at: when,
    certificate: key.certificate,
    certificates: [key.certificate.der, chain.issuing.certificate.der],
    sign: key.sign,
    stamp: stampBy(chain, when),
    tokenBytes: 3072,
  });

let chain: TestChain;
let once: Uint8Array;
let twice: Uint8Array;
before(async () => {
  chain = await testChain();
  once = await signWith(plain, chain, chain.person, "Signature1");
  twice = await signWith(once, chain, chain.seal, "Signature2");
});

const verify = (pdf: Uint8Array, more: object = {}) => verifyPdf(pdf, { anchors: [chain.root.certificate], ...more });
const faults = (pdf: Uint8Array, more: object = {}) => {
  const report = verify(pdf, more);
  return [...report.faults, ...report.signatures.map((s) => s.faults.join("+") || "ok")].join(" ");
};

test("person then seal: both stand, the earlier bytes are untouched, the last covers the whole file", () => {
  assert.equal(Buffer.compare(twice.subarray(0, plain.length), plain), 0);
  assert.equal(Buffer.compare(twice.subarray(0, once.length), once), 0);
  const report = verify(twice);
  assert.ok(report.ok, JSON.stringify(report.faults));
  assert.deepEqual(
    report.signatures.map((s) => [s.kind, s.subject, s.ok, s.coversWholeFile, s.at?.toISOString(), s.reason]),
    [
      ["person", "Awa Essai", true, false, "2026-11-21T12:00:00.000Z", "Délivrance (bulletin n°3)"],
      ["seal", "Tribunal d’essai", true, true, "2026-11-21T12:00:00.000Z", "Délivrance (bulletin n°3)"],
    ],
  );
});

test("pdfsig finds two valid PAdES signatures, and the second covers the total document", { skip: noPdfsig }, (t) => {
  const box = scratch({ "act.pdf": twice });
  t.after(box.remove);
  const { out } = box.run("pdfsig", "-nocert", "act.pdf");
  assert.equal(out.match(/Signature Validation: Signature is Valid\./g)?.length, 2, out);
  assert.equal(out.match(/ETSI\.CAdES\.detached/g)?.length, 2);
  assert.match(out, /Signature #2[\s\S]*Total document signed/);
  const bent = Uint8Array.from(twice);
  bent[1000]! ^= 1;
  writeFileSync(join(box.folder, "bent.pdf"), bent);
  assert.match(box.run("pdfsig", "-nocert", "bent.pdf").out, /Digest Mismatch/);
});

test("openssl verifies the CMS with its chain as CAdES, and the time stamp over the signature value", { skip: noOpenssl }, (t) => {
  const { text } = readPdf(twice);
  const when = String(at.getTime() / 1000);
  const box = scratch({ "root.pem": pemOf(chain.root), "issuing.pem": pemOf(chain.issuing) });
  t.after(box.remove);
  const ranges = [...text.matchAll(/\/ByteRange \[0 (\d+) +(\d+) +(\d+) *\]/g)];
  assert.equal(ranges.length, 2);
  for (const [, a, b, c] of ranges) {
    const [from, to, rest] = [Number(a), Number(b), Number(c)];
    const cms = Buffer.from(text.slice(from + 1, to - 1), "hex");
    writeFileSync(join(box.folder, "sig.der"), cms);
    writeFileSync(join(box.folder, "content"), Buffer.concat([twice.subarray(0, from), twice.subarray(to, to + rest)]));
    const judged = box.run(
      "openssl",
      "cms",
      "-verify",
      "-cades",
      "-binary",
      "-inform",
      "DER",
      "-in",
      "sig.der",
      "-content",
      "content",
      "-CAfile",
      "root.pem",
      "-attime",
      when,
      "-purpose",
      "any",
      "-out",
      "out",
    );
    assert.match(judged.out, /Verification successful/, judged.out);
    const parsed = box.run("openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", "sig.der").out;
    assert.doesNotMatch(parsed, /signingTime/);
    assert.match(parsed, /smime-aa-signingCertificateV2/);
  }
});

test("one byte changed anywhere is found", () => {
  for (let i = 0; i < twice.length; i += 13) {
    const bent = Uint8Array.from(twice);
    bent[i]! ^= 0x01;
    assert.ok(!verify(bent).ok, `byte ${i}`);
  }
});

test("bytes appended, cut off, or a page replaced after the signatures are refused", () => {
  assert.equal(faults(Buffer.concat([twice, Buffer.from("\n")])), "bytes-after-signature ok ok");
  assert.match(faults(twice.subarray(0, twice.length - 3)), /not-a-readable-pdf|covers-part/);
  assert.equal(faults(plain), "not-signed");
  assert.equal(faults(Buffer.from("hello")), "not-a-readable-pdf");
  assert.equal(faults(new Uint8Array()), "not-a-readable-pdf");
  // The shadow attack: an update replaces the page, the signature is still arithmetically right over its range.
  const { text, revisions } = readPdf(once);
  const last = revisions[revisions.length - 1]!;
  const page = [...last.objects].find(([, offset]) => text.slice(offset, offset + 400).includes("/Type /Page\n"))!;
  const replaced = text.slice(page[1], text.indexOf("endobj", page[1]) + 7).replace(/\/MediaBox \[[^\]]*\]/, "/MediaBox [0 0 9 9]");
  const at2 = once.length;
  const trailer = `xref\n${page[0]} 1\n${String(at2).padStart(10, "0")} 00000 n \ntrailer\n<<\n/Size ${last.trailer.entries.get("Size")}\n/Root ${last.trailer.entries.get("Root")}\n/Prev ${last.startxref}\n>>\nstartxref\n${at2 + replaced.length}\n%%EOF\n`;
  const shadow = Buffer.concat([once, Buffer.from(replaced + trailer, "latin1")]);
  assert.equal(faults(shadow), "bytes-after-signature changed-after-signature");
});

test("the seal does not launder a page replaced between the two signatures", async () => {
  const { text, revisions } = readPdf(once);
  const last = revisions[revisions.length - 1]!;
  const content = [...revisions[0]!.objects].find(([, offset]) => text.slice(offset, offset + 200).includes("/Subtype /Link"))!;
  const replaced = text.slice(content[1], text.indexOf("endobj", content[1]) + 7).replace("example.org", "example.com");
  assert.notEqual(replaced.indexOf("example.com"), -1);
  const update = `${replaced}xref\n${content[0]} 1\n${String(once.length).padStart(10, "0")} 00000 n \ntrailer\n<<\n/Size ${last.trailer.entries.get("Size")}\n/Root ${last.trailer.entries.get("Root")}\n/Prev ${last.startxref}\n>>\nstartxref\n${once.length + replaced.length}\n%%EOF\n`;
  const sealed = await signWith(Buffer.concat([once, Buffer.from(update, "latin1")]), chain, chain.seal, "Signature2");
  assert.equal(faults(sealed), "changed-after-signature ok");
});

test("a certificate expired, revoked before the time stamp, unknown, or of the wrong kind is named", async () => {
  const old = await issue(
    "seal",
    "Ancien",
    chain.issuing,
    { from: "2024-01-01T00:00:00Z", to: "2025-01-01T00:00:00Z" },
    { organizationIdentifier: "GOVZZ-x" },
  );
  assert.equal(faults(await signWith(plain, chain, old, "S")), "expired");
  const revokedAt = (day: string) => ({
    revokedAt: (c: { subjectName: string }) => (c.subjectName === "Tribunal d’essai" ? new Date(day) : undefined),
  });
  assert.equal(faults(twice, revokedAt("2026-11-20")), "ok revoked");
  assert.equal(faults(twice, revokedAt("2026-11-22")), "ok ok");
  assert.equal(faults(twice, { anchors: [(await issue("root", "X")).certificate] }), "time-stamp time-stamp");
  assert.equal(faults(await signWith(plain, chain, chain.tsa, "S")), "wrong-use");
});

test("a signature whose room is too small is an error, and a file we cannot read is not signed", async () => {
  await assert.rejects(
    addSignature(plain, {
      field: "S",
      signer: "x",
      reason: "y",
      at,
      certificate: chain.seal.certificate,
      certificates: [],
      sign: chain.seal.sign,
      stamp: stampBy(chain),
      tokenBytes: 0,
    }),
    /were kept for it/,
  );
  await assert.rejects(signWith(Buffer.from("%PDF-1.7\nnothing"), chain, chain.seal, "S"), /malformed/);
});

test("names keep their accents, and what looks like PDF in them stays text", async () => {
  for (const name of ["Awa Ouédraogo", "a (b) \\ c", "/ByteRange [0 1 2 3] /Contents <00>", "ɓ ŋ 𞤀"])
    assert.equal(readTextString(textString(name)), name);
  const odd = await addSignature(plain, {
    field: "S",
    signer: ") /ByteRange [0 1 2 3] /Contents <00> (",
    reason: "é".repeat(10_000),
    at,
    certificate: chain.seal.certificate,
    certificates: [chain.seal.certificate.der, chain.issuing.certificate.der],
    sign: chain.seal.sign,
    stamp: stampBy(chain),
    tokenBytes: 3072,
  });
  assert.equal(faults(odd), "ok");
  assert.equal(sha256(odd).length, 32);
});

test("files made to keep a verifier busy are refused quickly", () => {
  const deep = `%PDF-1.7\n1 0 obj\n${"[".repeat(200_000)}\nendobj\n`;
  const many = Array.from(
    { length: 40 },
    (_, i) => `xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R ${i ? `/Prev ${i}` : ""} >>\nstartxref\n9\n%%EOF\n`,
  ).join("");
  const loop = "%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n";
  const nested = `%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n${"<</A ".repeat(5000)}1${">>".repeat(5000)}\nstartxref\n9\n%%EOF\n`;
  for (const text of [deep, many, loop, nested, `%PDF-1.7\nxref\n0 999999999\n`, "%PDF-1.7\n".repeat(100_000)]) {
    const began = performance.now();
    assert.equal(faults(Buffer.from(text)), "not-a-readable-pdf");
    assert.ok(performance.now() - began < 10_000);
  }
});
