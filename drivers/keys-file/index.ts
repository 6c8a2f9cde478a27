import { createPrivateKey, generateKeyPair, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { provide } from "#kernel";
import { type KeyStore, keysPort } from "#trust/ports";
import { openKeyring, type Keyring, type Random } from "./keyring.ts";

const rsaPair = promisify(generateKeyPair);

/**
 * Keys as files, each sealed with AES-256-GCM under a key stretched from the installation's passphrase. The files are
 * worth nothing without the passphrase; the process holds keys in memory once used, so this protects disks and
 * backups, not against whoever owns the running machine: that is what keys-pkcs11 is for.
 */
export function fileKeys(folder: string, passphrase: string, ids: { uuid(): string; bytes: Random }): KeyStore {
  const ring = openKeyring(folder, passphrase, ids.bytes);
  const known = new Map<string, { secret: KeyObject; spki: Uint8Array }>();
  const find = (id: string) => {
    const held = known.get(id);
    if (held) return held;
    const read = readKey(ring, id);
    if (read) known.set(id, read);
    return read;
  };
  return {
    kind: "file",
    async generate(label, algorithm = "p256") {
      // RSA primes take a second to find: not on the thread that answers
      const { privateKey, publicKey } =
        algorithm === "p256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : await rsaPair("rsa", { modulusLength: 3072 });
      const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
      const id = ids.uuid();
      ring.write(id, { label, spki, secret: privateKey.export({ format: "der", type: "pkcs8" }) });
      known.set(id, { secret: privateKey, spki });
      return { id, spki };
    },
    publicKey: async (id) => find(id)?.spki,
    async sign(id, message) {
      const key = find(id);
      if (!key) throw new Error("no such key on disk");
      return sign("sha256", message, { key: key.secret, dsaEncoding: "ieee-p1363" });
    },
    async destroy(id) {
      known.delete(id);
      ring.remove(id);
    },
  };
}

function readKey(ring: Keyring, id: string): { secret: KeyObject; spki: Uint8Array } | undefined {
  const read = ring.read(id);
  return read && { secret: createPrivateKey({ key: Buffer.from(read.secret), format: "der", type: "pkcs8" }), spki: read.spki };
}

/** Known to everyone: a demonstration's keys are protected from nobody, and production refuses it. */
export const demonstrationPassphrase = "toguna-demonstration";

/** The passphrase from the file named by TOGUNA_KEYS_PASSPHRASE_FILE; a demonstration has its own. */
export function passphraseOf(o: { file: string | undefined; production: boolean }): string {
  const passphrase = o.file ? readFileSync(o.file, "utf8").trim() : undefined;
  if (!o.production) return passphrase ?? demonstrationPassphrase;
  if (!passphrase) throw new Error("the keys need a passphrase: name its file in TOGUNA_KEYS_PASSPHRASE_FILE");
  if (passphrase === demonstrationPassphrase) throw new Error("the demonstration's passphrase does not protect production keys");
  if (passphrase.length < 12) throw new Error("the keys' passphrase is too short: at least 12 characters");
  return passphrase;
}

export const keysFile = provide(keysPort, (host) =>
  fileKeys(
    join(host.config.dataDir, "keys"),
    passphraseOf({ file: host.config.setting("keys_passphrase_file"), production: host.config.production }),
    host.ids,
  ),
);
