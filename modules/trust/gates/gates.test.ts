import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as api from "../api.ts";
import { personalKeyFor, sealKeyFor } from "../index.ts";
import { clerk, court, trustWorld, type TrustWorld } from "../test-world.ts";
import { missing, scratch } from "../x509/test-authority.ts";

// openssl as the stranger: it asks our gates with its own requests and judges the answers by the published anchors.
const skip = missing("openssl", "openssl");

let w: TrustWorld;
let box: ReturnType<typeof scratch>;
before(async () => {
  // openssl ocsp and x509 judge by the machine's clock, so this world lives now.
  w = await trustWorld({ start: new Date() });
  const { certificate } = await sealKeyFor(w.j, court);
  const person = await personalKeyFor(w.j, clerk, court);
  const [seal, issuing] = certificate.split(/(?=-----BEGIN)/) as [string, string];
  box = scratch({
    "seal.pem": seal,
    "issuing.pem": issuing,
    "person.pem": person.certificate.split(/(?=-----BEGIN)/)[0]!,
    "anchors.pem": (await w.fetch("/trust/anchors.pem")).text,
    "data.txt": "the act",
  });
});
after(async () => {
  box.remove();
  await w.close();
});

const file = (name: string) => join(box.folder, name);
const post = (path: string, type: string, body: Buffer) => w.fetch(path, { method: "POST", headers: { "content-type": type }, body });

