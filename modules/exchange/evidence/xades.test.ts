import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, createPrivateKey, sign, verify, X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { certificatesOf, signaturesXml, type Signed, toBeSigned } from "./xades.ts";

const lacking = spawnSync("xmlsec1", ["--version"]).error ? "xmlsec1 is missing: apt-get install xmlsec1" : false;
const skip = process.env.CI ? false : lacking;
const dir = mkdtempSync(join(tmpdir(), "toguna-xades-"));
const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: dir, stdio: ["ignore", "pipe", "ignore"] });

function authority(name: string): void {
  openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    `${name}.key`,
    "-out",
    `${name}.pem`,
    "-subj",
    `/CN=${name}`,
  );
}
before(() => {
  authority("ca");
  authority("foreign");
  openssl(
    "req",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    "leaf.key",
    "-out",
    "leaf.csr",
    "-subj",
    "/O=Institution/CN=Seal",
  );
  openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "leaf.pem", "-days", "30");
});
after(() => rmSync(dir, { recursive: true }));

const part = "POST\r\n/r1/ZZ/GOV/M2/SUB2/echo?x=<&\"'>\r\nX-Road-Client:ZZ/GOV/M1/SUB1\r\nx-road-id:é\r\n";
const body = Buffer.from('{"a":1}');
const sha512 = (bytes: Uint8Array) => createHash("sha512").update(bytes).digest();

function signed(withBody: boolean): Signed {
  const certificate = readFileSync(join(dir, "leaf.pem"), "utf8");
  const s = { part, bodyHash: withBody ? sha512(body) : undefined, certificate, signedAt: new Date() };
  const key = createPrivateKey(readFileSync(join(dir, "leaf.key")));
  return { ...s, signature: sign("sha256", toBeSigned(s), { key, dsaEncoding: "ieee-p1363" }), ocsp: [] };
}

interface Unpacked {
  message?: string;
  attachment?: Buffer;
  signatures?: string;
  trusted?: string;
}
function judge(s: Signed, o: Unpacked = {}): { ok: boolean; text: string } {
  const at = mkdtempSync(join(dir, "container-"));
  mkdirSync(join(at, "META-INF"));
  writeFileSync(join(at, "message.xml"), o.message ?? s.part);
  writeFileSync(join(at, "attachment1"), o.attachment ?? body);
  writeFileSync(join(at, "META-INF/signatures.xml"), o.signatures ?? signaturesXml(s));
  const maps = ["--url-map:/message.xml", "message.xml", "--url-map:/attachment1", "attachment1"];
  const args = [
    "--verify",
    "--trusted-pem",
    join(dir, `${o.trusted ?? "ca"}.pem`),
    "--enabled-key-data",
    "x509",
    "--id-attr:Id",
    "SignedProperties",
  ];
  const run = spawnSync("xmlsec1", [...args, ...maps, "META-INF/signatures.xml"], { cwd: at, encoding: "utf8" });
  return { ok: run.status === 0, text: run.stdout + run.stderr };
}

test("xmlsec1 takes the signature made over the joined strings, with a body and without", { skip }, () => {
  for (const withBody of [true, false]) {
    const { ok, text } = judge(signed(withBody));
    assert.ok(ok, text);
    assert.match(text, withBody ? /3\/3/ : /2\/2/);
  }
});

test("one changed byte, or a root one does not trust, and xmlsec1 refuses", { skip }, () => {
  const s = signed(true);
  const xml = signaturesXml(s);
  const changed: Record<string, Unpacked> = {
    body: { attachment: Buffer.from('{"a":2}') },
    "header part": { message: part.replace("M1", "M3") },
    "signing time": { signatures: xml.replace(/<xades:SigningTime>20/, "<xades:SigningTime>21") },
    "certificate named": { signatures: xml.replace(/(CertDigest>.*?<ds:DigestValue[^>]*>)./, (_, head: string) => `${head}_`) },
    "signature value": {
      signatures: xml.replace(/(<ds:SignatureValue[^>]*>)(.)/, (_, head: string, c: string) => head + (c === "A" ? "B" : "A")),
    },
    "foreign root": { trusted: "foreign" },
  };
  for (const [what, o] of Object.entries(changed)) {
    assert.notEqual(o.signatures, xml, what);
    assert.equal(judge(s, o).ok, false, what);
  }
});

test("the bytes signed are found again in the container, and the key of its certificate signed them", () => {
  const s = signed(true);
  const xml = signaturesXml({ ...s, ocsp: [Buffer.from("status")] });
  assert.ok(xml.includes(toBeSigned(s).toString()));
  assert.match(xml, /EncapsulatedOCSPValue>c3RhdHVz</);
  const { publicKey } = new X509Certificate(certificatesOf(s.certificate).ders[0]!);
  assert.ok(verify("sha256", toBeSigned(s), { key: publicKey, dsaEncoding: "ieee-p1363" }, s.signature));
  assert.throws(() => toBeSigned({ ...s, certificate: "none" }), /no certificate/);
});
