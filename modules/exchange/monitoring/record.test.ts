import assert from "node:assert/strict";
import { test } from "node:test";
import { recordOf } from "./record.ts";
import type { MonitoredRow } from "./store.ts";

const row = (path: string, personAt: number | null): MonitoredRow => ({
  exchange: "e",
  side: "provider",
  at: new Date(0),
  askedAt: new Date(0),
  client: "BF/GOV/A/B",
  service: "BF/GOV/C/D/records",
  method: "GET",
  path,
  messageId: "m",
  userId: null,
  requestPart: "GET /r1/BF/GOV/C/D/records HTTP/1.1\r\n",
  responsePart: null,
  outcome: "failed",
  errorType: null,
  status: null,
  measured: null,
  clientServer: null,
  serviceServer: null,
  described: false,
  personAt,
});
const pathOf = (path: string, personAt: number | null) => recordOf(row(path, personAt), { internalIp: "", version: "" }).restPath;

test("the segment of a path that names a person is no operational figure", () => {
  assert.equal(pathOf("/people/99199400000169139/acts", 2), "/people/*/acts");
  assert.equal(pathOf("/people", 2), "/people");
  assert.equal(pathOf("/items/gone", null), "/items/gone");
});