const askOcsp = async (cert: string, by: "POST" | "GET") => {
  const asked = box.run(
    "openssl",
    "ocsp",
    "-issuer",
    "issuing.pem",
    "-cert",
    cert,
    by === "POST" ? "-nonce" : "-no_nonce",
    "-reqout",
    "ocsp.req",
  );
  assert.equal(asked.code, 0, asked.out);
  const request = readFileSync(file("ocsp.req"));
  const answer =
    by === "POST"
      ? await post("/ocsp", "application/ocsp-request", request)
      : await w.fetch(`/ocsp/${encodeURIComponent(request.toString("base64"))}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["content-type"], "application/ocsp-response");
  writeFileSync(file("ocsp.resp"), answer.bytes);
  const judged = box.run(
    "openssl",
    "ocsp",
    "-no_nonce",
    "-reqin",
    "ocsp.req",
    "-respin",
    "ocsp.resp",
    "-issuer",
    "issuing.pem",
    "-cert",
    cert,
    "-CAfile",
    "anchors.pem",
    "-verify_other",
    "issuing.pem",
  );
  assert.match(judged.out, /Response verify OK/, judged.out);
  return judged.out;
};

test("OCSP by POST with a nonce and by GET: good, then revoked; the list says the same", { skip }, async () => {
  assert.match(await askOcsp("seal.pem", "POST"), /seal\.pem: good/);
  assert.match(await askOcsp("seal.pem", "GET"), /seal\.pem: good/);
  const serial = box.run("openssl", "x509", "-in", "person.pem", "-noout", "-serial").out.trim().replace("serial=", "").toLowerCase();
  await w.call(api.revokeCertificate, { serial, reason: "affiliationChanged" }, { as: w.clerk(court.id, ["trust.manage-certificates"]) });
  assert.match(await askOcsp("person.pem", "POST"), /person\.pem: revoked[\s\S]*affiliationChanged/);
  const url = /URI:http:\/\/localhost:8080(\/crl\/\S+)/.exec(box.run("openssl", "x509", "-in", "seal.pem", "-noout", "-text").out)![1]!;
  const crl = await w.fetch(url);
  assert.equal(crl.headers["content-type"], "application/pkix-crl");
  writeFileSync(file("list.crl"), crl.bytes);
  const verify = (cert: string) =>
    box.run("openssl", "verify", "-crl_check", "-CAfile", "anchors.pem", "-untrusted", "issuing.pem", "-CRLfile", "list.crl", cert);
  assert.equal(box.run("openssl", "crl", "-in", "list.crl", "-inform", "DER", "-out", "list.crl").code, 0);
  assert.equal(verify("seal.pem").code, 0, verify("seal.pem").out);
  assert.match(verify("person.pem").out, /certificate revoked/);
});

test(
  "OCSP about another authority is not ours to answer; garbage is malformed, oversize is refused before it is read",
  { skip },
  async () => {
    const asked = box.run("openssl", "ocsp", "-issuer", "anchors.pem", "-cert", "issuing.pem", "-reqout", "other.req");
    assert.equal(asked.code, 0, asked.out);
    const status = async (body: Buffer) => (await post("/ocsp", "application/ocsp-request", body)).bytes.toString("hex");
    assert.equal(await status(readFileSync(file("other.req"))), "30030a0106");
    for (const body of [Buffer.from(""), Buffer.from("hello"), Buffer.alloc(5000, 0x30)]) assert.equal(await status(body), "30030a0101");
    assert.equal((await post("/ocsp", "application/ocsp-request", Buffer.alloc(10_000))).status, 413);
    for (const path of ["/ocsp/", "/ocsp/%2e%2e%2f", "/ocsp/AAAA", `/ocsp/${"A".repeat(290)}`]) {
      const answer = await w.fetch(path);
      assert.ok([200, 404, 405, 414].includes(answer.status), `${path}: ${answer.status}`);
      if (answer.status === 200) assert.equal(answer.bytes.toString("hex"), "30030a0101");
    }
  },
);

test(
  "time stamps for anybody: openssl asks, verifies by the anchors, and a replayed request gets a stamp of its own",
  { skip },
  async () => {
    assert.equal(box.run("openssl", "ts", "-query", "-data", "data.txt", "-sha512", "-cert", "-out", "ts.req").code, 0);
    const ask = async () => {
      const answer = await post("/tsa", "application/timestamp-query", readFileSync(file("ts.req")));
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["content-type"], "application/timestamp-reply");
      writeFileSync(file("ts.resp"), answer.bytes);
      const judged = box.run(
        "openssl",
        "ts",
        "-verify",
        "-queryfile",
        "ts.req",
        "-in",
        "ts.resp",
        "-CAfile",
        "anchors.pem",
        "-untrusted",
        "issuing.pem",
      );
      assert.match(judged.out, /Verification: OK/, judged.out);
      return /Serial number: (\S+)/.exec(box.run("openssl", "ts", "-reply", "-in", "ts.resp", "-text").out)![1];
    };
    assert.notEqual(await ask(), await ask());
  },
);

test("refused time stamps are answers in the protocol, with the reason", { skip }, async () => {
  const shown = async (body: Buffer) => {
    const answer = await post("/tsa", "application/timestamp-query", body);
    assert.equal(answer.status, 200);
    writeFileSync(file("no.resp"), answer.bytes);
    return box.run("openssl", "ts", "-reply", "-in", "no.resp", "-text").out;
  };
  assert.match(await shown(Buffer.from("hello")), /data submitted has the wrong format/);
  assert.equal(box.run("openssl", "ts", "-query", "-data", "data.txt", "-sha1", "-out", "weak.req").code, 0);
  assert.match(await shown(readFileSync(file("weak.req"))), /unrecognized or unsupported algorithm/);
  assert.equal(box.run("openssl", "ts", "-query", "-data", "data.txt", "-tspolicy", "1.2.3.4", "-out", "policy.req").code, 0);
  assert.match(await shown(readFileSync(file("policy.req"))), /requested TSA policy is not supported/);
  assert.equal((await post("/tsa", "application/timestamp-query", Buffer.alloc(5000))).status, 413);
  const now = w.clock.now();
  w.clock.advance(5);
  assert.equal(box.run("openssl", "ts", "-query", "-data", "data.txt", "-sha256", "-out", "good.req").code, 0);
  await post("/tsa", "application/timestamp-query", readFileSync(file("good.req")));
  w.clock.set(new Date(now.getTime() - 120_000));
  assert.match(await shown(readFileSync(file("good.req"))), /time source is not available/);
  w.clock.set(new Date(now.getTime() + 10_000));
});

test("without certificates of our own, and with the database away, the answer is: later", { skip }, async () => {
  const bare = await trustWorld({ startModules: false });
  const ask = async (path: string, type: string, name: string) =>
    (await bare.fetch(path, { method: "POST", headers: { "content-type": type }, body: readFileSync(file(name)) })).bytes;
  const later = async () => {
    assert.equal((await ask("/ocsp", "application/ocsp-request", "ocsp.req")).toString("hex"), "30030a0103");
    writeFileSync(file("later.resp"), await ask("/tsa", "application/timestamp-query", "good.req"));
    assert.match(box.run("openssl", "ts", "-reply", "-in", "later.resp", "-text").out, /system failure/);
  };
  try {
    await later();
    await bare.owner("alter table trust.certificate rename to elsewhere");
    const broken = await bare.fetch("/ocsp", {
      method: "POST",
      headers: { "content-type": "application/ocsp-request" },
      body: readFileSync(file("ocsp.req")),
    });
    assert.equal(broken.status, 500, "a fault of ours is not dressed up as an answer");
    await bare.owner("alter table trust.elsewhere rename to certificate");
    await bare.owner(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await later();
  } finally {
    await bare.close();
  }
});

test("lists, authorities and anchors: known names only", async () => {
  for (const path of ["/crl/x.crl", "/crl/..%2f..%2fetc", "/trust/issuers/x.cer", "/crl/0.crl"])
    assert.equal((await w.fetch(path)).status, 404, path);
  const { rows } = await w.owner("select serial, kind, der from trust.certificate where kind in ('root', 'issuing')");
  for (const row of rows) {
    assert.deepEqual((await w.fetch(`/trust/issuers/${row.serial}.cer`)).bytes, row.der);
    assert.equal((await w.fetch(`/crl/${row.serial}.crl`)).status, 200);
  }
  assert.equal((await w.fetch("/trust/anchors.pem")).text.match(/BEGIN CERTIFICATE/g)?.length, 1);
});
