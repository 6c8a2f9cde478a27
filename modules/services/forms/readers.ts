/** One reader a field type: from what any channel sends to the one stored form, or the sentence that helps. */
import type { Text } from "#kernel";
import type { LeafField } from "../catalogue/procedure.ts";
import { readActNumber, readCaseNumber } from "../cases/number.ts";
import { dateParts, isDay, manyLines, oneLine, wrong, type Read } from "./plain.ts";
import { told, tooBig, tooSmall } from "./texts.ts";
import type { FieldType } from "./types.ts";
import { isCountry } from "./countries.ts";

/** What a form may ask about the world; handlers look it up before, so that reading stays pure. */
export interface FormWorld {
  today: string;
  phone: { prefix: string; pattern: string };
  /** Level of a division id, or nothing when there is no such division today. */
  division: (id: string) => string | undefined;
  /** Kind of an institution id. */
  institution: (id: string) => string | undefined;
}

export type Reader = (raw: unknown, field: LeafField, world: FormWorld, values: Readonly<Record<string, unknown>>) => Read;

const max = (field: LeafField, usual: number): number => field.maxLength ?? usual;

const text: Reader = (raw, field) => {
  const read = oneLine(raw, max(field, 200));
  return "problem" in read || matches(field, read.value) ? read : wrong(told.pattern);
};

function matches(field: LeafField, value: string): boolean {
  return field.pattern === undefined || new RegExp(`^(?:${field.pattern})$`, "u").test(value);
}

const name: Reader = (raw, field) => {
  const read = oneLine(raw, max(field, 100));
  if ("problem" in read) return read;
  return /^[\p{L}\p{M}][\p{L}\p{M} .’ʼ-]*$/u.test(read.value) ? read : wrong(told.name);
};

function within(value: number | string, field: LeafField, today: string): Text | undefined {
  const limit = (l: number | string | undefined): number | string | undefined => (l === "today" ? today : l);
  const [low, high] = [limit(field.min), limit(field.max)];
  if (low !== undefined && typeof low === typeof value && value < low) return tooSmall(low);
  if (high !== undefined && typeof high === typeof value && value > high) return tooBig(high);
  return undefined;
}

function bounded(read: Read<number | string>, field: LeafField, today: string): Read {
  if ("problem" in read) return read;
  const problem = within(read.value, field, today);
  return problem ? wrong(problem) : read;
}

const numeric =
  (kind: "integer" | "decimal", problem: Text, least?: number, most?: number): Reader =>
  (raw, field, world) => {
    const read = typeof raw === "number" ? { value: String(raw) } : oneLine(raw, 40);
    if ("problem" in read) return read;
    const plain = read.value.replace(/[\s\u00a0\u202f]/gu, "").replace(",", ".");
    if (!(kind === "integer" ? /^[+-]?\d{1,15}$/ : /^[+-]?\d{1,15}(\.\d{1,9})?$/).test(plain)) return wrong(problem);
    const value = Number(plain) + 0; // no minus zero
    if (least !== undefined && value < least) return wrong(tooSmall(least));
    if (most !== undefined && value > most) return wrong(tooBig(most));
    return bounded({ value }, field, world.today);
  };

const date: Reader = (raw, field, world) => {
  const value = dateParts(raw);
  return value !== undefined && isDay(value) ? bounded({ value }, field, world.today) : wrong(told.date);
};

const partialDate: Reader = (raw, field, world) => {
  const value = dateParts(raw);
  const whole = value === undefined ? "" : `${value}${"-01-01".slice(value.length - 4)}`;
  return value !== undefined && isDay(whole) ? bounded({ value }, field, world.today) : wrong(told.partialDate);
};

const month: Reader = (raw, field, world) => {
  const value = dateParts(raw);
  return value !== undefined && value.length === 7 && isDay(`${value}-01`) ? bounded({ value }, field, world.today) : wrong(told.month);
};

