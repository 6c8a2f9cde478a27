import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { zip } from "../../modules/exchange/evidence/zip.ts";
import { checkContainer } from "../../verify/asic-e.mjs";
import { authority, container, hashChain, ocspOf } from "./xroad-shaped.mjs";

const lacking = ["xmlsec1", "openssl"].find((tool) => spawnSync(tool, ["--version"]).error);
const skip = lacking && !process.env.CI ? `${lacking} is missing: apt-get install ${lacking}` : false;
const dir = mkdtempSync(join(tmpdir(), "toguna-xroad-"));
const message = "POST\r\n/r1/ZZ/GOV/M2/SUB2/echo\r\nX-Road-Client:ZZ/GOV/M1/SUB1\r\n";
const soap = '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body/></SOAP-ENV:Envelope>';
let ec, rsa, anchors;
before(() => {
  if (skip) return;
  for (const kind of ["ec", "rsa", "old"]) mkdirSync(join(dir, kind));
  ec = authority(join(dir, "ec"), "ec");
  rsa = authority(join(dir, "rsa"), "rsa");
  anchors = readFileSync(join(dir, "ec/ca.pem"), "utf8") + readFileSync(join(dir, "rsa/ca.pem"), "utf8");
});
after(() => rmSync(dir, { recursive: true }));

const packed = (files) =>
  zip(
    Object.entries(files).map(([name, bytes]) => ({ name, bytes })),
    new Date(),
  );
const check = (files, o = {}, roots = anchors) => checkContainer(packed(files), roots, o);
const genuine = (files, o) => {
  const r = check(files, o);
  assert.deepEqual(r.faults, []);
  return r;
};
const refused = (files, words, o, roots) => assert.match(check(files, o, roots).faults.join("; "), words);

const shapes = () => [
  container(ec, { message, body: '{"a":1}', layout: "direct", stamp: "batch", ocsp: [ocspOf(ec)] }),
  container(rsa, { message, body: '{"a":1}', layout: "chain", stamp: "batch", inclusive: true, ocsp: [ocspOf(rsa)] }),
  container(rsa, { message: soap, layout: "direct", stamp: "signature", inclusive: true, ocsp: [ocspOf(rsa)] }),
  container(ec, { message: soap, body: "<x/>", layout: "chain", stamp: "signature", ocsp: [ocspOf(ec)] }),
];

test("genuine: EC and RSA, direct and chained, stamped alone or in a batch, REST and SOAP", { skip }, () => {
  for (const files of shapes()) {
    const r = genuine(files);
    assert.ok(r.stampedAt instanceof Date);
    assert.match(r.notes.join(), /certificate good/);
  }
});

test("altered anywhere: refused, and why", { skip }, () => {
  const [direct, chained, alone] = shapes();
  for (const files of [direct, chained]) {
    refused({ ...files, "message.xml": `${message}X:1\r\n` }, /message\.xml is not the file/);
    refused({ ...files, attachment1: '{"a":2}' }, /attachment1 is not the file/);
    refused({ ...files, attachment2: "more" }, /attachment2 is not covered|does not cover \/attachment2/);
    const xml = files["META-INF/signatures.xml"];
    refused(
      { ...files, "META-INF/signatures.xml": xml.replace(/<xades:SigningTime>20/, "<xades:SigningTime>19") },
      /properties were changed/,
    );
    refused(
      { ...files, "META-INF/signatures.xml": xml.replace(/(<ds:SignatureValue[^>]*>\s*)(.)/, (_, h, c) => h + (c === "A" ? "B" : "A")) },
      /signature does not fit/,
    );
    refused({ ...files, "META-INF/signatures.xml": `${xml} ` }, /not the file that was chained/);
    const { "META-INF/timestamp.tst": _stamp, ...unstamped } = files;
    refused(unstamped, /no time stamp/);
    genuine(unstamped, { unstamped: true });
    refused(files, /leads to none/, {}, "");
  }
  refused({ ...alone, "message.xml": soap.replace("Body", "Bode") }, /message\.xml is not/);
});

