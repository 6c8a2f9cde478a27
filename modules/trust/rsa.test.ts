/** Seals of RSA where an institution has to: the act, the request for its certificate, the raw signature; judged by pdfsig and openssl. */
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, sign as rawSign } from "node:crypto";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { keyFor } from "./certificates/choice.ts";
import { checkPdf, requestSeal, sealKeyFor, sign, signPdf, verify } from "./index.ts";
import { clerk, court, trustWorld, type TrustWorld } from "./test-world.ts";
import { fitsRaw } from "./x509/scheme.ts";

const lacking = ["pdfsig", "openssl"].find((tool) => spawnSync(tool, ["-v"]).error);
const skip = lacking && !process.env.CI ? `${lacking} is missing: apt-get install poppler-utils openssl` : false;
const dir = mkdtempSync(join(tmpdir(), "toguna-rsa-"));
const other = { id: "zz-mairie-essai", name: "Mairie d’essai" };
let w: TrustWorld;
before(async () => {
  w = await trustWorld({ env: { TOGUNA_SEAL_KEYS: `rsa3072:${court.id}` }, start: new Date() });
});
after(async () => {
  await w.close();
  rmSync(dir, { recursive: true });
});

test("the named institution's seal is RSA, every other key P-256; both sign, and the check tells them apart", async () => {
  const bytes = Buffer.from("message");
  const [rsa, p256] = [await sign(w.j, { institution: court, bytes }), await sign(w.j, { institution: other, bytes })];
  assert.deepEqual([rsa.signature.length, p256.signature.length], [384, 64]);
  assert.deepEqual([(await sealKeyFor(w.j, court)).key, (await sealKeyFor(w.j, other)).key], ["rsa", "p256"]);
  const judged = (o: { signature: Uint8Array; certificate: string }, of = bytes) =>
    w.transaction((ctx) => verify(ctx, { bytes: of, signature: o.signature, certificate: o.certificate }));
  assert.deepEqual([(await judged(rsa)).ok, (await judged(p256)).ok], [true, true]);
  for (const wrong of [
    { ...rsa, signature: p256.signature },
    { ...p256, signature: rsa.signature },
    { ...rsa, signature: rsa.signature.slice(1) },
    { ...rsa, signature: rsa.signature.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) },
  ])
    assert.deepEqual(await judged(wrong), { ok: false, fault: "signature" });
  assert.equal((await judged(rsa, Buffer.from("another"))).ok, false);
});

test("an act signed by a person and sealed with RSA stands for us and for pdfsig", { skip }, async () => {
  const pdf = new Uint8Array(readFileSync(new URL("./pdf/plain-act.test.pdf", import.meta.url)));
  const signed = await signPdf(w.j, { pdf, institution: court, person: clerk, reason: "essai" });
  const report = await w.transaction((ctx) => checkPdf(ctx, signed.pdf), { caller: w.stranger });
  assert.ok(report.ok, JSON.stringify(report));
  writeFileSync(join(dir, "act.pdf"), signed.pdf);
  const said = spawnSync("pdfsig", ["-nocert", join(dir, "act.pdf")], { encoding: "utf8" }).stdout;
  assert.equal(said.match(/Signature is Valid/g)?.length, 2, said);
});

test("the request for its certificate is one openssl verifies, and names an RSA key of 3072 bits", { skip }, async () => {
  const { csr } = await requestSeal(w.j, court);
  writeFileSync(join(dir, "seal.csr"), csr);
  const said = execFileSync("openssl", ["req", "-in", join(dir, "seal.csr"), "-verify", "-noout", "-text"], { encoding: "utf8" });
  assert.match(said, /Public-Key: \(3072 bit\)[\s\S]*sha256WithRSAEncryption/);
});

test("keys too short, and keys of another kind, fit nothing", () => {
  const bytes = Buffer.from("message");
  const spkiOf = (key: Parameters<typeof createPublicKey>[0]) =>
    new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }));
  const short = generateKeyPairSync("rsa", { modulusLength: 1024 });
  assert.equal(fitsRaw(spkiOf(short.privateKey as never), bytes, rawSign("sha256", bytes, short.privateKey)), false);
  const long = generateKeyPairSync("rsa", { modulusLength: 2048 });
  assert.equal(fitsRaw(spkiOf(long.privateKey as never), bytes, rawSign("sha256", bytes, long.privateKey)), true);
  assert.equal(fitsRaw(spkiOf(long.privateKey as never), bytes, rawSign("sha512", bytes, long.privateKey)), false);
  const edwards = generateKeyPairSync("ed25519");
  assert.equal(fitsRaw(spkiOf(edwards.privateKey as never), bytes, rawSign(null, bytes, edwards.privateKey)), false);
});

test("which seals are RSA is said in words that are checked", () => {
  const chosen = (value: string | undefined, kind = "seal", subject = "zz-a") => keyFor({ setting: () => value }, { kind, subject });
  assert.deepEqual(
    [chosen(undefined), chosen("rsa3072"), chosen("rsa3072:zz-b,zz-a"), chosen("rsa3072:zz-b")],
    ["p256", "rsa3072", "rsa3072", "p256"],
  );
  for (const kind of ["tls", "ledger", "person", "issuing"]) assert.equal(chosen("rsa3072", kind), "p256", kind);
  for (const value of ["rsa", "rsa2048", "rsa3072:", "p256", "rsa3072:BF X"])
    assert.throws(() => chosen(value), /TOGUNA_SEAL_KEYS is/, value);
});
