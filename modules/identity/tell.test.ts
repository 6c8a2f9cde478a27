import assert from "node:assert/strict";
import { test } from "node:test";
import { smsCost } from "#messages";
import { texts } from "./tell.ts";

test("every text we send is one SMS, in both languages", () => {
  for (const [name, text] of Object.entries(texts)) {
    const words = typeof text === "function" ? text("123456", "47", "demarches.gouvernement.example") : text;
    for (const lang of ["fr", "en"] as const) {
      const cost = smsCost(words[lang]);
      assert.deepEqual([cost.encoding, cost.parts], ["gsm7", 1], `${name} ${lang}: ${cost.characters} ${cost.outside.join("")}`);
    }
  }
});
