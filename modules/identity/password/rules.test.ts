import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword, nobodysHash, verifyPassword, weakness } from "./rules.ts";

const salt = new Uint8Array(16).fill(7);
const pepper = new Uint8Array(32).fill(9);

test("argon2id, verified with the pepper and not without", async () => {
  const stored = await hashPassword("mil et sorgho rouges", salt, pepper);
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await verifyPassword(stored, "mil et sorgho rouges", pepper), true);
  assert.equal(await verifyPassword(stored, "mil et sorgho rougeS", pepper), false);
  assert.equal(await verifyPassword(stored, "mil et sorgho rouges", new Uint8Array(32)), false);
});

test("composed and decomposed accents are the same password", async () => {
  const stored = await hashPassword("été à Gaoua, saison 3".normalize("NFD"), salt, pepper);
  assert.equal(await verifyPassword(stored, "été à Gaoua, saison 3".normalize("NFC"), pepper), true);
});

test("nobody’s hash is worked through like any other and matches nothing", async () => {
  assert.equal(await verifyPassword(nobodysHash, "", pepper), false);
});

test("a hash of another form stops the program rather than letting someone in", async () => {
  await assert.rejects(verifyPassword("$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA", "x", pepper));
  await assert.rejects(verifyPassword("plain", "plain", pepper));
});

test("weak passwords are named", () => {
  assert.equal(weakness("onze lettre", "x"), "short");
  assert.equal(weakness("aaaaaaaaaaaaaaaa", "x"), "monotonous");
  assert.equal(weakness("Ouedraogo-2026!", "ouedraogo"), "name-inside");
  assert.equal(weakness("le baobab penche à gauche", "ouedraogo"), undefined);
});
