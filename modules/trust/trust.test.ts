import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { factsOf, provide } from "#kernel";
import * as api from "./api.ts";
import { checkPdf, legalStatus, personalKeyFor, sealKeyFor, sign, signPdf, trust, verify } from "./index.ts";
import { ensureAuthorities } from "./certificates/authorities.ts";
import { authorities } from "./certificates/store.ts";
import { keysPort } from "./ports.ts";
import { memoryKeys } from "./test-keys.ts";
import { clerk, court, notes, trustWorld, type TrustWorld } from "./test-world.ts";
import { missing, scratch } from "./x509/test-authority.ts";

const plain = new Uint8Array(readFileSync(new URL("./pdf/plain-act.test.pdf", import.meta.url)));
const noOpenssl = missing("openssl", "openssl");
const noPdfsig = missing("pdfsig", "poppler-utils");

let w: TrustWorld;
before(async () => {
  w = await trustWorld();
});
after(() => w.close());

const manager = () => w.clerk("zz-agency", ["trust.manage-certificates", "trust.read-certificates"]);
const act = () => signPdf(w.j, { pdf: plain, institution: court, person: clerk, reason: "Délivrance", location: "Koudougou" });

test("the first start makes the chain once; starting again, twice at once, changes nothing", async () => {
  const rows = () => w.owner("select kind, count(*)::int as n from trust.certificate group by kind order by kind").then((r) => r.rows);
  const first = await rows();
  assert.deepEqual(
    first.map((r) => [r.kind, r.n]),
    [
      ["issuing", 1],
      ["ledger", 1],
      ["ocsp", 1],
      ["root", 1],
      ["tsa", 1],
    ],
  );
  await Promise.all([ensureAuthorities(w.j), ensureAuthorities(w.j), ensureAuthorities(w.j)]);
  assert.deepEqual(await rows(), first);
  assert.equal(w.keys.size(), 5);
});

test("two processes that start at once on an empty database keep one chain and no key too many", async () => {
  const empty = await trustWorld({ startModules: false });
  try {
    await Promise.all([1, 2, 3, 4].map(() => ensureAuthorities(empty.j)));
    const rows = await empty.transaction(authorities);
    assert.deepEqual(rows.map((r) => r.kind).sort(), ["issuing", "root"]);
    assert.equal(empty.keys.size(), 5);
  } finally {
    await empty.close();
  }
});

test("a start that dies after making a key leaves no half chain: the next start completes it", async () => {
  const keys = memoryKeys();
  let dying = true;
  const store = {
    ...keys,
    generate: async (label: string) => (dying && label.startsWith("tsa") ? Promise.reject(new Error("power cut")) : keys.generate(label)),
  };
  const cut = await trustWorld({ startModules: false, drivers: [provide(keysPort, () => store)] });
  try {
    await assert.rejects(ensureAuthorities(cut.j), /power cut/);
    dying = false;
    await ensureAuthorities(cut.j);
    const { rows } = await cut.owner("select kind from trust.certificate order by kind");
    assert.deepEqual(
      rows.map((r) => r.kind),
      ["issuing", "ledger", "ocsp", "root", "tsa"],
    );
  } finally {
    await cut.close();
  }
});

test("an act is signed by the person, sealed by the institution, and stands for anybody who checks it", async () => {
  const signed = await act();
  assert.deepEqual(
    signed.signatures.map((s) => [s.kind, s.subject]),
    [
      ["person", clerk.name],
      ["seal", court.name],
    ],
  );
  const report = await w.transaction((ctx) => checkPdf(ctx, signed.pdf), { caller: w.stranger });
  assert.ok(report.ok, JSON.stringify(report));
  assert.deepEqual(
    report.signatures.map((s) => [s.kind, s.organization, s.at?.toISOString()]),
    [
      ["person", court.name, "2026-11-23T09:00:00.000Z"],
      ["seal", court.name, "2026-11-23T09:00:00.000Z"],
    ],
  );
  const bent = Uint8Array.from(signed.pdf);
  bent[2000]! ^= 1;
  assert.ok(!(await w.transaction((ctx) => checkPdf(ctx, bent))).ok);
  await assert.rejects(signPdf(w.j, { pdf: Buffer.from("not a pdf"), institution: court, reason: "x" }), {
    code: "trust.document-unsignable",
  });
});

test("pdfsig and openssl agree, with nothing but the published anchors", { skip: noPdfsig || noOpenssl }, async (t) => {
  const signed = await act();
  const box = scratch({ "act.pdf": signed.pdf, "anchors.pem": (await w.fetch("/trust/anchors.pem")).text });
  t.after(box.remove);
  assert.equal(box.run("pdfsig", "-nocert", "act.pdf").out.match(/Signature is Valid/g)?.length, 2);
  const text = Buffer.from(signed.pdf).toString("latin1");
  const range = [...text.matchAll(/\/ByteRange \[0 (\d+) +(\d+) +(\d+) *\]/g)].at(-1)!;
  const [from, to, rest] = [Number(range[1]), Number(range[2]), Number(range[3])];
  writeFileSync(join(box.folder, "sig.der"), Buffer.from(text.slice(from + 1, to - 1), "hex"));
  writeFileSync(join(box.folder, "content"), Buffer.concat([signed.pdf.subarray(0, from), signed.pdf.subarray(to, to + rest)]));
  const at = String(w.clock.now().getTime() / 1000);
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
    "anchors.pem",
    "-purpose",
    "any",
    "-attime",
    at,
    "-out",
    "out",
  );
  assert.match(judged.out, /Verification successful/, judged.out);
});

