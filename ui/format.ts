import type { Lang } from "#kernel";

/** Where a text is read: the language, and the country's currency, time zone and phone prefix. */
export interface Place {
  lang: Lang;
  country: { code: string; currency: { code: string }; timeZone: string; phone: { prefix: string } };
}

const made = new Map<string, unknown>();
/** Intl formatters cost about a millisecond to make and nothing to keep. */
function once<F>(key: string, make: () => F): F {
  const known = made.get(key) as F | undefined;
  if (known) return known;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

/** English without a country would print American dates; texts in other languages fall back to French forms. */
function locale(place: Place): string {
  return place.lang === "en" ? "en-GB" : `fr-${place.country.code.toUpperCase()}`;
}

export function number(place: Place, value: number): string {
  return once(`n${locale(place)}`, () => new Intl.NumberFormat(locale(place))).format(value);
}

/** `1 500 F CFA`: the currency's own number of decimals, no-break spaces as the language has them. */
export function amount(place: Place, value: number): string {
  const key = `a${locale(place)}${place.country.currency.code}`;
  return once(key, () => new Intl.NumberFormat(locale(place), { style: "currency", currency: place.country.currency.code })).format(value);
}

function format(place: Place, options: Intl.DateTimeFormatOptions, zone = place.country.timeZone) {
  const key = `d${locale(place)}${zone}${JSON.stringify(options)}`;
  return once(key, () => new Intl.DateTimeFormat(locale(place), { ...options, timeZone: zone }));
}

/** The first of a month is `1er` in French. */
const first = (place: Place, text: string) => (place.lang === "en" ? text : text.replace(/(^|\s)1(?=\s\p{L})/u, "$11er"));

const plainDate = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A plain date (`2026-03-01`, no time zone: a birthday stays that day everywhere) or an instant in the country's zone. */
function parts(place: Place, value: Date | string): [Date, string] {
  if (typeof value === "string" && plainDate.test(value)) return [new Date(`${value}T00:00:00Z`), "UTC"];
  return [typeof value === "string" ? new Date(value) : value, place.country.timeZone];
}

export function date(place: Place, value: Date | string): string {
  const [day, zone] = parts(place, value);
  if (Number.isNaN(day.getTime())) return String(value);
  return first(place, format(place, { day: "numeric", month: "long", year: "numeric" }, zone).format(day));
}

/** A date known to the day, the month or only the year, as sources give them. */
export function partialDate(place: Place, value: string): string {
  if (/^\d{4}$/.test(value)) return value;
  if (!/^\d{4}-\d{2}$/.test(value)) return date(place, value);
  return format(place, { month: "long", year: "numeric" }, "UTC").format(new Date(`${value}-01T00:00:00Z`));
}

export function weekday(place: Place, value: Date | string): string {
  const [day, zone] = parts(place, value);
  if (Number.isNaN(day.getTime())) return String(value);
  return first(place, format(place, { weekday: "long", day: "numeric", month: "long" }, zone).format(day));
}

/** `14 h 05` in French, `14:05` in English. */
export function time(place: Place, value: Date | string): string {
  const [day, zone] = parts(place, value);
  if (Number.isNaN(day.getTime())) return String(value);
  const text = format(place, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone).format(day);
  return place.lang === "en" ? text : text.replace(":", "\u202fh\u202f");
}

export function dateTime(place: Place, value: Date | string): string {
  return place.lang === "en" ? `${date(place, value)} at ${time(place, value)}` : `${date(place, value)} à ${time(place, value)}`;
}

/** Machine-readable form for the datetime attribute. */
export function isoTime(value: Date | string): string {
  return typeof value === "string" ? value : value.toISOString();
}

/** `+226 70 12 34 56`: national digits in pairs (an odd first group takes three), as people read them aloud here. */
export function phone(place: Place, value: string): string {
  const digits = value.replace(/[^\d+]/g, "");
  const prefix = `+${place.country.phone.prefix.replace(/\D/g, "")}`;
  const national = digits.startsWith(prefix) ? digits.slice(prefix.length) : digits;
  if (national.startsWith("+") || national.length < 6) return value;
  const head = national.length % 2 ? 3 : 2;
  const groups = [national.slice(0, head), ...(national.slice(head).match(/../g) ?? [])].join("\u00a0");
  return digits.startsWith(prefix) ? `${prefix}\u00a0${groups}` : groups;
}

/** Bytes as people say them. */
export function fileSize(place: Place, bytes: number): string {
  const unit = place.lang === "en" ? "B" : "o";
  if (bytes < 1000) return `${number(place, bytes)}\u202f${unit}`;
  if (bytes < 1e6) return `${number(place, Math.round(bytes / 1000))}\u202fk${unit}`;
  return `${number(place, Math.round(bytes / 1e5) / 10)}\u202fM${unit}`;
}