test("wrongly chained: refused", { skip }, () => {
  const [, chained] = shapes();
  const sha = { digest: Buffer.alloc(64, 1) };
  refused(
    { ...chained, "sig-hashchain.xml": hashChain("sig-hashchain", [[sha], sha])["sig-hashchain.xml"] },
    /does not lead to its result/,
  );
  refused({ ...chained, ...hashChain("sig-hashchain", [[sha], sha]) }, /sig-hashchainresult\.xml is not the file that was signed/);
  refused({ ...chained, ...hashChain("ts-hashchain", [[sha], sha]) }, /does not cover \/META-INF\/signatures\.xml/);
  const round = chained["ts-hashchain.xml"].replace('URI="#STEP1"', 'URI="#STEP0"');
  refused({ ...chained, "ts-hashchain.xml": round }, /goes round/);
  const { "ts-hashchain.xml": _chain, ...without } = chained;
  refused(without, /hash chain is missing/);
});

test("a certificate expired at the time stamp, or revoked before it, proves nothing", { skip }, () => {
  const span = ["-not_before", "20200101000000Z", "-not_after", "20210101000000Z"];
  const days = spawnSync("openssl", ["x509", "-help"]).stderr.includes("not_after") ? span : ["-days", "-1"];
  const old = authority(join(dir, "old"), "ec", { sealDays: days });
  const roots = readFileSync(join(dir, "old/ca.pem"), "utf8");
  refused(container(old, { message, layout: "direct", stamp: "batch" }), /is not valid on/, {}, roots);
  refused(container(ec, { message, layout: "direct", stamp: "batch", ocsp: [ocspOf(ec, "R")] }), /was revoked on/);
  refused(container(ec, { message, layout: "direct", stamp: "batch", ocsp: [Buffer.from("30030a0106", "hex")] }), /status does not hold/);
  assert.match(genuine(container(ec, { message, layout: "direct", stamp: "batch" })).notes.join(), /no certificate status inside/);
});

test("a body that is not there is proven by its hash; the one that is brought must fit", { skip }, () => {
  for (const files of shapes().slice(0, 2)) {
    const { attachment1: body, ...rest } = files;
    const r = genuine(rest);
    assert.equal(r.body, "hash proven");
    assert.match(r.notes.join(), /body not included, hash proven/);
    genuine(rest, { body: Buffer.from(body) });
    refused(rest, /attachment1 is not the file/, { body: Buffer.from("other") });
  }
});

test("what is no container is refused with a word, whatever it is", { skip }, () => {
  const [direct] = shapes();
  const whole = packed(direct);
  for (const bytes of [Buffer.alloc(0), Buffer.from("PK"), whole.subarray(0, whole.length - 30), Buffer.alloc(100_000)])
    assert.ok(checkContainer(bytes, anchors).faults.length > 0);
  const twice = zip(
    [...Object.entries(direct), ["message.xml", "x"]].map(([name, bytes]) => ({ name, bytes })),
    new Date(),
  );
  assert.match(checkContainer(twice, anchors).faults.join(), /twice/);
  const xml = direct["META-INF/signatures.xml"];
  const wrap = (change) => refused({ ...direct, "META-INF/signatures.xml": change(xml) }, /./);
  wrap((x) => x.replace("<asic:", '<!DOCTYPE a [<!ENTITY b "c">]><asic:'));
  wrap((x) => x.replace(/<ds:Signature [\s\S]*<\/ds:Signature>/, (s) => s + s));
  // signature wrapping: the signed properties stay, others are shown
  wrap((x) => x.replace(/<xades:SignedProperties[\s\S]*<\/xades:SignedProperties>/, (s) => s.replace("20", "19") + s));
  wrap((x) => x.replaceAll("ecdsa-sha512", "rsa-sha512"));
  wrap((x) => x.replaceAll("xmlenc#sha512", "xmldsig#sha1"));
  wrap(() => "<a>".repeat(5000));
});

test("from the command line", { skip }, () => {
  const [direct] = shapes();
  writeFileSync(join(dir, "good.asice"), packed(direct));
  writeFileSync(join(dir, "bad.asice"), packed({ ...direct, attachment1: "{}" }));
  writeFileSync(join(dir, "roots.pem"), anchors);
  const script = new URL("../../verify/asic-e.mjs", import.meta.url).pathname;
  const run = (...args) => spawnSync(process.execPath, [script, ...args], { cwd: dir, encoding: "utf8" });
  const good = run("good.asice", "--anchors", "roots.pem");
  assert.equal(good.status, 0, good.stdout + good.stderr);
  assert.match(good.stdout, /time stamp: [\s\S]*GENUINE/);
  assert.equal(run("bad.asice", "--anchors", "roots.pem").status, 1);
  assert.equal(run("bad.asice").status, 2);
  assert.equal(run("none.asice", "--anchors", "roots.pem").status, 2);
});