test("exchange evidence: signed bytes verify with the certificate sent along, and nothing else does", async () => {
  const bytes = Buffer.from("request");
  const made = await sign(w.j, { institution: court, bytes });
  const check = (o: object = {}) => w.transaction((ctx) => verify(ctx, { bytes, ...made, ...o }), { caller: w.stranger });
  assert.deepEqual(await check({ institution: court.id }), { ok: true, institution: court.id, serial: made.serial, subject: court.name });
  assert.deepEqual(await check({ institution: "zz-other" }), { ok: false, fault: "another-institution" });
  assert.deepEqual(await check({ bytes: Buffer.from("other") }), { ok: false, fault: "signature" });
  assert.deepEqual(await check({ signature: made.signature.subarray(1) }), { ok: false, fault: "signature" });
  assert.deepEqual(await check({ certificate: "x" }), { ok: false, fault: "certificate-unreadable" });
  assert.deepEqual(await check({ at: new Date("2040-01-01") }), { ok: false, fault: "expired" });
  const { certificate } = await personalKeyFor(w.j, clerk, court);
  assert.deepEqual(await check({ certificate }), { ok: false, fault: "not-a-seal" });
});

test("a seal is made once, by however many jobs ask for it at once", async () => {
  const institution = { id: "zz-mairie", name: "Mairie d’essai" };
  const before = w.keys.size();
  const made = await Promise.all(Array.from({ length: 8 }, () => sealKeyFor(w.j, institution)));
  assert.equal(new Set(made.map((m) => m.serial)).size, 1);
  assert.equal(w.keys.size(), before + 1);
});

test("an official who moves decides with a certificate that names the new institution", async () => {
  const mover = { account: "0199aaaa-0000-7000-8000-000000000002", name: "Issa Essai" };
  const first = await personalKeyFor(w.j, mover, court);
  const second = await personalKeyFor(w.j, mover, { id: "zz-tgi-deux", name: "Deuxième tribunal" });
  assert.notEqual(first.serial, second.serial);
  const signed = await signPdf(w.j, {
    pdf: plain,
    institution: { id: "zz-tgi-deux", name: "Deuxième tribunal" },
    person: mover,
    reason: "x",
  });
  assert.ok((await w.transaction((ctx) => checkPdf(ctx, signed.pdf))).ok);
});

test("outside demonstrations nothing is certified on demand", async () => {
  const config = { ...w.j.config, demo: false, setting: () => undefined };
  await assert.rejects(sealKeyFor({ ...w.j, config }, { id: "zz-none", name: "X" }), { code: "trust.certificate-missing" });
});

test("revoked: signs nothing more, what it signed before stays valid, OCSP and the list tell everyone", async () => {
  const owner = { id: "zz-prefecture", name: "Préfecture d’essai" };
  const before = await signPdf(w.j, { pdf: plain, institution: owner, reason: "avant" });
  const made = await sign(w.j, { institution: owner, bytes: Buffer.from("x") });
  w.clock.advance(60);
  await assert.rejects(
    w.call(
      api.revokeCertificate,
      { serial: made.serial, reason: "keyCompromise" },
      { as: w.clerk("zz-agency", ["trust.read-certificates"]) },
    ),
    { code: "kernel.forbidden" },
  );
  const done = await w.call(api.revokeCertificate, { serial: made.serial, reason: "keyCompromise" }, { as: manager() });
  assert.equal(done.certificate.reason, "keyCompromise");
  await assert.rejects(w.call(api.revokeCertificate, { serial: made.serial, reason: "superseded" }, { as: manager() }), {
    code: "trust.already-revoked",
  });
  await assert.rejects(w.call(api.revokeCertificate, { serial: "00ff", reason: "superseded" }, { as: manager() }), {
    code: "trust.certificate-unknown",
  });
  const asked = await w.transaction((ctx) => verify(ctx, { bytes: Buffer.from("x"), ...made }));
  assert.deepEqual(asked, { ok: false, fault: "revoked" });
  assert.ok((await w.transaction((ctx) => checkPdf(ctx, before.pdf), { caller: w.stranger })).ok);
  const again = await sign(w.j, { institution: owner, bytes: Buffer.from("x") });
  assert.notEqual(again.serial, made.serial);
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: `institution:${owner.id}`, types: ["trust.certificate-revoked"] }));
  assert.deepEqual(facts[0]?.data, { serial: made.serial, kind: "seal", reason: "keyCompromise" });
  // The root itself is not revoked at a desk.
  const { rows } = await w.owner("select serial from trust.certificate where kind = 'root'");
  await assert.rejects(w.call(api.revokeCertificate, { serial: rows[0].serial, reason: "superseded" }, { as: manager() }), {
    code: "trust.not-revocable",
  });
});

