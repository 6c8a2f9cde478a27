// Containers in the shape X-Road's gateways write, for tests: signed by xmlsec1, stamped by openssl, so that nothing of ours judges itself.
import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const sha512 = (bytes) => createHash("sha512").update(bytes).digest();
const hash512 = "http://www.w3.org/2001/04/xmlenc#sha512";
const run = (dir, tool, ...args) => execFileSync(tool, args, { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });

const keyOf = { ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], rsa: ["-newkey", "rsa:2048"] };

/** A small authority in a folder: root, a signer's key, a time-stamp authority. `kind`: "ec" or "rsa". */
export function authority(dir, kind, o = {}) {
  writeFileSync(join(dir, "tsa.ext"), "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n");
  writeFileSync(join(dir, "seal.ext"), "keyUsage=critical,nonRepudiation\n");
  run(dir, "openssl", "req", "-x509", ...keyOf[kind], "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root");
  const issue = (name, subject, days) => {
    run(dir, "openssl", "req", ...keyOf[kind], "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject);
    const args = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", `${name}.ext`];
    run(dir, "openssl", "x509", "-req", "-in", `${name}.csr`, ...args, "-out", `${name}.pem`, ...days);
  };
  issue("seal", "/C=ZZ/O=GOV/CN=M2/serialNumber=ZZ\\/SS1\\/GOV", o.sealDays ?? ["-days", "30"]);
  issue("tsa", "/CN=Stamps", ["-days", "30"]);
  writeFileSync(
    join(dir, "tsa.cnf"),
    "[tsa]\ndefault_tsa=t\n[t]\nserial=./tsaserial\ncrypto_device=builtin\nsigner_cert=./tsa.pem\nsigner_key=./tsa.key\ncerts=./tsa.pem\n" +
      "default_policy=1.2.3.4\ndigests=sha256,sha512\nsigner_digest=sha512\naccuracy=secs:1\nordering=no\ntsa_name=no\ness_cert_id_chain=no\n",
  );
  writeFileSync(join(dir, "tsaserial"), "01\n");
  return { dir, kind };
}

function token(a, data) {
  writeFileSync(join(a.dir, "data"), data);
  run(a.dir, "openssl", "ts", "-query", "-data", "data", "-sha512", "-cert", "-out", "q.tsq");
  run(a.dir, "openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q.tsq", "-out", "r.tsr");
  run(a.dir, "openssl", "ts", "-reply", "-in", "r.tsr", "-token_out", "-out", "r.tst");
  return readFileSync(join(a.dir, "r.tst"));
}

/** openssl's word on the signer's certificate, signed by the root: "V" good, "R" revoked an hour ago. */
export function ocspOf(a, state = "V") {
  const { serialNumber } = new X509Certificate(readFileSync(join(a.dir, "seal.pem")));
  const time = (ms) => new Date(Date.now() + ms).toISOString().replace(/^..|[-:T]|\.\d+/g, "");
  const revoked = state === "R" ? `${time(-3_600_000)},keyCompromise` : "";
  writeFileSync(join(a.dir, "index.txt"), `${state}\t${time(86_400_000)}\t${revoked}\t${serialNumber}\tunknown\t/CN=M2\n`);
  const signer = ["-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-ndays", "1"];
  run(a.dir, "openssl", "ocsp", "-issuer", "ca.pem", "-cert", "seal.pem", "-no_nonce", "-reqout", "ocsp.req");
  run(a.dir, "openssl", "ocsp", ...signer, "-reqin", "ocsp.req", "-respout", "ocsp.der");
  return readFileSync(join(a.dir, "ocsp.der"));
}

const names = 'xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns2="http://cyber.ee/hashchain"';
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const value = (digest) => `<DigestValue>${digest.toString("base64")}</DigestValue>`;
const der = (tag, body) => {
  const n = body.length;
  return Buffer.concat([Buffer.from(n < 128 ? [tag, n] : n < 256 ? [tag, 0x81, n] : [tag, 0x82, n >> 8, n & 255]), body]);
};
const single = (digest) => der(0x30, Buffer.concat([der(4, digest), der(12, Buffer.from(hash512)), der(0x30, Buffer.alloc(0))]));
export const step = (...digests) => sha512(der(0x30, Buffer.concat(digests.map(single))));

/** Chain and result as files; `tree`: nested arrays of { uri, digest } (a file) and { digest } (somebody else’s). */
export function hashChain(name, tree) {
  const steps = [];
  const walk = (list) => {
    const n = steps.push("") - 1;
    const parts = list.map((one) => {
      if (Array.isArray(one)) {
        const below = walk(one);
        return { digest: below.digest, xml: `<ns2:StepRef URI="#STEP${below.n}"/>` };
      }
      const xml = one.uri
        ? `<ns2:DataRef URI="${one.uri}">${value(one.digest)}</ns2:DataRef>`
        : `<ns2:HashValue>${value(one.digest)}</ns2:HashValue>`;
      return { digest: one.digest, xml };
    });
    steps[n] = `<ns2:HashStep id="STEP${n}">${parts.map((p) => p.xml).join("")}</ns2:HashStep>`;
    return { n, digest: step(...parts.map((p) => p.digest)) };
  };
  const { digest } = walk(tree);
  return {
    [`${name}.xml`]: `${head}<ns2:HashChain ${names}><ns2:DefaultDigestMethod Algorithm="${hash512}"/>${steps.join("")}</ns2:HashChain>`,
    [`${name}result.xml`]: `${head}<ns2:HashChainResult URI="/${name}.xml#STEP0" ${names}><DigestMethod Algorithm="${hash512}"/>${value(digest)}</ns2:HashChainResult>`,
  };
}

/**
 * Files of one container. `layout`: "direct" signs message and body themselves, "chain" signs a hash chain over them;
 * `stamp`: "batch", "signature" (inside the unsigned properties), "none".
 */
export function container(a, o) {
  const files = { mimetype: "application/vnd.etsi.asic-e+zip", "message.xml": o.message };
  if (o.body) files.attachment1 = o.body;
  const parts = [["/message.xml", Buffer.from(o.message)], ...(o.body ? [["/attachment1", Buffer.from(o.body)]] : [])];
  const other = { digest: sha512("somebody else’s message") };
  if (o.layout === "chain")
    Object.assign(files, hashChain("sig-hashchain", [parts.map(([uri, bytes]) => ({ uri, digest: sha512(bytes) })), other]));
  files["META-INF/signatures.xml"] = signed(a, files, o);
  if (o.stamp === "batch") {
    const own = { uri: "/META-INF/signatures.xml", digest: sha512(files["META-INF/signatures.xml"]) };
    Object.assign(files, hashChain("ts-hashchain", [[other, own], other]));
    files["META-INF/timestamp.tst"] = token(a, files["ts-hashchainresult.xml"]);
  }
  return files;
}

function signed(a, files, o) {
  const at = mkdtempSync(join(a.dir, "sign-"));
  mkdirSync(join(at, "META-INF"));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(at, name), bytes);
  writeFileSync(join(at, "template.xml"), template(a, files, o));
  const maps = Object.keys(files).flatMap((name) => [`--url-map:/${name}`, name]);
  const args = ["--sign", "--privkey-pem", join(a.dir, "seal.key"), "--id-attr:Id", "SignedProperties", ...maps, "--output", "out.xml"];
  run(at, "xmlsec1", ...args, "template.xml");
  let xml = readFileSync(join(at, "out.xml"), "utf8");
  rmSync(at, { recursive: true });
  const beside = (o.ocsp ?? [])
    .map((one) => `<xades:EncapsulatedOCSPValue>${one.toString("base64")}</xades:EncapsulatedOCSPValue>`)
    .join("");
  const [, signature] = /<ds:SignatureValue[^>]*>([^<]+)</.exec(xml);
  const stamp =
    o.stamp === "signature"
      ? `<xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>${token(a, Buffer.from(signature, "base64")).toString("base64")}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>`
      : "";
  const unsigned = `<xades:UnsignedProperties><xades:UnsignedSignatureProperties>${stamp}<xades:RevocationValues><xades:OCSPValues>${beside}</xades:OCSPValues></xades:RevocationValues></xades:UnsignedSignatureProperties></xades:UnsignedProperties>`;
  return xml.replace("</xades:QualifyingProperties>", `${unsigned}</xades:QualifyingProperties>`);
}

