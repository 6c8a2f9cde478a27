import { randomBytes, randomInt } from "node:crypto";
import type { Clock, Ids } from "./context.ts";

const quarter = 900_000; // time zones differ by whole quarters of an hour: within one the date cannot change
const dates = new Map<string, { quarter: number; text: string }>();

/** YYYY-MM-DD of an instant in a time zone. */
export function localDate(at: Date, zone: string): string {
  const now = Math.floor(at.getTime() / quarter);
  const known = dates.get(zone);
  if (known?.quarter === now) return known.text;
  const text = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
  dates.set(zone, { quarter: now, text });
  return text;
}

export function systemClock(zone: string, offsetSeconds = 0): Clock {
  const now = () => new Date(Date.now() + offsetSeconds * 1000);
  return { now, today: (z = zone) => localDate(now(), z) };
}

export interface TestClock extends Clock {
  advance(seconds: number): void;
  set(at: Date): void;
}

export function testClock(zone: string, start: Date): TestClock {
  let at = start.getTime();
  const now = () => new Date(at);
  return {
    now,
    today: (z = zone) => localDate(now(), z),
    advance: (seconds) => void (at += seconds * 1000),
    set: (date) => void (at = date.getTime()),
  };
}

/** UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then randomness, so that keys of one minute stay neighbours. */
function uuid7(ms: number): string {
  const b = randomBytes(16);
  b.writeUIntBE(ms, 0, 6);
  b[6] = ((b[6] as number) & 0x0f) | 0x70;
  b[8] = ((b[8] as number) & 0x3f) | 0x80;
  const h = b.toString("hex");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

export function randomIds(clock: Pick<Clock, "now">): Ids {
  return {
    uuid: () => uuid7(clock.now().getTime()),
    token: (n = 32) => randomBytes(n).toString("base64url"),
    digits: (n) => Array.from({ length: n }, () => randomInt(10)).join(""),
    bytes: (n) => randomBytes(n),
  };
}
