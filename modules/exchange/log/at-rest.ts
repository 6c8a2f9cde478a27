/** What people sent, at rest: AES-256-GCM under a key of the installation, so that a copy of the database shows none of it. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Context } from "#kernel";

type Keys = Pick<Context, "secret">;
const algorithm = "aes-256-gcm";
const keyOf = (ctx: Keys): Uint8Array => ctx.secret("exchange.bodies");

/** `about` is authenticated with the bytes: they cannot be moved to another row. */
export function sealed(ctx: Keys & Pick<Context, "ids">, about: string, bytes: Uint8Array): Buffer {
  const nonce = ctx.ids.bytes(12);
  const cipher = createCipheriv(algorithm, keyOf(ctx), nonce).setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** Throws when the bytes were changed, are another row's, or the key is another. */
export function unsealed(ctx: Keys, about: string, bytes: Buffer): Buffer {
  const cipher = createDecipheriv(algorithm, keyOf(ctx), bytes.subarray(0, 12)).setAAD(Buffer.from(about));
  cipher.setAuthTag(bytes.subarray(bytes.length - 16));
  return Buffer.concat([cipher.update(bytes.subarray(12, bytes.length - 16)), cipher.final()]);
}