const byPattern =
  (pattern: RegExp, problem: Text, length: number, tidy: (s: string) => string = (s) => s): Reader =>
  (raw, field) => {
    const read = oneLine(raw, length);
    if ("problem" in read) return read;
    const value = tidy(read.value);
    return pattern.test(value) && matches(field, value) ? { value } : wrong(field.message ?? problem);
  };

const upper = (s: string): string => s.toUpperCase().replace(/[\s\u00a0\u202f]/gu, "");
const reference = byPattern(/^[A-Z0-9][A-Z0-9/.-]{2,39}$/, told.pattern, 60, upper);

const phone: Reader = (raw, _field, world) => {
  const read = oneLine(raw, 30);
  if ("problem" in read) return read;
  let digits = read.value.replace(/[\s\u00a0\u202f().-]/gu, "");
  if (digits.startsWith("00")) digits = `+${digits.slice(2)}`;
  const prefix = `+${world.phone.prefix.replace(/\D/g, "")}`;
  if (digits.startsWith(prefix)) digits = digits.slice(prefix.length);
  if (digits.startsWith("+")) return /^\+[1-9]\d{7,14}$/.test(digits) ? { value: digits } : wrong(told.phone);
  return new RegExp(`^(?:${world.phone.pattern})$`).test(digits) ? { value: prefix + digits } : wrong(told.phone);
};