test("an expired certificate signs nothing: the next signature has a new one, and old acts stay valid", async () => {
  const late = await trustWorld();
  try {
    const old = await signPdf(late.j, { pdf: plain, institution: court, reason: "x" });
    late.clock.advance(3.5 * 365 * 86_400);
    const keys = late.keys.size();
    await Promise.all([1, 2, 3, 4].map(() => ensureAuthorities(late.j)));
    assert.equal(late.keys.size(), keys + 1, "four processes renew at once: one new certificate, no key too many");
    await late.sweep("trust.renew");
    const fresh = await signPdf(late.j, { pdf: plain, institution: court, reason: "x" });
    assert.notEqual(fresh.signatures[0]!.serial, old.signatures[0]!.serial);
    assert.ok((await late.transaction((ctx) => checkPdf(ctx, old.pdf))).ok);
    assert.ok((await late.transaction((ctx) => checkPdf(ctx, fresh.pdf))).ok);
    const { rows } = await late.owner(
      "select kind, count(*)::int as n from trust.certificate where kind in ('ocsp', 'tsa', 'root') group by kind order by kind",
    );
    assert.deepEqual(
      rows.map((r) => [r.kind, r.n]),
      [
        ["ocsp", 2],
        ["root", 1],
        ["tsa", 1],
      ],
    );
  } finally {
    await late.close();
  }
});

test("another institution does not see an official's certificate; seals are public", async () => {
  await personalKeyFor(w.j, clerk, court);
  const seen = async (institution: string) => {
    const { certificates } = await w.call(api.listCertificates, {}, { as: w.clerk(institution, ["trust.read-certificates"]) });
    return certificates.filter((c) => c.kind === "person" && c.subject === clerk.account).length;
  };
  assert.equal(await seen("zz-other"), 0);
  assert.equal(await seen(court.id), 1);
  const { serial } = await personalKeyFor(w.j, clerk, court);
  await assert.rejects(w.call(api.readCertificate, { serial }, { as: w.clerk("zz-other", ["trust.read-certificates"]) }), {
    code: "trust.certificate-unknown",
  });
  assert.match(
    (await w.call(api.readCertificate, { serial }, { as: w.clerk(court.id, ["trust.read-certificates"]) })).pem,
    /BEGIN CERTIFICATE/,
  );
});

test("certificates by hand: a seal for any institution, an official's by her own only, never a second one", async () => {
  const asked = { institution: "zz-dgi", institutionName: "Direction d’essai", name: "Direction d’essai" };
  const seal = { kind: "seal" as const, subject: "zz-dgi", ...asked };
  const made = await w.call(api.issueCertificate, seal, { as: manager() });
  assert.equal((await sealKeyFor(w.j, { id: "zz-dgi", name: "x" })).serial, made.serial);
  await assert.rejects(w.call(api.issueCertificate, seal, { as: manager() }), { code: "trust.certificate-exists" });
  const person = { kind: "person" as const, subject: "0199aaaa-0000-7000-8000-00000000000a", ...asked, name: "Ali Essai" };
  await assert.rejects(w.call(api.issueCertificate, person, { as: manager() }), { code: "kernel.forbidden" });
  await assert.rejects(w.call(api.requestCertificate, person, { as: manager() }), { code: "kernel.forbidden" });
  const admin = w.clerk("zz-dgi", ["trust.manage-certificates"]);
  assert.match((await w.call(api.issueCertificate, person, { as: admin })).pem, /BEGIN CERTIFICATE/);
  const { request } = await w.call(api.requestCertificate, { ...person, subject: "0199aaaa-0000-7000-8000-00000000000b" }, { as: admin });
  // Another institution does not even find the request.
  const stranger = w.call(api.importCertificate, { request, pem: made.pem }, { as: manager() });
  await assert.rejects(stranger, { code: "trust.request-unknown" });
  await assert.rejects(w.call(api.importCertificate, { request, pem: made.pem }, { as: admin }), { code: "trust.certificate-refused" });
  const odd = { ...seal, subject: "a b/../c" };
  await assert.rejects(w.call(api.issueCertificate, odd, { as: manager() }), { code: "kernel.invalid-input" });
});

test("the law's words on an act say whose certificate it is", async () => {
  const status = await w.transaction((ctx) => legalStatus(ctx, court.id));
  assert.equal(status.authority, "built-in");
  assert.match(status.text.fr, /démonstration ou usage fermé/);
  assert.match((await w.call(api.readLegalStatus, {}, { lang: "en" })).text, /demonstration or closed use/);
});

test("the module's facts and contracts are all declared", () => {
  assert.equal(
    trust.handlers.length,
    Object.values(api).filter((v) => typeof v === "object" && "kind" in v && v.kind === "contract").length,
  );
  assert.ok(notes.facts.length === 1);
});
