import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { provide } from "#kernel";
import * as api from "../api.ts";
import { checkPdf, legalStatus, signPdf, timeStamp } from "../index.ts";
import { timeStampPort } from "../ports.ts";
import { court, trustWorld, type TrustWorld } from "../test-world.ts";
import { missing, scratch } from "../x509/test-authority.ts";

// An accredited authority, played by openssl: it certifies our keys from our requests and stamps time by its own key.
const skip = missing("openssl", "openssl");
const plain = new Uint8Array(readFileSync(new URL("../pdf/plain-act.test.pdf", import.meta.url)));

const config = `
[ca]
default_ca = our
[our]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
countryName = optional
organizationName = optional
organizationalUnitName = optional
serialNumber = optional
organizationIdentifier = optional
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[sub]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
[seal]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature, nonRepudiation
[server]
basicConstraints = critical, CA:false
keyUsage = critical, keyEncipherment
[tsa]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[req]
distinguished_name = dn
[dn]
[tsaserver]
default_tsa = stamping
[stamping]
serial = tsaserial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`;

let w: TrustWorld;
let box: ReturnType<typeof scratch>;
let url = "";
let mode: "good" | "other-data" | "garbage" | "refuse" = "good";
let replay: Buffer | undefined;
const server = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  response.writeHead(200, { "content-type": "application/timestamp-reply" });
  response.end(reply(Buffer.concat(parts)));
});

const openssl = (...args: string[]) => {
  const done = box.run("openssl", ...args);
  assert.equal(done.code, 0, `openssl ${args.join(" ")}\n${done.out}`);
  return done.out;
};
const text = (name: string) => readFileSync(join(box.folder, name), "utf8");

const reply = (asked: Buffer): Buffer => {
  if (mode === "garbage") return Buffer.from("no");
  if (mode === "refuse") return Buffer.from("300b3009020102a30403020520", "hex");
  writeFileSync(join(box.folder, "asked.tsq"), asked);
  if (mode === "other-data") openssl("ts", "-query", "-data", "ca.cnf", "-sha256", "-cert", "-out", "asked.tsq");
  openssl(
    "ts",
    "-reply",
    "-config",
    "ca.cnf",
    "-section",
    "stamping",
    "-queryfile",
    "asked.tsq",
    "-signer",
    "tsa.pem",
    "-inkey",
    "tsa.key",
    "-chain",
    "sub.pem",
    "-out",
    "answer.tsr",
  );
  return readFileSync(join(box.folder, "answer.tsr"));
};

const issue = (csr: string, out: string, extensions: string, by: string) => {
  const files = ["-cert", `${by}.pem`, "-keyfile", `${by}.key`, "-in", csr, "-out", out];
  openssl("ca", "-batch", "-config", "ca.cnf", "-extensions", extensions, ...files, "-days", "700", "-notext", "-preserveDN", "-utf8");
  // The world's clock stands still; openssl's does not.
  w?.clock.set(new Date());
};

before(async () => {
  if (skip) return;
  box = scratch({ "ca.cnf": config, "index.txt": "", serial: "1001", tsaserial: "01" });
  openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    "root.key",
    "-out",
    "root.pem",
    "-subj",
    "/CN=Autorité nationale accréditée",
    "-utf8",
    "-days",
    "3000",
    "-config",
    "ca.cnf",
    "-extensions",
    "root",
  );
  for (const [name, extensions, by, subject] of [
    ["sub", "sub", "root", "Autorité déléguée"],
    ["tsa", "tsa", "sub", "Horodatage accrédité"],
  ] as const) {
    openssl(
      "req",
      "-new",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
      "-subj",
      `/CN=${subject}`,
      "-utf8",
      "-config",
      "ca.cnf",
    );
    issue(`${name}.csr`, `${name}.pem`, extensions, by);
  }
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  // The driver in miniature; the real one has its own test.
  const driver = provide(timeStampPort, () => ({
    async stamp(request) {
      if (replay) return replay;
      return new Uint8Array(await (await fetch(url, { method: "POST", body: Buffer.from(request) })).arrayBuffer());
    },
  }));
  w = await trustWorld({ start: new Date(), drivers: [driver], env: { TOGUNA_TSA_URL: url } });
});
after(async () => {
  server.closeAllConnections();
  server.close();
  if (skip) return;
  box.remove();
  await w.close();
});

const manager = () => w.clerk("zz-agency", ["trust.manage-certificates", "trust.read-certificates"]);
const fingerprint = (name: string) =>
  createHash("sha256")
    .update(Buffer.from(text(name).replace(/-----[^-]+-----|\s/g, ""), "base64"))
    .digest("hex");
const admit = () => w.call(api.addAnchor, { pem: text("root.pem"), fingerprint: fingerprint("root.pem") }, { as: manager() });
const request = async (o: { kind: "seal" | "person" | "tsa"; subject: string }) => {
  const made = await w.call(
    api.requestCertificate,
    { ...o, name: court.name, institutionName: court.name, institution: court.id },
    { as: manager() },
  );
  writeFileSync(join(box.folder, "ours.csr"), made.pem);
  return made.request;
};

