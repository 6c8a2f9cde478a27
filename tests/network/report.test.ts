/** The availability of institutions and services, and the report on paper. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { documents } from "#documents";
import { exchange } from "#exchange";
import { factsOf, type Caller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { network } from "#network";
import * as api from "#network/api";
import { registry } from "#registry";
import { trust } from "#trust";
import { keysFile } from "../../drivers/keys-file/index.ts";
import { simulate, simulateGroups } from "../../modules/network/resilience/availability.ts";
import { graph, tree } from "../../modules/network/resilience/graph.ts";

let w: World;
let as: Caller;
const dir = mkdtempSync(join(tmpdir(), "network-report-"));
before(async () => {
  w = await world({ modules: [registry, trust, documents, exchange, network], drivers: [keysFile], country: "bf" });
  as = w.clerk("bf-anptic", ["network.read-plant"]);
});
after(async () => {
  rmSync(dir, { recursive: true });
  await w.close();
});

test("each institution that stands on the network and each service it publishes has an availability, the worst first", async () => {
  const r = await w.call(api.readReach, { limit: 5000 }, { as });
  assert.ok(r.total.institutions > 400 && r.institutions.length === r.total.institutions && r.total.services > 0);
  for (const list of [r.institutions, r.services])
    list.forEach((x, i) => {
      assert.ok(x.low <= x.value && x.value <= x.high && x.value > 0.9 && x.value < 1, x.id);
      assert.ok(i === 0 || list[i - 1]!.value <= x.value);
    });
  const one = r.institutions.find((i) => i.nodes.length === 1)!;
  const node = await w.call(api.readNode, { id: one.nodes[0]! }, { as });
  assert.equal(node.availability.value, one.value, "one site: the site's own");
  for (const s of r.services) assert.equal(s.value, r.institutions.find((i) => i.id === s.institution)!.value);
  for (const who of [w.stranger, w.citizen(), w.clerk("bf-anptic", [])]) {
    await assert.rejects(w.call(api.readReach, {}, { as: who }), /kernel\./);
    await assert.rejects(w.call(api.makeReport, {}, { as: who }), /kernel\./);
  }
});

const missing = spawnSync("which", ["pdftotext"]).status !== 0 && process.env.CI === undefined;
test(
  "the report is a PDF a minister can read, in both languages, and is recorded",
  { skip: missing && "needs pdftotext: apt-get install poppler-utils" },
  async () => {
    for (const [lang, title, plan] of [
      ["fr", "L’état du réseau de l’administration", /Poser/u],
      ["en", "The state of the administration’s network", /Lay/u],
    ] as const) {
      // prettier-ignore
      const made = await w.call(api.makeReport, { km: 40 }, { as, lang });
      const file = join(dir, `${lang}.pdf`);
      writeFileSync(file, Buffer.from(made.content, "base64"));
      const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
      assert.ok(text.includes(title), text.slice(0, 400));
      assert.match(text, plan);
      assert.match(text, /513/);
      assert.match(text, /95\s%/u);
    }
    const facts = await w.transaction((ctx) => factsOf(ctx, { subject: "network:plant" }));
    assert.equal(facts.filter((f) => f.type === "network.plant-reported").length, 2);
  },
);

test("who works in several places is up as long as one of them is: against every state of small networks", () => {
  const network_ = fc.record({
    size: fc.integer({ min: 3, max: 6 }),
    links: fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 2, maxLength: 7 }),
    p: fc.array(fc.integer({ min: 5, max: 40 }), { minLength: 7, maxLength: 7 }),
    own: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 6, maxLength: 6 }),
    group: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    seed: fc.nat(999),
  });
  fc.assert(
    fc.property(network_, ({ size, links, p, own, group, seed }) => {
      const pairs = links.map(([a, b]) => [a % size, b % size] as const).filter(([a, b]) => a !== b);
      const g = graph(size, pairs);
      const t = tree(g, 0);
      const events = pairs.map((_, l) => ({ links: [l], p: p[l]! / 100 }));
      const power = own.map((n) => n / 100);
      const members = group.map((v) => v % size).filter((v, i, all) => all.indexOf(v) === i);
      let exact = 0;
      for (let state = 0; state < 2 ** pairs.length; state++) {
        const up = pairs.map((_, l) => !((state >> l) & 1));
        const chance = up.reduce((q, ok, l) => q * (ok ? 1 - events[l]!.p : events[l]!.p), 1);
        const held = new Set([0]);
        for (let grew = true; grew;) {
          grew = false;
          pairs.forEach(([a, b], l) => {
            if (up[l] && held.has(a) !== held.has(b)) {
              held.add(a).add(b);
              grew = true;
            }
          });
        }
        exact += chance * (1 - members.reduce((q, v) => (held.has(v) ? q * power[v]! : q), 1));
      }
      const samples = 20_000;
      const [found] = simulateGroups(t, events, power, [members], { samples, seed });
      assert.ok(Math.abs(found!.value - exact) < 5 * Math.sqrt(0.25 / samples) + 1e-9, `${found!.value} is not ${exact}`);
      assert.ok(found!.low <= found!.value + 1e-12 && found!.value <= found!.high + 1e-12);
      const alone = simulate(t, events, power, { samples, seed });
      for (const v of members)
        assert.ok(Math.abs(simulateGroups(t, events, power, [[v]], { samples, seed })[0]!.value - alone[v]!.value) < 1e-9);
    }),
    { numRuns: 40 },
  );
});
