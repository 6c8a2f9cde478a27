/** Months and clock times of a time zone as instants. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of the zone show at an instant, as if it were UTC. */
function shown(at: number, zone: string): number {
  let f = formats.get(zone);
  if (!f) {
    const part = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
    formats.set(zone, (f = new Intl.DateTimeFormat("en-CA", { ...part, timeZone: zone, hourCycle: "h23" })));
  }
  const p = Object.fromEntries(f.formatToParts(at).map((x) => [x.type, Number(x.value)]));
  return Date.UTC(p.year!, p.month! - 1, p.day, p.hour, p.minute, p.second);
}

/** RFC 3339 with an offset, or a local time of the zone; NaN when there is no such day or hour. */
export function instant(text: string, zone: string): Date {
  if (/(Z|[+-]\d{2}:\d{2})$/.test(text)) return new Date(text);
  const local = Date.parse(`${text}Z`);
  if (Number.isNaN(local)) return new Date(Number.NaN);
  // once more with the offset found: the first guess may lie on the other side of a change of clocks
  const guess = local - (shown(local, zone) - local);
  return new Date(local - (shown(guess, zone) - guess));
}

/** `2026-11` → its first instant and that of the next month, in the zone. */
export function monthBounds(month: string, zone: string): { from: Date; to: Date } {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
  return { from: instant(`${month}-01T00:00`, zone), to: instant(`${next}-01T00:00`, zone) };
}