test("before its root is admitted, nothing of an outside authority counts", { skip }, async () => {
  const id = await request({ kind: "seal", subject: court.id });
  issue("ours.csr", "ours.pem", "seal", "sub");
  const pem = text("ours.pem") + text("sub.pem");
  await assert.rejects(w.call(api.importCertificate, { request: id, pem }, { as: manager() }), { code: "trust.certificate-refused" });
  await assert.rejects(timeStamp(w.j, createHash("sha256").digest()), { code: "trust.time-stamp-refused" });
  const wrong = fingerprint("root.pem").replace(/^../, "00");
  await assert.rejects(w.call(api.addAnchor, { pem: text("root.pem"), fingerprint: wrong }, { as: manager() }), {
    code: "trust.certificate-refused",
  });
  await assert.rejects(w.call(api.addAnchor, { pem: text("sub.pem"), fingerprint: fingerprint("sub.pem") }, { as: manager() }), {
    code: "trust.certificate-refused",
  });
  await assert.rejects(w.call(api.addAnchor, { pem: text("root.pem"), fingerprint: wrong }, { as: w.clerk("zz-agency") }), {
    code: "kernel.forbidden",
  });
  const admitted = await admit();
  assert.equal(admitted.certificate.kind, "anchor");
  assert.deepEqual(await admit(), admitted, "twice is once");
  const { certificate } = await w.call(api.importCertificate, { request: id, pem }, { as: manager() });
  assert.deepEqual([certificate.kind, certificate.subject, certificate.external], ["seal", court.id, true]);
});

test("an act sealed with the outside certificate and stamped by the outside authority verifies, and says so", { skip }, async () => {
  const signed = await signPdf(w.j, { pdf: plain, institution: court, reason: "Délivrance" });
  const report = await w.transaction((ctx) => checkPdf(ctx, signed.pdf), { caller: w.stranger });
  assert.ok(report.ok, JSON.stringify(report));
  assert.equal(report.signatures[0]!.stampedBy, "Horodatage accrédité");
  const status = await w.transaction((ctx) => legalStatus(ctx, court.id));
  assert.deepEqual([status.authority, status.timeStamp, status.issuer], ["external", "external", "Autorité déléguée"]);
  assert.match(status.text.fr, /Autorité déléguée/);
  writeFileSync(join(box.folder, "act.pdf"), signed.pdf);
  assert.match(box.run("pdfsig", "-nocert", "act.pdf").out, /Signature is Valid|not found/);
});

test("imports are refused for another key, another use, twice, expired or unreadable", { skip }, async () => {
  const refused = async (requestId: string, pem: string, words: RegExp) => {
    const error = await w.call(api.importCertificate, { request: requestId, pem }, { as: manager() }).then(
      () => assert.fail("accepted"),
      (e: Error) => e,
    );
    assert.match(error.message, words);
  };
  const id = await request({ kind: "seal", subject: "zz-mairie" });
  await refused(id, text("ours.pem") + text("sub.pem"), /not for the key/);
  await refused(id, "hello", /not readable/);
  issue("ours.csr", "wrong.pem", "server", "sub");
  await refused(id, text("wrong.pem") + text("sub.pem"), /not made for this use/);
  issue("ours.csr", "right.pem", "seal", "sub");
  await refused(id, `${text("root.pem")}${text("right.pem")}`, /not for the key/);
  // The chain in between may be missing once this installation knows it.
  await w.call(api.importCertificate, { request: id, pem: text("right.pem") }, { as: manager() });
  await refused(id, text("right.pem"), /request-unknown/);
  await refused("00000000-0000-0000-0000-000000000000", text("right.pem"), /request-unknown/);
});

test("an outside time-stamp authority that answers wrongly, for other data, an old answer or not at all is refused", { skip }, async () => {
  const digest = createHash("sha256").update("x").digest();
  const good = await timeStamp(w.j, digest);
  assert.ok(Math.abs(good.at.getTime() - Date.now()) < 60_000);
  for (const bad of ["other-data", "garbage", "refuse"] as const) {
    mode = bad;
    await assert.rejects(timeStamp(w.j, digest), { code: "trust.time-stamp-refused" }, bad);
  }
  mode = "good";
  await timeStamp(w.j, digest);
  replay = readFileSync(join(box.folder, "answer.tsr"));
  await assert.rejects(timeStamp(w.j, digest), { code: "trust.time-stamp-refused" }, "the old answer has the old nonce");
  replay = undefined;
});

test("our own time-stamp key may carry an outside certificate", { skip }, async () => {
  const id = await request({ kind: "tsa", subject: "tsa" });
  issue("ours.csr", "ourtsa.pem", "tsa", "sub");
  const { certificate } = await w.call(api.importCertificate, { request: id, pem: text("ourtsa.pem") }, { as: manager() });
  assert.deepEqual([certificate.kind, certificate.external], ["tsa", true]);
  const { rows } = await w.owner("select count(*)::int as n from trust.certificate where kind = 'tsa' and retired_at is null");
  assert.equal(rows[0].n, 1);
  assert.equal(box.run("openssl", "ts", "-query", "-data", "ca.cnf", "-sha256", "-cert", "-out", "q.tsq").code, 0);
  const answer = await w.fetch("/tsa", {
    method: "POST",
    headers: { "content-type": "application/timestamp-query" },
    body: readFileSync(join(box.folder, "q.tsq")),
  });
  writeFileSync(join(box.folder, "a.tsr"), answer.bytes);
  assert.match(box.run("openssl", "ts", "-verify", "-queryfile", "q.tsq", "-in", "a.tsr", "-CAfile", "root.pem").out, /Verification: OK/);
});
