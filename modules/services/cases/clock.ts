/**
 * Legal time: what counts is read from the country's week and holidays, in its own time zone.
 * A clock is a total of counted time and a list of spans when it ran; it stops while the applicant corrects.
 * Everything works on instants, so a change of the zone's offset neither gives nor takes counted time wrongly.
 */
import type { Delay } from "../catalogue/procedure.ts";

export interface Calendar {
  timeZone: string;
  /** ISO weekdays that are worked, Monday = 1. */
  days: ReadonlySet<number>;
  /** Local opening hours as minutes from midnight, in order, not overlapping. */
  hours: readonly (readonly [number, number])[];
  /** Weekdays with hours of their own (a long Friday break). */
  otherHours?: ReadonlyMap<number, readonly (readonly [number, number])[]>;
  isHoliday: (day: string) => boolean;
}

export type DelayUnit = Delay["unit"];
/** A span during which the clock ran; an open one has no end. */
export interface Span {
  from: Date;
  to?: Date;
}

const minute = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();
function localParts(at: number, zone: string): { day: string; minutes: number } {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
    formats.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value]));
  return { day: `${part.year}-${part.month}-${part.day}`, minutes: Number(part.hour) * 60 + Number(part.minute) };
}

/** The instant of a local wall time; a wall time that does not exist (clocks put forward) becomes the next that does. */
export function instantOf(day: string, minutes: number, zone: string): number {
  const wall = Date.parse(`${day}T00:00:00Z`) + minutes * minute;
  let guess = wall;
  for (let i = 0; i < 3; i++) {
    const here = localParts(guess, zone);
    const off = Date.parse(`${here.day}T00:00:00Z`) + here.minutes * minute - wall;
    if (off === 0) return guess;
    guess -= off;
  }
  return guess;
}

export function nextDay(day: string, by = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}

const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

export function isWorked(day: string, calendar: Calendar): boolean {
  return calendar.days.has(weekdayOf(day)) && !calendar.isHoliday(day);
}

/** The counted parts of one local day, as instants. */
function partsOf(day: string, unit: DelayUnit, calendar: Calendar): [number, number][] {
  if (unit !== "calendar-days" && !isWorked(day, calendar)) return [];
  if (unit !== "opening-hours") return [[instantOf(day, 0, calendar.timeZone), instantOf(nextDay(day), 0, calendar.timeZone)]];
  return (calendar.otherHours?.get(weekdayOf(day)) ?? calendar.hours)
    .map(([from, to]): [number, number] => [instantOf(day, from, calendar.timeZone), instantOf(day, to, calendar.timeZone)])
    .filter(([from, to]) => to > from);
}

/** A delay in days runs to the end of its last day; one in hours to the minute. */
const isDays = (unit: DelayUnit): boolean => unit === "working-days" || unit === "calendar-days";

/** Counted milliseconds between two instants. */
export function counted(from: Date, to: Date, unit: DelayUnit, calendar: Calendar): number {
  const [start, end] = [from.getTime(), to.getTime()];
  if (end <= start) return 0;
  let sum = 0;
  let day = localParts(start, calendar.timeZone).day;
  const last = localParts(end, calendar.timeZone).day;
  for (let guard = 0; day <= last && guard < 40_000; guard++, day = nextDay(day))
    for (const [a, b] of partsOf(day, unit, calendar)) sum += Math.max(0, Math.min(b, end) - Math.max(a, start));
  return sum;
}

/** The instant when `wanted` counted milliseconds have passed since `from`. Undefined when no day ever counts. */
export function after(from: Date, wanted: number, unit: DelayUnit, calendar: Calendar): Date | undefined {
  const start = from.getTime();
  let left = Math.max(0, wanted);
  let day = localParts(start, calendar.timeZone).day;
  for (let guard = 0; guard < 40_000; guard++, day = nextDay(day))
    for (const [a, b] of partsOf(day, unit, calendar)) {
      const begin = Math.max(a, start);
      if (begin >= b) continue;
      if (left <= b - begin) return new Date(begin + left);
      left -= b - begin;
    }
  return undefined;
}

