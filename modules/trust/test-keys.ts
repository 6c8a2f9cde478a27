import { generateKeyPair, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { provide } from "#kernel";
import { type KeyStore, keysPort } from "./ports.ts";

const rsaPair = promisify(generateKeyPair);

/** Keys that die with the process: the in-memory driver every port has, for tests only. */
export const memoryKeys = (): KeyStore & { size(): number } => {
  const keys = new Map<string, { secret: KeyObject; spki: Uint8Array }>();
  let made = 0;
  return {
    kind: "memory",
    size: () => keys.size,
    async generate(_label, algorithm = "p256") {
      const { privateKey, publicKey } =
        algorithm === "p256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : await rsaPair("rsa", { modulusLength: 3072 });
      const id = `memory-${made++}`;
      const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
      keys.set(id, { secret: privateKey, spki });
      return { id, spki };
    },
    publicKey: async (id) => keys.get(id)?.spki,
    async sign(id, message) {
      const key = keys.get(id);
      if (!key) throw new Error("no such key in memory");
      return sign("sha256", message, { key: key.secret, dsaEncoding: "ieee-p1363" });
    },
    destroy: async (id) => void keys.delete(id),
  };
};

/** For other modules' test worlds: `drivers: [testKeys]`. */
export const testKeys = provide(keysPort, () => memoryKeys());
