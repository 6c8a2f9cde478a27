/** The country's working time, as the legal clock needs it. */
import { type Context, type Lang, type Text, say } from "#kernel";
import type { Delay } from "../catalogue/procedure.ts";
import { type Calendar, clockAt, type ClockState } from "./clock.ts";
import type { ClockView } from "./schemas.ts";
import { type CaseRow, spansOf } from "./store.ts";

const names = ["", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const calendars = new WeakMap<object, Calendar>();

export function calendarOf(country: Context["country"]): Calendar {
  let calendar = calendars.get(country);
  if (!calendar) {
    const week = country.week as typeof country.week & Record<string, unknown>;
    calendar = {
      timeZone: country.timeZone,
      days: new Set(week.days),
      hours: minutesOf(week.hours),
      otherHours: new Map(
        names.flatMap((name, i) => (Array.isArray(week[name]) ? [[i, minutesOf(week[name] as string[][])] as const] : [])),
      ),
      isHoliday: (day) => country.holidaysOf(Number(day.slice(0, 4))).has(day),
    };
    calendars.set(country, calendar);
  }
  return calendar;
}

function minutesOf(hours: readonly (readonly string[])[]): [number, number][] {
  const minute = (text = "00:00"): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  return hours.map(([from, to]) => [minute(from), minute(to)]);
}

const units: Record<Delay["unit"], (n: number) => Text> = {
  "working-hours": (n) => ({ fr: `${n} heures ouvrables`, en: `${n} working hours` }),
  "opening-hours": (n) => ({ fr: `${n} heures d’ouverture`, en: `${n} opening hours` }),
  "working-days": (n) => ({
    fr: n === 1 ? "1 jour ouvrable" : `${n} jours ouvrables`,
    en: n === 1 ? "1 working day" : `${n} working days`,
  }),
  "calendar-days": (n) => ({ fr: n === 1 ? "1 jour" : `${n} jours`, en: n === 1 ? "1 day" : `${n} days` }),
};

/** « 48 heures ouvrables ». */
export function delayText(delay: Pick<Delay, "amount" | "unit">, lang: Lang): string {
  return say(units[delay.unit](delay.amount), lang);
}

export function clockOf(
  ctx: Pick<Context, "clock" | "country">,
  row: Pick<CaseRow, "spans">,
  delay: Pick<Delay, "amount" | "unit">,
): ClockState | undefined {
  const spans = spansOf(row);
  return spans.length === 0 ? undefined : clockAt(delay, spans, ctx.clock.now(), calendarOf(ctx.country));
}

export function clockView(
  ctx: Pick<Context, "clock" | "country" | "lang">,
  row: Pick<CaseRow, "spans" | "endedAt">,
  delay: Pick<Delay, "amount" | "unit">,
): ClockView | undefined {
  const state = clockOf(ctx, row, delay);
  if (!state) return undefined;
  return {
    text: delayText(delay, ctx.lang),
    ...(state.dueAt ? { dueAt: state.dueAt.toISOString() } : {}),
    remainingMinutes: Math.floor(state.remaining / 60_000),
    totalMinutes: Math.round(state.total / 60_000),
    stopped: state.stopped,
    late: state.late,
  };
}
