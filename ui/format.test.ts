import assert from "node:assert/strict";
import { test } from "node:test";
import { amount, date, dateTime, fileSize, fold, partialDate, phone, time, typo, type Place } from "./index.ts";

const country = { code: "bf", currency: { code: "XOF" }, timeZone: "Africa/Ouagadougou", phone: { prefix: "+226" } };
const fr: Place = { lang: "fr", country };
const en: Place = { lang: "en", country };
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test("amounts have the currency's decimals and never break across lines", () => {
  assert.equal(plain(amount(fr, 28_700)), "28 700 F CFA");
  assert.ok(!amount(fr, 28_700).includes(" "), "only no-break spaces");
  assert.equal(plain(amount(en, 28_700)), "F CFA 28,700");
});

test("dates: the first of a month, birthdays without a time zone, the country's clock for instants", () => {
  assert.equal(date(fr, "1990-03-01"), "1er mars 1990");
  assert.equal(date(fr, "1990-03-11"), "11 mars 1990");
  assert.equal(date(en, "1990-03-01"), "1 March 1990");
  const lome: Place = { lang: "fr", country: { ...country, timeZone: "Pacific/Auckland" } };
  assert.equal(date(lome, "1990-03-01"), "1er mars 1990", "a plain date never moves");
  assert.equal(date(lome, new Date("2026-11-21T20:00:00Z")), "22 novembre 2026", "an instant does");
  assert.equal(plain(time(fr, "2026-11-21T09:05:00Z")), "09 h 05");
  assert.equal(dateTime(en, "2026-11-21T09:05:00Z"), "21 November 2026 at 09:05");
  assert.equal(date(fr, "no date"), "no date");
  assert.equal(partialDate(fr, "2023"), "2023");
  assert.equal(partialDate(fr, "2023-12"), "décembre 2023");
  assert.equal(partialDate(fr, "2023-12-01"), "1er décembre 2023");
});

test("telephone numbers in pairs, foreign ones untouched", () => {
  assert.equal(plain(phone(fr, "+22670123456")), "+226 70 12 34 56");
  assert.equal(plain(phone(fr, "70123456")), "70 12 34 56");
  const senegal: Place = { lang: "fr", country: { ...country, phone: { prefix: "221" } } };
  assert.equal(plain(phone(senegal, "+221771234567")), "+221 771 23 45 67");
  assert.equal(phone(fr, "+33612345678"), "+33612345678");
});

test("sizes of files", () => {
  assert.equal(plain(fileSize(fr, 812)), "812 o");
  assert.equal(plain(fileSize(fr, 45_300)), "45 ko");
  assert.equal(plain(fileSize(en, 1_250_000)), "1.3 MB");
});

test("French typography, and only French", () => {
  assert.equal(typo("fr", "Qui a vu mes données ?"), "Qui a vu mes données\u202f?");
  assert.equal(typo("fr", "Attention!"), "Attention\u202f!");
  assert.equal(typo("fr", `l'acte dit "néant" : rien`), "l’acte dit «\u202fnéant\u202f»\u202f: rien");
  assert.equal(typo("fr", "à 10:12, https://exemple.org/?a=1"), "à 10:12, https://exemple.org/?a=1");
  assert.equal(typo("fr", "750 F CFA"), "750\u202fF CFA");
  assert.equal(typo("en", `don't "quote" ?`), `don't "quote" ?`);
});

test("folding for comparisons", () => {
  assert.equal(fold("  L’État Civil "), "l etat civil");
});
