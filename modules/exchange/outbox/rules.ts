/** What a caller may ask of a message that waits, and when the next attempt is made: pure. */
import { createHash } from "node:crypto";
import { type Header, headerValue, readPart } from "../protocol/header.ts";

/** Said by the caller, signed with the message, read alike by both gateways. */
export const orderHeader = "Exchange-Order-Key";
export const priorityHeader = "Exchange-Priority";
/** Seconds. */
export const lifeHeader = "Exchange-Time-To-Live";

export const priorities = ["urgent", "normal", "bulk"] as const;
export type Priority = (typeof priorities)[number];

const week = 7 * 86_400;
export const shortestLife = 1;
export const longestLife = 30 * 86_400;

export interface Wish {
  orderKey: string;
  priority: Priority;
  /** Seconds from its acceptance; after that it is told as expired. */
  life: number;
}

/** Undefined when a header says something nobody can follow. */
export function wishOf(headers: readonly Header[], q: { client: string; service: string }): Wish | undefined {
  const value = (name: string) => headerValue(headers, name)?.trim();
  if (headers.some(([name], i) => ours.has(name.toLowerCase()) && headers.findIndex(([one]) => same(one, name)) !== i)) return undefined;
  const orderKey = value(orderHeader) ?? `${q.client} ${q.service}`;
  const priority = (value(priorityHeader)?.toLowerCase() ?? "normal") as Priority;
  const seconds = value(lifeHeader) ?? String(week);
  if (orderKey.length < 1 || orderKey.length > 600 || !priorities.includes(priority) || !/^\d{1,8}$/.test(seconds)) return undefined;
  const life = Number(seconds);
  if (life < shortestLife || life > longestLife) return undefined;
  // A key is the client's own: two clients that say the same word do not wait for each other.
  return { orderKey: `${q.client} ${orderKey}`, priority, life };
}
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const ours = new Set([orderHeader, priorityHeader, lifeHeader].map((name) => name.toLowerCase()));

/** `Prefer: respond-async` (RFC 7240, 4.1), in any of its header lines and among other preferences. */
export const prefersAsync = (headers: readonly Header[]): boolean =>
  headers
    .filter(([name]) => same(name, "prefer"))
    .flatMap(([, value]) => value.replace(/"(\\.|[^"\\])*"/g, '""').split(","))
    .some((one) => /^\s*respond-async\s*(;.*)?$/i.test(one));

/**
 * What makes two messages the same to their sender: request line, what the exchange reads, the kind of body and its hash.
 * Lines that libraries add by themselves (traces, dates) may differ between two attempts.
 */
export function sameness(part: string, bodyHash: Uint8Array | undefined): Buffer {
  const { first, headers } = readPart(part)!;
  const said = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(
      ([name]) => (name.startsWith("x-road-") && name !== "x-road-request-id") || name.startsWith("exchange-") || name === "content-type",
    )
    .map(([name, value]) => `${name}:${value}\n`)
    .sort();
  return createHash("sha256")
    .update(`${first.join(" ")}\n${said.join("")}\n`)
    .update(bodyHash ?? "")
    .digest();
}

/**
 * Seconds until the next attempt after so many failures: doubled each time, at most `most`, spread over half of it so that
 * all who wait for one link do not come back at the same instant. `chance` is in [0, 1).
 */
export function backOff(failures: number, chance: number, o: { first?: number; most?: number } = {}): number {
  const { first = 1, most = 300 } = o;
  const whole = Math.min(most, first * 2 ** Math.min(failures - 1, 20));
  return whole / 2 + (whole / 2) * chance;
}
