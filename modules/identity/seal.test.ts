import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seal, token, unseal } from "./seal.ts";

const key = new Uint8Array(32).fill(3);
const nonce = new Uint8Array(12).fill(5);

test("what was sealed opens, for its own row and key only", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const box = seal(key, nonce, text, "phone:1");
      assert.equal(unseal(key, box, "phone:1"), text);
      assert.throws(() => unseal(key, box, "phone:2"));
      assert.throws(() => unseal(new Uint8Array(32), box, "phone:1"));
      box[box.length - 1] = (box[box.length - 1] as number) ^ 1;
      assert.throws(() => unseal(key, box, "phone:1"));
    }),
  );
});

test("tokens depend on key, kind and value", () => {
  const one = token(key, "phone", "+22670000000");
  assert.deepEqual(one, token(key, "phone", "+22670000000"));
  assert.notDeepEqual(one, token(new Uint8Array(32), "phone", "+22670000000"));
  assert.notDeepEqual(one, token(key, "identity", "+22670000000"));
  assert.notDeepEqual(one, token(key, "phone", "+22670000001"));
});
