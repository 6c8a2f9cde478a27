/** Token buckets with a refill that slows while tries fail. Pure: the row comes in, the new row goes out. */
export interface Bucket {
  tokens: number;
  at: Date;
  /** Failures not yet forgotten. */
  strain: number;
}
export interface BucketRule {
  capacity: number;
  /** Seconds for one token, without strain. */
  refill: number;
  /** The refill time doubles with each failure beyond `free`, up to this many seconds; equal to `refill`: never grows. */
  slowest: number;
  free: number;
  /** Seconds of calm that forget one failure. */
  forget: number;
}

const full = (rule: BucketRule, now: Date): Bucket => ({ tokens: rule.capacity, at: now, strain: 0 });

export function refillSeconds(strain: number, rule: BucketRule): number {
  return Math.min(rule.slowest, rule.refill * 2 ** Math.max(0, Math.min(20, strain - rule.free)));
}

/** The bucket as it stands now. Time that runs backwards refills nothing and forgets nothing. */
export function settle(bucket: Bucket | undefined, rule: BucketRule, now: Date): Bucket {
  if (!bucket) return full(rule, now);
  const elapsed = Math.max(0, (now.getTime() - bucket.at.getTime()) / 1000);
  return {
    tokens: Math.min(rule.capacity, bucket.tokens + elapsed / refillSeconds(bucket.strain, rule)),
    at: elapsed > 0 ? now : bucket.at,
    strain: Math.max(0, bucket.strain - elapsed / rule.forget),
  };
}

/** Whole seconds; the rounding of divisions is not a second. */
const seconds = (x: number): number => Math.ceil(x - 1e-6);

/** Takes a token, or says how long to wait (whole seconds, at least 1); a refused try costs nothing more. */
export function take(bucket: Bucket | undefined, rule: BucketRule, now: Date): { bucket: Bucket; wait: number } {
  const b = settle(bucket, rule, now);
  if (b.tokens >= 1) return { bucket: { ...b, tokens: b.tokens - 1 }, wait: 0 };
  return { bucket: b, wait: Math.max(1, seconds((1 - b.tokens) * refillSeconds(b.strain, rule))) };
}

/** Takes a token even when none is left (tokens go below zero): the wait is then served by the caller as a delay. */
export function book(bucket: Bucket | undefined, rule: BucketRule, now: Date): { bucket: Bucket; wait: number } {
  const b = settle(bucket, rule, now);
  const left = b.tokens - 1;
  return { bucket: { ...b, tokens: left }, wait: left >= 0 ? 0 : seconds(-left * refillSeconds(b.strain, rule)) };
}

export const failed = (b: Bucket): Bucket => ({ ...b, strain: Math.min(30, b.strain + 1) });
export const succeeded = (b: Bucket): Bucket => ({ ...b, strain: 0 });

/**
 * The rules, and why nobody can use them against somebody else (docs: decision 0072). Keys name who tries and whom
 * they try; a bucket keyed by the target alone only ever delays devices the owner has never used.
 */
export const rules = {
  /** Codes to one number from a device of its owner: nobody else can draw on it. */
  sendKnown: { capacity: 5, refill: 60, slowest: 600, free: 3, forget: 3600 },
  /** Codes to one number from one address. */
  sendPair: { capacity: 3, refill: 300, slowest: 3600, free: 3, forget: 3600 },
  /** Codes to one number from all unknown devices: booked, hence a delay of at most `maxDelay`. */
  sendUnknown: { capacity: 6, refill: 120, slowest: 1800, free: 5, forget: 1800 },
  /** Codes to any number from one address; an operator hides thousands of handsets behind one. */
  sendSource: { capacity: 120, refill: 1, slowest: 1, free: 0, forget: 60 },
  /** Requests for a passkey's challenge from one address: cheap, and nothing can be guessed with them. */
  passkeySource: { capacity: 600, refill: 0.2, slowest: 0.2, free: 0, forget: 60 },
  /** Guesses at challenges, and passwords from unknown devices, from one address. */
  trySource: { capacity: 120, refill: 1, slowest: 1, free: 0, forget: 60 },
  /** Passwords for one user name from one of its own devices. */
  passwordKnown: { capacity: 10, refill: 30, slowest: 300, free: 5, forget: 3600 },
  /** Passwords for one user name from one address. */
  passwordPair: { capacity: 5, refill: 60, slowest: 1800, free: 5, forget: 3600 },
  /** Wrong TOTP codes with the right password, unknown devices: only who knows the password can draw on it. */
  totpUnknown: { capacity: 5, refill: 600, slowest: 3600, free: 3, forget: 7200 },
  totpKnown: { capacity: 8, refill: 60, slowest: 600, free: 5, forget: 3600 },
  /** Questions to the identity register from one account. */
  registerProof: { capacity: 4, refill: 3600, slowest: 86_400, free: 3, forget: 86_400 },
  /** Messages to a person about others who typed her identity number. */
  tellClaim: { capacity: 1, refill: 86_400, slowest: 86_400, free: 0, forget: 86_400 },
  /** Proofings begun by one official, and of one person by one institution: no counter closes the others to her. */
  proofingOfficial: { capacity: 30, refill: 120, slowest: 120, free: 0, forget: 60 },
  proofingPerson: { capacity: 6, refill: 14_400, slowest: 14_400, free: 0, forget: 60 },
} satisfies Record<string, BucketRule>;
export type RuleName = keyof typeof rules;

/** Longest time a code is held back; beyond it the unknown device is asked to come later. */
export const maxDelay = 900;
