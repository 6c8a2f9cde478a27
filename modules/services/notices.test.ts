import assert from "node:assert/strict";
import { it } from "node:test";
import { smsCost } from "#messages";
import { texts } from "./notices.ts";

it("every SMS stays in the GSM alphabet and in two parts, with a long address too", () => {
  const said = {
    title: { fr: "x", en: "x" },
    number: "2026-4831-0927-5",
    link: "https://demarches.exemple.gouv.example/dossiers/2026-4831-0927-5",
    act: "4831 0927 5516",
    receipt: "2026-000123",
  };
  for (const [what, make] of Object.entries(texts))
    for (const text of Object.values(make(said))) {
      const cost = smsCost(text ?? "");
      assert.equal(cost.encoding, "gsm7", `${what}: ${cost.outside.join(" ")}`);
      assert.ok(cost.parts <= 2, `${what}: ${cost.characters} characters`);
    }
});
