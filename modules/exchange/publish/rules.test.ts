import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, approverOf, differenceOf, fieldsFit, isForbiddenHost, serverOf, widens } from "./rules.ts";

const at = (text: string) => addressOf(text, { loopback: false });

test("addresses: what leads elsewhere, to the gateway itself or carries secrets is none", () => {
  assert.equal(at("https://land.gov.example/api/"), "https://land.gov.example/api");
  assert.equal(at("http://10.2.3.4:8080"), "http://10.2.3.4:8080");
  for (const bad of [
    "ftp://land.example",
    "file:///etc/passwd",
    "sandbox:/registers/x",
    "https://user:secret@land.example",
    "https://land.example/?a=1",
    "https://land.example/#x",
    "https://land.example\\@evil.example",
    "http://127.0.0.1:5432",
    "http://127.1",
    "http://2130706433",
    "http://localhost:8080",
    "http://x.localhost.",
    "http://0.0.0.0",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]:80",
    "http://[::ffff:127.0.0.1]",
    "http://[fe80::1]",
    "not an address",
    "",
  ])
    assert.equal(at(bad), undefined, bad);
  assert.equal(addressOf("http://127.0.0.1:8090/x", { loopback: true }), "http://127.0.0.1:8090/x");
  assert.ok(!isForbiddenHost("fedora.example") && !isForbiddenHost("10.0.0.1") && isForbiddenHost("224.0.0.1"));
});

test("the description's server is read against the address it came from", () => {
  assert.equal(serverOf("/v2", "https://land.example/openapi.json"), "https://land.example/v2");
  assert.equal(serverOf("https://other.example", undefined), "https://other.example/");
  assert.equal(serverOf("/v2", undefined), undefined);
  assert.equal(serverOf("https://{region}.example", "https://land.example"), undefined);
});

test("entering the directory is the operator's, opening one's own is the institution's", () => {
  assert.deepEqual(
    [approverOf("subsystem"), approverOf("service"), approverOf("service-change"), approverOf("right")],
    ["operator", "operator", "institution", "institution"],
  );
});

test("fields of a right are fields of the service, whole branches of them, or parts of them", () => {
  const fields = [
    { name: "nip", label: { fr: "", en: "" } },
    { name: "birth.date", label: { fr: "", en: "" } },
    { name: "x", pointer: "/items/*/x", label: { fr: "", en: "" } },
  ];
  assert.ok(fieldsFit(["/rows/*/nip", "/rows/*/birth", "/items/*/x/deeper"], fields));
  assert.ok(!fieldsFit(["/rows/*/phone"], fields) && !fieldsFit(["/rows/*/ni"], fields) && !fieldsFit(["rows"], fields));
  assert.ok(fieldsFit(["/anything"], []));
});

test("what is added widens, what is taken away does not", () => {
  const before = { endpoints: [{ method: "GET", path: "/" }], query: [{ name: "a" }], fields: [{ name: "x" }] };
  const less = { ...before, query: [], fields: [] };
  assert.ok(!widens(differenceOf(before, less)));
  assert.ok(widens(differenceOf(less, before)));
  assert.deepEqual(differenceOf(before, { ...before, endpoints: [{ method: "POST", path: "/" }] }).endpoints, {
    added: [{ method: "POST", path: "/" }],
    removed: [{ method: "GET", path: "/" }],
  });
});
