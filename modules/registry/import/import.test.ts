import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseCsv } from "./csv.ts";
import { readImport, type Known } from "./rules.ts";

const known: Known = {
  institutions: new Set(["xx-ministry"]),
  members: new Set(["GOV/MINISTRY"]),
  divisions: new Set(["xx-com-a"]),
  box: [-5.6, 9.3, 2.5, 15.1],
};
const head = "id,kind,name_fr,division,parent,lon,lat";
const faultsOf = (text: string, format: "csv" | "geojson" = "csv") =>
  readImport(format, text, known).faults.map((f) => `${f.line}:${f.column}`);

test("CSV of any cells reads back what was written, with either separator and either line end", () => {
  const cell = fc.string({ unit: "grapheme" }).filter((s) => !s.includes("\r") && !s.includes("\uFEFF"));
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 1, maxLength: 8 }));
  fc.assert(
    fc.property(table, fc.constantFrom(",", ";"), fc.constantFrom("\n", "\r\n"), (rows, separator, eol) => {
      const withHead = [rows[0]?.map((_, i) => `c${i}`) ?? [], ...rows];
      const text = withHead.map((r) => r.map((c) => `"${c.replaceAll('"', '""')}"`).join(separator)).join(eol);
      assert.deepEqual(
        parseCsv(text).map((r) => r.cells),
        withHead,
      );
    }),
  );
});

test("a row knows the line it began on, even after a cell with a line break", () => {
  assert.deepEqual(
    parseCsv('a,b\n"x\ny",1\nz,2\n').map((r) => r.line),
    [1, 2, 4],
  );
});

test("a good file gives entries, sourced only when it says from where", () => {
  const { entries, faults } = readImport(
    "csv",
    `${head},source,source_date\nxx-new,school,"Lycée « A », annexe",xx-com-a,xx-ministry,-1.5,12.3,Arrêté n° 12,2024-05-01\nxx-other,school,B,xx-com-a,xx-new,,,,\n`,
    known,
  );
  assert.deepEqual(faults, []);
  assert.equal(entries[0]?.basis, "sourced");
  assert.deepEqual(entries[0]?.point, [-1.5, 12.3]);
  assert.equal(entries[0]?.code, "NEW");
  assert.equal(entries[1]?.basis, "illustrative");
  assert.equal(entries[1]?.point, undefined);
});

test("each fault is named by line and column", () => {
  assert.deepEqual(faultsOf(`${head}\nxx-ministry,school,A,xx-com-a,,,\n`), ["2:id", "2:code"]);
  assert.deepEqual(faultsOf(`${head}\nxx-a,school,A,xx-com-a,,,\nxx-a,school,B,xx-com-a,,,\n`), ["3:id", "3:code"]);
  assert.deepEqual(
    new Set(faultsOf(`${head}\nXX A,school,,xx-com-b,xx-none,abc,95\n`)),
    new Set(["2:id", "2:code", "2:name_fr", "2:lon", "2:lat", "2:division", "2:parent"]),
  );
  assert.deepEqual(faultsOf(`${head}\nxx-a,school,A,xx-com-a,,2.35,48.85\n`), ["2:lon"], "Paris is not in the country");
  assert.deepEqual(faultsOf(`${head}\nxx-a,school,A\n`), ["2:"]);
  assert.deepEqual(faultsOf("id,kind,nom\n"), ["1:nom", "1:name_fr", "1:division"]);
  assert.deepEqual(faultsOf(`${head}\n"xx-a,school\n`), ["2:"]);
});

test("an institution cannot be its own ancestor", () => {
  assert.deepEqual(faultsOf(`${head}\nxx-a,school,A,xx-com-a,xx-b,,\nxx-b,school,B,xx-com-a,xx-a,,\n`), ["2:parent", "3:parent"]);
});

test("GeoJSON: points with properties, each fault by the rank of its feature", () => {
  const f = (properties: object | null, geometry: object | null = { type: "Point", coordinates: [-1.5, 12.3] }) => ({
    type: "Feature",
    properties,
    geometry,
  });
  const file = (...features: unknown[]) => JSON.stringify({ type: "FeatureCollection", features });
  const good = { id: "xx-a", kind: "school", name_fr: "A", division: "xx-com-a" };
  assert.deepEqual(readImport("geojson", file(f(good)), known).entries[0]?.point, [-1.5, 12.3]);
  assert.deepEqual(faultsOf(file(f(good), f(null), f({ ...good, id: "xx-b" }, { type: "Polygon", coordinates: [] })), "geojson"), [
    "2:",
    "3:",
  ]);
  assert.deepEqual(faultsOf("{", "geojson"), ["1:"]);
  assert.deepEqual(faultsOf("[]", "geojson"), ["1:"]);
  assert.deepEqual(faultsOf(file(null, 3), "geojson"), ["1:", "2:"]);
});

test("no text whatever makes the reader throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom("csv", "geojson"), (text, format) => void readImport(format, text, known)),
  );
});
