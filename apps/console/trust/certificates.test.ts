import assert from "node:assert/strict";
import { test } from "node:test";
import { certificateState } from "./certificates.ts";

const now = new Date("2026-11-23T09:00:00Z");
const one = {
  serial: "0a1b",
  kind: "seal" as const,
  subject: "x",
  name: "Seal",
  notBefore: "2026-01-01T00:00:00Z",
  notAfter: "2029-01-01T00:00:00Z",
  external: false,
  retired: false,
};

test("the gravest state of a certificate wins", () => {
  assert.equal(certificateState(one, now).state, "good");
  assert.deepEqual(certificateState({ ...one, notAfter: "2026-12-10T09:00:00Z" }, now), { state: "soon", days: 17 });
  assert.equal(certificateState({ ...one, retired: true }, now).state, "retired");
  assert.equal(certificateState({ ...one, retired: true, notAfter: "2026-11-01T00:00:00Z" }, now).state, "expired");
  assert.equal(certificateState({ ...one, revokedAt: "2026-11-02T00:00:00Z", notAfter: "2026-11-01T00:00:00Z" }, now).state, "revoked");
});
