/** A device's secret at rest: AES-256-GCM under the installation's own key, bound to its row. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Context, Outside } from "#kernel";
import type { EquipmentSecret } from "./driver.ts";

const name = "network.equipment";

/** nonce (12) || ciphertext || tag (16) */
export function sealed(ctx: Context, id: string, secret: EquipmentSecret): Buffer {
  const nonce = ctx.ids.bytes(12);
  const cipher = createCipheriv("aes-256-gcm", ctx.secret(name), nonce).setAAD(Buffer.from(id));
  return Buffer.concat([nonce, cipher.update(JSON.stringify(secret), "utf8"), cipher.final(), cipher.getAuthTag()]);
}

export function opened(at: Pick<Outside, "secret">, id: string, bytes: Buffer): EquipmentSecret {
  const cipher = createDecipheriv("aes-256-gcm", at.secret(name), bytes.subarray(0, 12)).setAAD(Buffer.from(id));
  cipher.setAuthTag(bytes.subarray(-16));
  return JSON.parse(cipher.update(bytes.subarray(12, -16), undefined, "utf8") + cipher.final("utf8")) as EquipmentSecret;
}
