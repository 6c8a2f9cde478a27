import { generateKeyPairSync } from "node:crypto";
import { sweep, type Context } from "#kernel";
import { sealText, unsealText } from "../secrets.ts";
import { addKey, liveKeys, lockKeys, retireKeys } from "./store.ts";

export interface SigningKey {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
  d: string;
  kid: string;
  use: "sig";
  alg: "ES256";
}

/** Days a key signs, and days it stays published afterwards for tokens still alive. */
const signingDays = 90;
const lingerDays = 7;
const day = 86_400_000;

async function makeKey(ctx: Context): Promise<void> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = privateKey.export({ format: "jwk" });
  const kid = ctx.ids.token(12);
  const key = { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y, d: jwk.d, kid, use: "sig", alg: "ES256" };
  await addKey(ctx, kid, sealText(ctx, JSON.stringify(key), `oidc-key:${kid}`));
}

/** The keys in force, newest first; the first ever is made here, once, whoever asks first. */
export async function signingKeys(ctx: Context): Promise<SigningKey[]> {
  let rows = await liveKeys(ctx);
  if (rows.length === 0) {
    await lockKeys(ctx);
    if ((await liveKeys(ctx)).length === 0) await makeKey(ctx);
    rows = await liveKeys(ctx);
  }
  return rows.map((row) => JSON.parse(unsealText(ctx, row.sealed, `oidc-key:${row.kid}`)) as SigningKey);
}

export const rotateKeys = sweep("identity.rotate-keys", { seconds: 3600 }, async (j) => {
  await j.transaction(async (ctx) => {
    await lockKeys(ctx);
    const [newest] = await liveKeys(ctx);
    if (!newest) return; // the first sign-in makes the first key
    const now = ctx.clock.now().getTime();
    if (now - newest.createdAt.getTime() >= signingDays * day) await makeKey(ctx);
    await retireKeys(ctx, new Date(now - (signingDays + lingerDays) * day));
  });
});
