import type { Context } from "#kernel";
import { plainIdentityNumber } from "./assurance/rules.ts";
import { seal, token, unseal } from "./seal.ts";

/** The installation's keys applied: every place that keeps or finds a number goes through here. */
type Keys = Pick<Context, "secret">;
type Sealing = Pick<Context, "secret" | "ids">;

export const phoneToken = (k: Keys, e164: string): Buffer => token(k.secret("identity.token"), "phone", e164);
export const identityToken = (k: Keys, number: string): Buffer =>
  token(k.secret("identity.token"), "identity", plainIdentityNumber(number));
export const bucketKey = (k: Keys, rule: string, parts: readonly string[]): Buffer =>
  token(k.secret("identity.token"), `bucket:${rule}`, parts.join("\0"));

export const sealText = (k: Sealing, text: string, about: string): Buffer => seal(k.secret("identity.seal"), k.ids.bytes(12), text, about);
export const unsealText = (k: Keys, sealed: Uint8Array, about: string): string => unseal(k.secret("identity.seal"), sealed, about);
