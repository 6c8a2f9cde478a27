import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { world } from "#kernel/testing";
import { checkPdf, signPdf, trust } from "#trust";
import { keysConformance } from "#trust/conformance";
import { keysPkcs11, pkcs11Available, pkcs11Keys } from "./index.ts";

// SoftHSM stands for the hardware: the same module interface, keys in files.
const module = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"].find((path) => existsSync(path));
const built = await pkcs11Available();
const skip =
  module && built
    ? false
    : process.env.CI
      ? false
      : !module
        ? "install softhsm2 (apt-get install softhsm2)"
        : "build the native package (npm rebuild pkcs11js; apt-get install g++ make)";

const folder = mkdtempSync(join(tmpdir(), "toguna-hsm-"));
mkdirSync(join(folder, "tokens"));
writeFileSync(join(folder, "softhsm2.conf"), `directories.tokendir = ${join(folder, "tokens")}\nobjectstore.backend = file\n`);
process.env.SOFTHSM2_CONF = join(folder, "softhsm2.conf");
if (!skip) {
  const made = spawnSync("softhsm2-util", ["--init-token", "--free", "--label", "toguna", "--pin", "12345678", "--so-pin", "87654321"]);
  assert.equal(made.status, 0, String(made.stderr));
}
after(() => rmSync(folder, { recursive: true, force: true }));

const open = (pin = "12345678", token = "toguna") =>
  pkcs11Keys({ module: module ?? "missing", token, pin, random: (size) => randomBytes(size) });

keysConformance("keys-pkcs11 (softhsm2)", () => open(), { skip, again: () => open() });

test("a key cannot be taken out of the module", { skip }, async () => {
  const store = await open();
  const { id } = await store.generate("seal");
  const listed = spawnSync("softhsm2-util", ["--show-slots"], { encoding: "utf8" });
  assert.match(listed.stdout, /toguna/);
  const k = (await import("pkcs11js")).default;
  const p11 = new k.PKCS11();
  p11.load(module!);
  const slot = p11.C_GetSlotList(true)[0]!;
  const session = p11.C_OpenSession(slot, k.CKF_SERIAL_SESSION);
  p11.C_FindObjectsInit(session, [
    { type: k.CKA_CLASS, value: k.CKO_PRIVATE_KEY },
    { type: k.CKA_ID, value: Buffer.from(id, "hex") },
  ]);
  const [key] = p11.C_FindObjects(session, 1);
  p11.C_FindObjectsFinal(session);
  assert.ok(key);
  assert.throws(() => p11.C_GetAttributeValue(session, key, [{ type: k.CKA_VALUE }]), /SENSITIVE|UNEXTRACTABLE|ATTRIBUTE/);
  p11.C_CloseSession(session);
});

test("a wrong token name is said; after the module closes, the store opens it again", { skip }, async () => {
  await assert.rejects(open("12345678", "elsewhere"), /no PKCS#11 token is called "elsewhere"/);
  const store = await open();
  const key = await store.generate("again");
  store.close();
  assert.equal((await store.sign(key.id, Uint8Array.of(1))).length, 64);
});

test("a wrong PIN is refused in words", { skip }, async () => {
  const store = await open();
  store.close();
  await assert.rejects(open("00000000"), /refused the PIN/);
});

test("a whole installation on the module: authorities, an act signed by the person and sealed, the ledger's head", { skip }, async () => {
  writeFileSync(join(folder, "pin"), "12345678\n");
  const env = { TOGUNA_PKCS11_MODULE: module!, TOGUNA_PKCS11_TOKEN: "toguna", TOGUNA_PKCS11_PIN_FILE: join(folder, "pin") };
  const w = await world({ modules: [trust], drivers: [keysPkcs11], env });
  try {
    const pdf = new Uint8Array(readFileSync(new URL("../../modules/trust/pdf/plain-act.test.pdf", import.meta.url)));
    const signed = await signPdf(w.kernel.jobContext("trust.test"), {
      pdf,
      institution: { id: "zz-tgi", name: "Tribunal d’essai" },
      person: { account: "0199aaaa-0000-7000-8000-000000000001", name: "Awa Essai" },
      reason: "essai",
    });
    const report = await w.transaction((ctx) => checkPdf(ctx, signed.pdf), { caller: w.stranger });
    assert.ok(report.ok, JSON.stringify(report));
    await w.sweep("trust.seal-ledger");
    assert.equal((await w.fetch("/api/trust/ledger/head")).status, 200);
  } finally {
    await w.close();
  }
});

test("a setting that is missing is named", { skip }, async () => {
  const host = { config: { setting: (name: string) => (name === "pkcs11_module" ? module : undefined) } };
  await assert.rejects(
    Promise.resolve().then(() => keysPkcs11.make(host as never)),
    /TOGUNA_PKCS11_TOKEN/,
  );
});
