import assert from "node:assert/strict";
import { test } from "node:test";
import { levelWanted, redirectsAcceptable, sharesOf } from "./rules.ts";

test("the level asked: at least the registered one, the lowest of several acceptable, nothing for unknown words", () => {
  assert.equal(levelWanted("low", undefined), "low");
  assert.equal(levelWanted("low", "substantial"), "substantial");
  assert.equal(levelWanted("low", "high substantial"), "substantial");
  assert.equal(levelWanted("substantial", "low"), "substantial");
  assert.equal(levelWanted("low", "urn:mace:gold admin"), "low");
});

test("codes go to https of one host only; a developer's loopback outside production", () => {
  assert.equal(redirectsAcceptable(["https://a.example/cb", "https://a.example/cb2"], true), true);
  assert.equal(redirectsAcceptable(["http://127.0.0.1:9/cb"], false), true);
  const bad = [
    "http://127.0.0.1:9/cb",
    "http://a.example/cb",
    "https://a.example/#x",
    "https://u:p@a.example/",
    "https://*.example/",
    "javascript:alert(1)",
    "cb",
    "",
    "data:text/html,x",
  ];
  for (const uri of bad) assert.equal(redirectsAcceptable([uri], true), false, uri);
  assert.equal(redirectsAcceptable(["https://a.example/cb", "https://b.example/cb"], true), false);
});

test("what is shared is said in words; an unknown scope shares nothing", () => {
  assert.equal(sharesOf("openid").length, 2);
  assert.equal(sharesOf("openid profile offline_access").length, 4);
  assert.deepEqual(sharesOf("admin"), []);
});
