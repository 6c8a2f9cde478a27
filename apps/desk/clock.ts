import type { ClockView } from "#services/api";
import { html, messages, type Html } from "#kernel";
import { dateTime, tag, weekday, time, type Place } from "#ui";

const words = messages({
  fr: {
    left: (span: string) => `reste ${span}`,
    late: (span: string) => `en retard de ${span}`,
    stopped: "délai suspendu",
    none: "délai non ouvert",
    due: (at: string) => `à rendre ${at}`,
    midnight: "minuit",
  },
  en: {
    left: (span: string) => `${span} left`,
    late: (span: string) => `${span} late`,
    stopped: "clock stopped",
    none: "clock not started",
    due: (at: string) => `due ${at}`,
    midnight: "midnight",
  },
});

/** Working time as people count it: `31 h`, `2 h 05`, `40 min`. */
export function span(minutes: number): string {
  const all = Math.abs(Math.trunc(minutes));
  const hours = Math.floor(all / 60);
  const rest = all % 60;
  if (hours === 0) return `${rest}\u202fmin`;
  return rest === 0 ? `${hours}\u202fh` : `${hours}\u202fh\u202f${String(rest).padStart(2, "0")}`;
}

export function clockText(place: Place, clock: ClockView | undefined): string {
  const w = words(place.lang);
  if (!clock) return w.none;
  if (clock.stopped) return w.stopped;
  return clock.late ? w.late(span(clock.remainingMinutes)) : w.left(span(clock.remainingMinutes));
}

/** For a line of the queue: how much is left, in words and as a bar; red and first when late. */
export function clockCell(place: Place, clock: ClockView | undefined): Html {
  const text = clockText(place, clock);
  if (!clock) return html`<span class="t-soft">${text}</span>`;
  if (clock.late && !clock.stopped) return tag(text, "bad");
  return html`<span class="d-clock${clock.stopped ? " d-still" : ""}">${bar(clock)}${text}</span>`;
}

function bar(clock: ClockView): Html {
  const used = Math.min(Math.max(clock.totalMinutes - clock.remainingMinutes, 0), clock.totalMinutes);
  return html`<progress aria-hidden="true" value="${used}" max="${Math.max(clock.totalMinutes, 1)}"></progress>`;
}

/** The end of a day is said as that day's midnight, not as the first minute of the next. */
export function dueText(place: Place, dueAt: string): string {
  const before = new Date(Date.parse(dueAt) - 60_000);
  const endsDay = weekday(place, before) !== weekday(place, dueAt);
  return endsDay ? `${weekday(place, before)}, ${words(place.lang).midnight}` : `${weekday(place, dueAt)}, ${time(place, dueAt)}`;
}

/** At the head of a case: what is left, of how much, until when. */
export function clockBlock(place: Place, clock: ClockView | undefined): Html {
  const w = words(place.lang);
  if (!clock) return html``;
  const tone = clock.late && !clock.stopped ? " d-late" : "";
  return html`<div class="d-clockblock${tone}">
    <b>${clockText(place, clock)}</b> ${bar(clock)}
    <div class="t-source">
      ${clock.text}${
        clock.dueAt
          ? html` ·
              <time datetime="${clock.dueAt}" title="${dateTime(place, clock.dueAt)}">${w.due(dueText(place, clock.dueAt))}</time>`
          : ""
      }
    </div>
  </div>`;
}
