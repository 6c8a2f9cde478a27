import assert from "node:assert/strict";
import { test } from "node:test";
import type { Country } from "#kernel";
import { letterhead, verification } from "./letter.ts";

const country = (entries: object[]): Country => ({ name: { fr: "Delta", en: "The Delta" }, get: () => entries }) as unknown as Country;

test("the letterhead comes from the pack; without an emblem the country's name stands alone", () => {
  assert.deepEqual(letterhead(country([]), "fr", ["Tribunal"]), { state: "Delta", hierarchy: ["Tribunal"] });
  const entry = {
    state: { fr: "République du Delta", en: "Republic of the Delta" },
    motto: { fr: "Parole", en: "Word" },
    arms: "<svg/>",
    source: "s",
    date: "d",
  };
  assert.deepEqual(letterhead(country([entry]), "en", []), {
    state: "Republic of the Delta",
    motto: "Word",
    arms: "<svg/>",
    hierarchy: [],
  });
});

test("a paper promises only the checks it offers", () => {
  const address = "https://exemple.org/verifier";
  const said = (o: { number?: string; code?: string }): string => verification("fr", { address, ...o }).steps.join(" ");
  assert.match(said({ number: "1", code: "x" }), /Scannez.*Sans réseau/s);
  assert.match(said({ number: "1" }), /^Entrez le numéro/);
  assert.doesNotMatch(said({ number: "1" }), /code/);
  assert.doesNotMatch(said({}), /numéro|code/);
});