/** The first instant at which a delay in days starts to count: the midnight that follows (dies a quo is not counted). */
function firstMidnight(from: Date, calendar: Calendar): Date {
  return new Date(instantOf(nextDay(localParts(from.getTime(), calendar.timeZone).day), 0, calendar.timeZone));
}

export interface ClockState {
  dueAt?: Date;
  remaining: number;
  total: number;
  stopped: boolean;
  late: boolean;
}

/** Milliseconds of counted time a delay grants. A day is twenty-four counted hours, whatever the wall clock did. */
export function totalOf(delay: Pick<Delay, "amount" | "unit">): number {
  return delay.amount * (isDays(delay.unit) ? 24 : 1) * 3_600_000;
}

/** Where the clock stands. `spans` are when it ran, in order; the last one is open unless the clock is stopped. */
export function clockAt(delay: Pick<Delay, "amount" | "unit">, spans: readonly Span[], now: Date, calendar: Calendar): ClockState {
  const total = totalOf(delay);
  let used = 0;
  let open: Date | undefined;
  for (const span of spans) {
    const from = isDays(delay.unit) ? firstMidnight(span.from, calendar) : span.from;
    used += countedDays(delay.unit, from, span.to ?? now, calendar);
    open = span.to === undefined ? from : undefined;
  }
  const stopped = open === undefined;
  const remaining = total - used;
  const dueAt = open === undefined ? undefined : dueFrom(delay, spans, open, total, calendar);
  return { ...(dueAt ? { dueAt } : {}), remaining, total, stopped, late: dueAt ? now > dueAt : remaining < 0 };
}

/** Counted time where every counted local day is worth 24 hours, so that a day of 23 or 25 hours is still one day. */
function countedDays(unit: DelayUnit, from: Date, to: Date, calendar: Calendar): number {
  if (!isDays(unit)) return counted(from, to, unit, calendar);
  let sum = 0;
  let day = localParts(from.getTime(), calendar.timeZone).day;
  for (let guard = 0; guard < 40_000; guard++, day = nextDay(day)) {
    const begin = instantOf(day, 0, calendar.timeZone);
    if (begin >= to.getTime()) return sum;
    for (const [a, b] of partsOf(day, unit, calendar)) {
      const seen = Math.max(0, Math.min(b, to.getTime()) - Math.max(a, from.getTime()));
      sum += (seen / (b - a)) * 86_400_000;
    }
  }
  return sum;
}

function dueFrom(
  delay: Pick<Delay, "amount" | "unit">,
  spans: readonly Span[],
  open: Date,
  total: number,
  calendar: Calendar,
): Date | undefined {
  const before = spans
    .slice(0, -1)
    .reduce(
      (sum, s) => sum + countedDays(delay.unit, isDays(delay.unit) ? firstMidnight(s.from, calendar) : s.from, s.to ?? s.from, calendar),
      0,
    );
  const left = Math.max(0, total - before);
  if (!isDays(delay.unit)) return after(open, left, delay.unit, calendar);
  let days = left / 86_400_000;
  let day = localParts(open.getTime(), calendar.timeZone).day;
  for (let guard = 0; guard < 40_000; guard++, day = nextDay(day)) {
    const parts = partsOf(day, delay.unit, calendar);
    const [a, b] = parts[0] ?? [0, 0];
    if (parts.length === 0) continue;
    if (days <= 1) return new Date(a + days * (b - a));
    days -= 1;
  }
  return undefined;
}

/** Stops the clock: the open span ends. Stopping a stopped clock changes nothing. */
export function stop(spans: readonly Span[], at: Date): Span[] {
  const last = spans.at(-1);
  return last && last.to === undefined ? [...spans.slice(0, -1), { from: last.from, to: at < last.from ? last.from : at }] : [...spans];
}

/** Resumes it: a new span opens. Resuming a running clock changes nothing. */
export function resume(spans: readonly Span[], at: Date): Span[] {
  const last = spans.at(-1);
  if (last && last.to === undefined) return [...spans];
  const from = last?.to !== undefined && at < last.to ? last.to : at;
  return [...spans, { from }];
}
