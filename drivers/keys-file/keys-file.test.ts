import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { after, test } from "node:test";
import { world } from "#kernel/testing";
import { checkPdf, signPdf, trust } from "#trust";
import { keysConformance } from "#trust/conformance";
import { demonstrationPassphrase, fileKeys, keysFile, passphraseOf } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "toguna-keys-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const open = async (at = "ring", passphrase = "une longue phrase secrète") =>
  fileKeys(join(folder, at), passphrase, { uuid: () => randomUUID(), bytes: (n) => randomBytes(n) });

keysConformance("keys-file", () => open(), { again: () => open() });

test("nothing on disk shows the key, and only its owner may read the files", async () => {
  const store = await open("quiet");
  const { id } = await store.generate("seal of the court");
  const text = readFileSync(join(folder, "quiet", `${id}.json`), "utf8");
  assert.doesNotMatch(text, /PRIVATE/);
  assert.deepEqual(Object.keys(JSON.parse(text)).sort(), ["label", "nonce", "sealed", "spki", "tag"]);
  assert.equal(statSync(join(folder, "quiet", `${id}.json`)).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, "quiet")).mode & 0o777, 0o700);
  assert.deepEqual(
    readdirSync(join(folder, "quiet")).filter((name) => name.endsWith(".new")),
    [],
  );
});

test("a wrong passphrase says so at once; accents composed or not are the same passphrase", async () => {
  await open("said", "clé".normalize("NFC"));
  await open("said", "clé".normalize("NFD"));
  await assert.rejects(open("said", "cle"), /does not open the keys/);
});

test("a damaged or exchanged key file is an error, never another key", async () => {
  const store = await open("bent");
  const [one, two] = [await store.generate("one"), await store.generate("two")];
  const at = (id: string) => join(folder, "bent", `${id}.json`);
  writeFileSync(at(one.id), readFileSync(at(two.id)));
  const again = await open("bent");
  await assert.rejects(again.sign(one.id, Uint8Array.of(1)), /damaged/);
  assert.equal((await again.sign(two.id, Uint8Array.of(1))).length, 64);
});

test("production refuses no passphrase, the demonstration's, and a short one", () => {
  const file = join(folder, "passphrase");
  const say = (text: string, production: boolean) => {
    writeFileSync(file, `${text}\n`);
    return passphraseOf({ file, production });
  };
  assert.throws(() => passphraseOf({ file: undefined, production: true }), /TOGUNA_KEYS_PASSPHRASE_FILE/);
  assert.throws(() => say(demonstrationPassphrase, true), /demonstration/);
  assert.throws(() => say("court", true), /too short/);
  assert.equal(say("une longue phrase", true), "une longue phrase");
  assert.equal(passphraseOf({ file: undefined, production: false }), demonstrationPassphrase);
});

test("two processes that start at once share one keyring", async () => {
  const script = `const { openKeyring } = await import(${JSON.stringify(new URL("./keyring.ts", import.meta.url).href)});
    openKeyring(${JSON.stringify(join(folder, "race"))}, "phrase", (n) => new Uint8Array(crypto.getRandomValues(Buffer.alloc(n)))).write(process.argv[1], { label: "x", spki: Buffer.from("s"), secret: Buffer.from("secret") });`;
  const run = (id: string) =>
    new Promise<number | null>((done) =>
      spawn(process.execPath, ["--input-type=module", "-e", script, id], { stdio: "inherit" }).on("exit", done),
    );
  const ids = ["a", "b", "c"];
  assert.deepEqual(await Promise.all(ids.map(run)), [0, 0, 0]);
  const { openKeyring } = await import("./keyring.ts");
  const ring = openKeyring(join(folder, "race"), "phrase", (n) => randomBytes(n));
  for (const id of ids) assert.equal(Buffer.from(ring.read(id)!.secret).toString(), "secret");
});

test("a whole installation on files signs an act; with another passphrase it does not start", async () => {
  const passphrase = join(folder, "phrase");
  writeFileSync(passphrase, "une longue phrase secrète\n");
  const w = await world({ modules: [trust], drivers: [keysFile], env: { TOGUNA_KEYS_PASSPHRASE_FILE: passphrase } });
  try {
    const pdf = new Uint8Array(readFileSync(new URL("../../modules/trust/pdf/plain-act.test.pdf", import.meta.url)));
    const signed = await signPdf(w.kernel.jobContext("trust.test"), {
      pdf,
      institution: { id: "zz-tgi", name: "Tribunal d’essai" },
      reason: "essai",
    });
    assert.ok((await w.transaction((ctx) => checkPdf(ctx, signed.pdf))).ok);
    writeFileSync(passphrase, "une autre phrase secrète\n");
    assert.throws(() => keysFile.make(w.kernel.host), /does not open the keys/);
  } finally {
    await w.close();
  }
});