function template(a, files, o) {
  const pem = readFileSync(join(a.dir, "seal.pem"), "utf8");
  const certificate = new X509Certificate(pem);
  const form = o.inclusive ? "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" : "http://www.w3.org/2001/10/xml-exc-c14n#";
  const method = (e) => `<ds:${e} Algorithm="${hash512}"/>`;
  const reference = (attributes, transforms = "") =>
    `<ds:Reference ${attributes}>${transforms}${method("DigestMethod")}<ds:DigestValue/></ds:Reference>\n`;
  const targets = o.layout === "chain" ? ["sig-hashchainresult.xml"] : Object.keys(files).filter((name) => name !== "mimetype");
  const digest = createHash("sha512").update(certificate.raw).digest("base64");
  const cert = `<xades:Cert><xades:CertDigest>${method("DigestMethod")}<ds:DigestValue>${digest}</ds:DigestValue></xades:CertDigest></xades:Cert>`;
  const named =
    o.layout === "chain"
      ? `<xades:SigningCertificate>${cert}</xades:SigningCertificate>`
      : `<xades:SigningCertificateV2>${cert}</xades:SigningCertificateV2>`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" ' +
    'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#">\n <ds:Signature Id="signature">\n' +
    `<ds:SignedInfo>\n<ds:CanonicalizationMethod Algorithm="${form}"/>\n` +
    `<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#${a.kind === "ec" ? "ecdsa" : "rsa"}-sha512"/>\n` +
    targets.map((name) => reference(`URI="/${name}"`)).join("") +
    reference(
      'Type="http://uri.etsi.org/01903#SignedProperties" URI="#xades-properties"',
      `<ds:Transforms><ds:Transform Algorithm="${form}"/></ds:Transforms>`,
    ) +
    "</ds:SignedInfo><ds:SignatureValue/>\n<ds:KeyInfo><ds:X509Data><ds:X509Certificate>" +
    `${certificate.raw.toString("base64")}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\n<ds:Object>` +
    '<xades:QualifyingProperties Target="#signature"><xades:SignedProperties Id="xades-properties"><xades:SignedSignatureProperties>' +
    `<xades:SigningTime>${new Date(o.at ?? Date.now()).toISOString()}</xades:SigningTime>${named}` +
    "</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object>\n</ds:Signature></asic:XAdESSignatures>\n"
  );
}
