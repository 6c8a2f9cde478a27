/** Which kind of key a new seal gets. P-256 unless an institution has to sign with RSA (a partner or a law that knows no other). */
import type { PublicConfig } from "#kernel";
import type { KeyAlgorithm } from "../ports.ts";

const shape = /^rsa3072(?::([a-z0-9-]+(?:,[a-z0-9-]+)*))?$/;

/**
 * `TOGUNA_SEAL_KEYS`: absent = P-256; `rsa3072` = every seal made from now on; `rsa3072:<id>,<id>` = those institutions'. A gateway, which
 * learns its institution when it is admitted, says `rsa3072`. Certificates that stand are not touched: the next key follows it. Throws when it cannot be read.
 */
export const keyFor = (config: Pick<PublicConfig, "setting">, s: { kind: string; subject: string }): KeyAlgorithm => {
  const setting = config.setting("seal_keys")?.trim();
  if (!setting) return "p256";
  const read = shape.exec(setting);
  if (!read) throw new Error("TOGUNA_SEAL_KEYS is rsa3072, or rsa3072:<institution>,<institution>");
  if (s.kind !== "seal") return "p256";
  return read[1] === undefined || read[1].split(",").includes(s.subject) ? "rsa3072" : "p256";
};
