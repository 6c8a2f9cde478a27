/** Every procedure of every country pack: fits its schema, passes the linter, says its sources. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { loadCountry } from "#kernel";
import { lint } from "./lint.ts";
import { lifeEvents, type Procedure, procedures, synonyms } from "./procedure.ts";

const countries = new URL("../../../countries/", import.meta.url);
const codes = readdirSync(countries).filter((c) => existsSync(new URL(`${c}/services/procedures/`, countries)));

describe("procedures of the country packs", () => {
  it("there are some", () => assert.ok(codes.length >= 2));
  for (const code of codes)
    it(`${code}: no finding, and no figure without its source`, () => {
      const country = loadCountry(code, [procedures, lifeEvents, synonyms]);
      const events = new Set(country.get(lifeEvents).map((e) => e.id));
      for (const p of country.get(procedures)) {
        assert.deepEqual(lint(p, events), []);
        for (const fee of p.fees) assert.ok(fee.source.text.length > 3);
        // nobody has signed these entries: each must say so until an institution does
        assert.ok([...p.fees.map((f) => f.source), p.delay.source, ...p.legalBasis.map((l) => l.source)].every((s) => !s.confirmed));
      }
    });
  it("the linter finds what is wrong", () => {
    const country = loadCountry(codes[0] as string, [procedures, lifeEvents]);
    const good = country.get(procedures)[0] as Procedure;
    const events = new Set(country.get(lifeEvents).map((e) => e.id));
    const spoiled = (change: (p: Procedure) => void): string[] => {
      const p = structuredClone(good);
      change(p);
      return lint(p, events).map((f) => f.what);
    };
    assert.deepEqual(
      spoiled(() => undefined),
      [],
    );
    assert.ok(spoiled((p) => p.lifeEvents.push("nowhere")).some((w) => w.includes("nowhere")));
    assert.ok(spoiled((p) => void ((p.evidence[0] as Procedure["evidence"][number]).after = ["birth"])).some((w) => w.includes("circle")));
    assert.ok(spoiled((p) => void (p.delay.legalBasis = "none")).some((w) => w.includes("none")));
    assert.ok(spoiled((p) => p.output.fields.push("ghost")).some((w) => w.includes("ghost")));
    const first = (p: Procedure) => p.sections[0] as Procedure["sections"][number];
    assert.ok(
      spoiled((p) => first(p).fields.push({ ...(first(p).fields[0] as Procedure["sections"][number]["fields"][number]) })).includes(
        "the same id twice",
      ),
    );
    assert.ok(
      spoiled((p) => void ((first(p).fields[0] as { when?: unknown }).when = { field: "purpose", equals: "job" })).some((w) =>
        w.includes("not before it"),
      ),
    );
  });
});
