import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { test } from "node:test";
import type { KeyStore } from "./ports.ts";

export { testKeys } from "./test-keys.ts";

const holds = (spki: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  verify(
    "sha256",
    message,
    { key: createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }), dsaEncoding: "ieee-p1363" },
    signature,
  );

/** What every key store must do; `again` opens the same store anew (after a restart), when it outlives the process. */
export function keysConformance(
  name: string,
  open: () => Promise<KeyStore>,
  o: { skip?: string | false; again?: () => Promise<KeyStore> } = {},
): void {
  const skip = o.skip ?? false;
  test(`${name}: makes P-256 keys whose ES256 signatures hold, each under its own name`, { skip }, async () => {
    const store = await open();
    const [one, two] = [await store.generate("one"), await store.generate("one")];
    assert.notEqual(one.id, two.id);
    assert.notDeepEqual(one.spki, two.spki);
    const curve = createPublicKey({ key: Buffer.from(one.spki), format: "der", type: "spki" });
    assert.equal(curve.asymmetricKeyDetails?.namedCurve, "prime256v1");
    for (const size of [0, 1, 32, 64, 20_000]) {
      const message = new Uint8Array(size).fill(7);
      const signature = await store.sign(one.id, message);
      assert.equal(signature.length, 64);
      assert.ok(holds(one.spki, message, signature), `${size} bytes`);
      assert.ok(!holds(two.spki, message, signature));
      assert.ok(!holds(one.spki, Uint8Array.of(...message, 1), signature));
    }
    assert.deepEqual(Buffer.from((await store.publicKey(one.id))!), Buffer.from(one.spki));
  });

  test(`${name}: makes RSA keys of 3072 bits whose PKCS #1 v1.5 signatures hold, beside those of P-256`, { skip }, async () => {
    const store = await open();
    const [rsa, p256] = [await store.generate("rsa", "rsa3072"), await store.generate("ec")];
    const shown = createPublicKey({ key: Buffer.from(rsa.spki), format: "der", type: "spki" });
    assert.deepEqual(
      [shown.asymmetricKeyType, shown.asymmetricKeyDetails?.modulusLength, shown.asymmetricKeyDetails?.publicExponent],
      ["rsa", 3072, 65_537n],
    );
    for (const size of [0, 1, 64, 20_000]) {
      const message = new Uint8Array(size).fill(9);
      const signature = await store.sign(rsa.id, message);
      assert.equal(signature.length, 384);
      assert.ok(holds(rsa.spki, message, signature), `${size} bytes`);
      assert.ok(!holds(rsa.spki, Uint8Array.of(...message, 1), signature));
      assert.ok(!holds(p256.spki, message, signature));
    }
    assert.deepEqual(Buffer.from((await store.publicKey(rsa.id))!), Buffer.from(rsa.spki));
    assert.equal((await store.sign(p256.id, Uint8Array.of(1))).length, 64);
    if (o.again) assert.ok(holds(rsa.spki, Uint8Array.of(2), await (await o.again()).sign(rsa.id, Uint8Array.of(2))));
    await store.destroy(rsa.id);
    assert.equal(await store.publicKey(rsa.id), undefined);
    await assert.rejects(store.sign(rsa.id, Uint8Array.of(1)));
  });

  test(`${name}: many signatures at once`, { skip }, async () => {
    const store = await open();
    const keys = await Promise.all([1, 2, 3, 4].map((n) => store.generate(`k${n}`)));
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const key = keys[i % keys.length]!;
        const message = Uint8Array.of(i);
        assert.ok(holds(key.spki, message, await store.sign(key.id, message)));
      }),
    );
  });

  test(`${name}: an unknown name signs nothing and shows nothing, whatever it looks like`, { skip }, async () => {
    const store = await open();
    for (const id of ["", "none", "../../etc/passwd", "0".repeat(64), "a/b", "..", "x".repeat(5000)]) {
      assert.equal(await store.publicKey(id), undefined);
      await assert.rejects(store.sign(id, new Uint8Array(1)));
      await store.destroy(id);
    }
  });

  test(`${name}: a destroyed key is gone`, { skip }, async () => {
    const store = await open();
    const key = await store.generate("short-lived");
    await store.destroy(key.id);
    await store.destroy(key.id);
    assert.equal(await store.publicKey(key.id), undefined);
    await assert.rejects(store.sign(key.id, new Uint8Array(1)));
  });

  const { again } = o;
  if (again) {
    test(`${name}: keys outlive the process, and a key made by another process is found`, { skip }, async () => {
      const [first, second] = [await open(), await again()];
      const key = await first.generate("kept");
      const message = Uint8Array.of(1, 2, 3);
      assert.ok(holds(key.spki, message, await second.sign(key.id, message)));
    });
  }
}
