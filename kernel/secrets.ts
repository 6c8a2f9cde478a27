import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The installation's secrets: one random master on disk (dataDir/master.key, mode 0600) mixed with the passphrase,
 * and from it, by HKDF-SHA-256 (RFC 5869), one 32-byte secret a name. Losing either half loses the derived secrets;
 * a backup holds the file, never the passphrase.
 */
export function derivedSecrets(dataDir: string, passphrase: string): (name: string) => Uint8Array {
  const file = join(dataDir, "master.key");
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    try {
      writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
    } catch (error) {
      if ((error as { code?: string }).code !== "EEXIST") throw error;
    }
  }
  const master = readFileSync(file, "utf8").trim();
  return secretsFrom(master, passphrase);
}

export function secretsFrom(master: string, passphrase: string): (name: string) => Uint8Array {
  const salt = createHash("sha256").update(passphrase).digest();
  const known = new Map<string, Uint8Array>();
  return (name) => {
    let secret = known.get(name);
    if (!secret) known.set(name, (secret = new Uint8Array(hkdfSync("sha256", master, salt, `toguna ${name}`, 32))));
    return secret;
  };
}
