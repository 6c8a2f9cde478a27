import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { provide } from "#kernel";
import { type KeyStore, keysPort } from "#trust/ports";

/** Keys that die with the process: for tests. */
export function memoryKeys(name: () => string): KeyStore {
  const keys = new Map<string, { secret: KeyObject; spki: Uint8Array }>();
  return {
    kind: "memory",
    async generate() {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
      const id = name();
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
}

export const keysMemory = provide(keysPort, (host) => memoryKeys(() => host.ids.uuid()));