const email: Reader = byPattern(/^[^\s@"(),:;<>[\]\\]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/iu, told.email, 254, (s) => s.replaceAll("’", "'"));

const web: Reader = (raw) => {
  const read = oneLine(raw, 500);
  if ("problem" in read) return read;
  const url = URL.canParse(read.value) ? new URL(read.value) : undefined;
  return url && (url.protocol === "https:" || url.protocol === "http:") && !url.username ? { value: url.href } : wrong(told.web);
};

const yesNo: Reader = (raw) => {
  const word = typeof raw === "string" ? raw.trim().toLowerCase() : raw;
  if (word === true || word === "yes" || word === "oui" || word === "true") return { value: true };
  if (word === false || word === "no" || word === "non" || word === "false") return { value: false };
  return wrong(told.yesNo);
};

const ticked: Reader = (raw) => {
  if (raw === true || raw === "on" || raw === "yes" || raw === "true") return { value: true };
  if (raw === false || raw === "no" || raw === "false") return { value: false };
  return wrong(told.shape);
};

const declaration: Reader = (raw, field, world, values) => {
  const read = ticked(raw, field, world, values);
  return "value" in read && read.value === true ? read : wrong(told.declare);
};

const oneOf = (raw: unknown, options: readonly { value: string }[] | undefined): Read =>
  options?.some((o) => o.value === raw) ? { value: raw } : wrong(told.choice);

const choices: Reader = (raw, field) => {
  const list = Array.isArray(raw) ? raw : [raw];
  if (list.length > (field.options?.length ?? 0) || !list.every((one) => field.options?.some((o) => o.value === one)))
    return wrong(told.choice);
  return { value: (field.options ?? []).map((o) => o.value).filter((v) => list.includes(v)) };
};

const division =
  (level?: string): Reader =>
  (raw, _field, world) => {
    const found = typeof raw === "string" ? world.division(raw) : undefined;
    return found !== undefined && (level === undefined || found === level) ? { value: raw } : wrong(told.division);
  };

const coordinates: Reader = (raw) => {
  const o =
    typeof raw === "string" ? Object.fromEntries(raw.split(/[,;]/).map((p, i) => [i === 0 ? "lat" : "lon", Number(p.trim() || "x")])) : raw;
  const { lat, lon, ...rest } = (typeof o === "object" && o !== null ? o : {}) as Record<string, unknown>;
  const ok = (v: unknown, most: number): v is number => typeof v === "number" && Math.abs(v) <= most;
  return ok(lat, 90) && ok(lon, 180) && Object.keys(rest).length === 0 ? { value: { lat, lon } } : wrong(told.coordinates);
};

/** IBAN (ISO 13616): the whole number, first four characters moved to the end, is 1 modulo 97. */
const bankAccount: Reader = (raw) => {
  const read = oneLine(raw, 60);
  if ("problem" in read) return read;
  const iban = upper(read.value);
  if (!/^[A-Z]{2}\d\d[A-Z0-9]{11,30}$/.test(iban)) return wrong(told.reference);
  const digits = [...(iban.slice(4) + iban.slice(0, 4))].map((c) => Number.parseInt(c, 36)).join("");
  return BigInt(digits) % 97n === 1n ? { value: iban } : wrong(told.reference);
};

const numbered =
  (read: (text: string) => string | undefined): Reader =>
  (raw) => {
    const value = typeof raw === "string" && raw.length < 60 ? read(raw) : undefined;
    return value === undefined ? wrong(told.reference) : { value };
  };

const country: Reader = (raw) => (typeof raw === "string" && isCountry(raw) ? { value: raw } : wrong(told.country));

export const readers: Record<Exclude<FieldType, "title" | "explanation" | "computed" | "group">, Reader> = {
  text,
  multiline: (raw, field) => manyLines(raw, max(field, 2000)),
  name,
  date,
  "partial-date": partialDate,
  time: byPattern(/^([01]\d|2[0-3]):[0-5]\d$/, told.time, 5, (s) => s.replace(/^(\d):/, "0$1:").replace(/h/i, ":")),
  instant: byPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/, told.instant, 40),
  year: numeric("integer", told.year, 1850, 2199),
  month,
  number: numeric("decimal", told.number),
  integer: numeric("integer", told.integer),
  decimal: numeric("decimal", told.number),
  percentage: numeric("decimal", told.number, 0, 100),
  amount: numeric("integer", told.amount, 0, 1_000_000_000_000),
  phone,
  email,
  "web-address": web,
  "yes-no": yesNo,
  checkbox: ticked,
  choice: (raw, field) => oneOf(raw, field.options),
  choices,
  select: (raw, field) => oneOf(raw, field.options),
  "linked-select": (raw, field, _world, values) => oneOf(raw, field.linkedOptions?.[String(values[field.linkedTo ?? ""])]),
  country,
  nationality: country,
  language: byPattern(/^[a-z]{2,3}$/, told.choice, 3),
  division: division(),
  region: division("region"),
  province: division("province"),
  commune: division("commune"),
  institution: (raw, field, world) => {
    const kind = typeof raw === "string" ? world.institution(raw) : undefined;
    return kind !== undefined && (field.kind === undefined || kind === field.kind) ? { value: raw } : wrong(told.institution);
  },
  address: (raw, field) => manyLines(raw, max(field, 300)),
  "postal-box": text,
  coordinates,
  "identity-number": reference,
  "company-number": reference,
  "tax-number": reference,
  "vehicle-number": reference,
  "bank-account": bankAccount,
  "case-number": numbered(readCaseNumber),
  "act-number": numbered(readActNumber),
  sex: (raw) => (raw === "F" || raw === "M" ? { value: raw } : wrong(told.choice)),
  duration: byPattern(/^P(?=\d)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,5}D)?$/, told.duration, 30, durationOf),
  quantity: numeric("integer", told.integer, 0),
  "regular-expression": text,
  declaration,
  oath: declaration,
};

/** « 2 ans », "18 months", P1Y6M. */
function durationOf(text: string): string {
  const m = /^(\d{1,4}) ?(an|ans|année|années|year|years|mois|month|months|jour|jours|day|days)$/i.exec(text);
  if (!m) return text.toUpperCase();
  const unit = (m[2] as string)[0]?.toLowerCase();
  return `P${m[1]}${unit === "a" || unit === "y" ? "Y" : unit === "m" ? "M" : "D"}`;
}
