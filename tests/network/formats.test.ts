/** Any plant that holds together survives each format; any text at all is read or refused, never thrown over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseCsv, csvLine } from "../../modules/network/files/csv.ts";
import { readFile, writeFile, type Format } from "../../modules/network/files/formats.ts";
import { build } from "../../modules/network/files/records.ts";
import { difference } from "../../modules/network/plant/rules.ts";
import { noPlant, type Plant } from "../../modules/network/plant/shapes.ts";

const formats: Format[] = ["csv", "geojson", "netbox"];
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).map((s) => s.trim().replaceAll("\r", "")).filter((s) => s.length > 0 && s.length < 100); // prettier-ignore
const coordinate = fc.integer({ min: -80_000, max: 80_000 }).map((n) => n / 1000);
const maybe = <T>(a: fc.Arbitrary<T>) => fc.option(a, { nil: undefined });
const clean = <T extends object>(o: T): T => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T;

const plants = fc
  .array(
    fc.record({
      name,
      lon: coordinate,
      lat: coordinate,
      illustrative: fc.boolean(),
      buildings: maybe(fc.nat(99)),
      power: maybe(fc.nat(800)),
    }),
    { minLength: 2, maxLength: 6 },
  ) // prettier-ignore
  .chain((places) => {
    const at = fc.integer({ min: 1, max: places.length - 1 });
    const span = fc.record({ name: maybe(name), b: at, length: fc.integer({ min: 1, max: 9_000_000 }), path: maybe(fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 4 })), rate: maybe(fc.integer({ min: 1, max: 50 })), illustrative: fc.boolean() }); // prettier-ignore
    return fc.record({ places: fc.constant(places), cables: fc.array(span, { maxLength: 5 }), circuits: fc.array(span, { maxLength: 3 }) });
  })
  .map(({ places, cables, circuits }): Plant => {
    const plant = noPlant();
    plant.node = places.map((n, i) => clean({ id: `n${i}`, kind: i ? ("site" as const) : ("core" as const), ...n }));
    plant.duct = [{ id: "d", kind: "bridge", name: "D", length: 90, illustrative: false }];
    plant.cable = cables.map((c, i) => clean({ ...c, id: `k${i}`, a: "n0", b: `n${c.b}`, strands: 12, ducts: i % 2 ? ["d"] : [] }));
    plant.circuit = circuits.map((c, i) => clean({ ...c, id: `l${i}`, a: "n0", b: `n${c.b}`, ducts: [], provider: "P", capacity: 100 }));
    plant.device = [{ id: "r", node: "n0", name: "R", illustrative: true }];
    plant.room = [{ id: "salle", node: "n0", name: "Salle", illustrative: false }];
    plant.rack = [{ id: "baie", room: "salle", name: "Baie", units: 42, illustrative: true }];
    plant.device.push({ id: "s", node: "n0", name: "S", rack: "baie", unit: 3, height: 2, illustrative: false });
    plant.vlan = places.map((n, i) => clean({ id: `v${i}`, node: `n${i}`, vid: 100 + i, name: n.name, institution: i % 2 ? "inst" : undefined, illustrative: n.illustrative })); // prettier-ignore
    plant.prefix = places.map((_, i) => ({ id: `x${i}`, prefix: i % 2 ? `10.0.${i}.0/24` : `fd00:${i}::/64`, role: "segment" as const, node: `n${i}`, vlan: `v${i}`, illustrative: false })); // prettier-ignore
    plant.prefix.push({ id: "pool", prefix: "10.0.0.0/8", role: "pool", serves: "segment", illustrative: false });
    plant.asn = places.map((_, i) => clean({ id: `a${i}`, number: 4_200_000_000 + i, node: i ? `n${i}` : undefined, name: i ? undefined : "free", illustrative: false })); // prettier-ignore
    if (cables.length) plant.port = [{ id: "p", device: "r", name: "1", cable: "k0", strand: 2, illustrative: false }];
    return plant;
  });

for (const format of formats)
  test(`${format}: what is written reads back the same`, () => {
    fc.assert(
      fc.property(plants, (plant) => {
        const read = readFile(format, writeFile(format, plant));
        const back = build(read.rows);
        assert.deepEqual([...read.faults, ...back.faults], []);
        assert.deepEqual(difference(plant, back.plant).counts, { added: 0, changed: 0, removed: 0 });
      }),
      { numRuns: 150 },
    );
  });

test("any text and any JSON are read or refused with a line", () => {
  const texts = fc.oneof(fc.string(), fc.json(), fc.json().map((j) => `{"sites":[${j}],"cables":[${j}],"features":[${j}]}`), fc.string().map((s) => `type,id,a\n${s}`)); // prettier-ignore
  fc.assert(
    fc.property(texts, fc.constantFrom(...formats), (text, format) => {
      const read = readFile(format, text);
      const { faults } = build(read.rows);
      for (const f of [...read.faults, ...faults]) assert.ok(f.line >= 1 && f.message.fr && f.message.en);
    }),
    { numRuns: 2000 },
  );
});

test("CSV cells of any text read back", () => {
  const cell = fc.string({ unit: "grapheme" }).filter((s) => !/[\r\uFEFF]/.test(s));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 6 }), (rows) => {
      const text = [["a", "b"], ...rows].map(csvLine).join("\n");
      assert.deepEqual(parseCsv(text).rows.slice(1).map((r) => r.cells), rows); // prettier-ignore
    }),
  );
});
