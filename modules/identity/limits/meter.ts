import { tooMany, type Context } from "#kernel";
import { bucketKey } from "../secrets.ts";
import { book, failed, maxDelay, rules, settle, succeeded, take, type RuleName } from "./rules.ts";
import { keepBucket, lockBucket } from "./store.ts";

/** Seconds to wait, 0 when a token was taken. */
export async function draw(ctx: Context, rule: RuleName, ...parts: string[]): Promise<number> {
  const now = ctx.clock.now();
  const key = bucketKey(ctx, rule, parts);
  const bucket = await lockBucket(ctx, key, settle(undefined, rules[rule], now));
  const out = take(bucket, rules[rule], now);
  if (out.wait === 0) await keepBucket(ctx, key, out.bucket);
  return out.wait;
}

/** Takes a token or refuses with the time to wait. */
export async function limit(ctx: Context, rule: RuleName, ...parts: string[]): Promise<void> {
  const wait = await draw(ctx, rule, ...parts);
  if (wait > 0) throw tooMany({ retryAfter: wait });
}

/** Takes a place in the line: the answer is how long to hold back; beyond `maxDelay` it refuses. */
async function line(ctx: Context, rule: RuleName, ...parts: string[]): Promise<number> {
  const now = ctx.clock.now();
  const key = bucketKey(ctx, rule, parts);
  const out = book(await lockBucket(ctx, key, settle(undefined, rules[rule], now)), rules[rule], now);
  if (out.wait > maxDelay) throw tooMany({ retryAfter: out.wait - maxDelay });
  await keepBucket(ctx, key, out.bucket);
  return out.wait;
}

async function mark(ctx: Context, of: typeof failed, rule: RuleName, parts: string[]): Promise<void> {
  const now = ctx.clock.now();
  const key = bucketKey(ctx, rule, parts);
  const bucket = await lockBucket(ctx, key, settle(undefined, rules[rule], now));
  await keepBucket(ctx, key, of(settle(bucket, rules[rule], now)));
}
export const strain = (ctx: Context, rule: RuleName, ...parts: string[]): Promise<void> => mark(ctx, failed, rule, parts);
export const relieve = (ctx: Context, rule: RuleName, ...parts: string[]): Promise<void> => mark(ctx, succeeded, rule, parts);

/**
 * May a code go to this number now, and how long is it held back? A device of the owner has a bucket to itself, so
 * whatever others do to the number, the owner's handset passes.
 */
export async function admitCode(ctx: Context, number: string, knownDevice: string | undefined): Promise<number> {
  if (knownDevice) {
    await limit(ctx, "sendKnown", number, knownDevice);
    return 0;
  }
  await limit(ctx, "sendSource", ctx.source);
  await limit(ctx, "sendPair", number, ctx.source);
  return line(ctx, "sendUnknown", number);
}
