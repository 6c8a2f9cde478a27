import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { describeOpenApi } from "./openapi.ts";

const yaml = `
openapi: 3.0.3
info: {title: Parcels, version: "2"}
servers: [{url: https://land.example/api}]
paths:
  /parcels:
    parameters: [{name: lang, in: query, schema: {type: string}}]
    get:
      parameters:
        - {name: owner, in: query, description: "Number of the owner\\nsecond line", schema: {type: string}}
        - {$ref: '#/components/parameters/page'}
        - {name: X-Trace, in: header, schema: {type: string}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Parcel'}}}}}
        "404": {description: none, content: {application/json: {schema: {type: object, properties: {secret: {type: string}}}}}}
  /parcels/{id}/owner/:
    get: {responses: {"200": {$ref: '#/components/responses/Owner'}}}
    delete: {responses: {"204": {description: gone}}}
  "/../admin": {get: {responses: {}}}
components:
  parameters: {page: {name: page, in: query, schema: {type: integer}}}
  responses: {Owner: {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}}
  schemas:
    Parcel:
      allOf:
        - {type: object, properties: {id: {type: string, title: Parcel number}, area: {type: [number, "null"]}}}
        - {type: object, properties: {owner: {$ref: '#/components/schemas/Person'}, tags: {type: array, items: {type: string}}}}
    Person:
      type: object
      properties:
        nip: {type: string}
        born: {type: string, format: date}
        parents: {type: array, items: {$ref: '#/components/schemas/Person'}}
        "a/b": {type: boolean}
`;

test("endpoints, parameters and fields of a YAML document, references followed inside it", () => {
  const read = describeOpenApi(yaml);
  assert.ok(read.ok);
  const d = read.described;
  assert.deepEqual(
    d.endpoints.map((e) => `${e.method} ${e.path}`),
    ["GET /parcels", "GET /parcels/*/owner", "DELETE /parcels/*/owner"],
  );
  assert.deepEqual(
    d.query.map((q) => [q.name, q.label.en]),
    [
      ["lang", "lang"],
      ["owner", "Number of the owner"],
      ["page", "page"],
    ],
  );
  assert.deepEqual(
    d.fields.map((f) => `${f.pointer} ${f.type ?? "text"} ${f.label.en}`),
    [
      "/*/id text Parcel number",
      "/*/area number area",
      "/*/owner/nip text owner.nip",
      "/*/owner/born date owner.born",
      "/*/owner/a~1b boolean owner.a/b",
      "/*/tags text tags",
      "/nip text nip",
      "/born date born",
      "/a~1b boolean a/b",
    ],
  );
  assert.deepEqual([d.title, d.server, d.left], ["Parcels", "https://land.example/api", [{ what: "path", where: "/../admin" }]]);
});

test("JSON says the same as YAML", () => {
  const json = JSON.stringify({ openapi: "3.1.0", info: { title: "x", version: "1" }, paths: { "/": { get: { responses: {} } } } });
  assert.deepEqual(describeOpenApi(json).ok && describeOpenApi(json), {
    ok: true,
    described: { title: "x", version: "1", endpoints: [{ method: "GET", path: "/" }], query: [], fields: [], server: undefined, left: [] },
  });
});

const fault = (source: string) => {
  const read = describeOpenApi(source);
  return read.ok ? "read" : read.fault;
};
const get = (schema: object) => ({
  openapi: "3.1.0",
  paths: { "/": { get: { responses: { 200: { content: { "application/json": { schema } } } } } } },
});

test("what is no OpenAPI 3.0 or 3.1 is said to be none", () => {
  assert.equal(fault("hello"), "unreadable");
  assert.equal(fault("{"), "unreadable");
  assert.equal(fault("[1]"), "unreadable");
  assert.equal(fault('{"swagger":"2.0","paths":{}}'), "not-openapi");
  assert.equal(fault('{"openapi":"4.0.0","paths":{}}'), "version");
  assert.equal(fault('{"openapi":"3.0.1","paths":{}}'), "no-path");
  const many = Object.fromEntries(Array.from({ length: 301 }, (_, i) => [`/p${i}`, { get: {} }]));
  assert.equal(fault(JSON.stringify({ openapi: "3.0.1", paths: many })), "too-many-paths");
});

test("hostile documents end quickly: bombs, cycles, depth, references that lead away, names every object inherits", () => {
  const began = process.cpuUsage();
  const bomb = `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`).join("\n")}`;
  assert.notEqual(fault(bomb), "read");
  assert.equal(fault(`{${'"a":{'.repeat(50_000)}${"}".repeat(50_001)}`), "too-deep");
  assert.notEqual(fault(`a:\n${"- ".repeat(5000)}x`), "read");
  assert.notEqual(fault(`a: ${"[".repeat(20_000)}`), "read");
  assert.equal(fault(`x: ${"y".repeat(400_000)}`), "too-long");
  assert.equal(fault(`{"a":"${"y".repeat(2_100_000)}"}`), "too-long");
  // each schema holds itself many times over
  const cyclic = {
    ...get({ $ref: "#/components/schemas/A" }),
    components: { schemas: { A: { properties: {} as Record<string, object> } } },
  };
  for (let i = 0; i < 200; i++)
    cyclic.components.schemas.A.properties[`p${i}`] = { allOf: Array(30).fill({ $ref: "#/components/schemas/A" }) };
  assert.ok(describeOpenApi(JSON.stringify(cyclic)).ok);
  const loop = {
    ...get({ $ref: "#/components/schemas/A" }),
    components: { schemas: { A: { $ref: "#/components/schemas/B" }, B: { $ref: "#/components/schemas/A" } } },
  };
  assert.ok(describeOpenApi(JSON.stringify(loop)).ok);
  const away = describeOpenApi(
    JSON.stringify(get({ properties: { a: { $ref: "http://127.0.0.1:9/x.json" }, b: { $ref: "file:///etc/passwd" } } })),
  );
  assert.ok(away.ok && away.described.left.length === 2 && away.described.fields.length === 0);
  const inherited = describeOpenApi(
    '{"openapi":"3.0.0","paths":{"/":{"get":{"responses":{"200":{"$ref":"#/constructor/prototype"}}}}},"__proto__":{"x":1}}',
  );
  assert.ok(inherited.ok && !("x" in {}));
  assert.notEqual(fault('!!js/function "function () {}"'), "read");
  const { user } = process.cpuUsage(began);
  assert.ok(user < 4_000_000, `${user} microseconds`);
});

test("any JSON at all is answered, never thrown at", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (source) => {
      describeOpenApi(source);
      describeOpenApi(
        `{"openapi":"3.1.0","paths":{"/":${source},"/a":{"get":${source}},"/b":{"get":{"responses":{"200":{"content":{"application/json":{"schema":${source}}}}}}}}}`,
      );
    }),
    { numRuns: 150 },
  );
});
