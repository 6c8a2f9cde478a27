import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Type as T, type Static, type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { PackSection } from "./declare.ts";

const Words = T.Object({ fr: T.String(), en: T.String() }, { additionalProperties: T.String() });

/** countries/<cc>/country.json: what the kernel itself must know of a country. */
export const CountryFile = T.Object(
  {
    code: T.String({ pattern: "^[a-z]{2}$" }),
    name: Words,
    /** X-Road instance identifier. */
    instance: T.String(),
    languages: T.Array(T.Object({ code: T.String(), name: T.String() }, { additionalProperties: true })),
    timeZone: T.String(),
    currency: T.Object({ code: T.String(), decimals: T.Integer(), name: T.Optional(Words) }, { additionalProperties: true }),
    phone: T.Object({ prefix: T.String(), pattern: T.String(), mobile: T.String() }, { additionalProperties: true }),
    week: T.Object(
      {
        /** ISO weekdays, Monday = 1. */
        days: T.Array(T.Integer({ minimum: 1, maximum: 7 })),
        /** Local opening hours, ["07:30","12:30"] pairs in order. */
        hours: T.Array(T.Tuple([T.String(), T.String()])),
      },
      { additionalProperties: true },
    ),
    holidays: T.Array(
      T.Object(
        {
          name: Words,
          /** One of: every year on MM-DD; days after Easter Sunday (Gregorian); announced dates. */
          fixed: T.Optional(T.String({ pattern: "^\\d\\d-\\d\\d$" })),
          easter: T.Optional(T.Integer()),
          dates: T.Optional(T.Array(T.Object({ date: T.String(), estimated: T.Optional(T.Boolean()) }, { additionalProperties: true }))),
        },
        { additionalProperties: true },
      ),
    ),
  },
  { additionalProperties: true },
);
export type CountryFile = Static<typeof CountryFile>;

export interface Country extends CountryFile {
  get<S extends TSchema>(section: PackSection<S>): Static<S>;
  /** Holidays of a year as YYYY-MM-DD. */
  holidaysOf(year: number): ReadonlySet<string>;
}

/** Gregorian Easter Sunday (Meeus/Jones/Butcher), as a UTC date. */
export function easter(year: number): Date {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return new Date(Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1));
}

function check<S extends TSchema>(schema: S, value: unknown, where: string): Static<S> {
  const compiled = Compile(schema);
  if (compiled.Check(value)) return value as Static<S>;
  const [first] = compiled.Errors(value);
  throw new Error(`country pack: ${where}${first?.instancePath ?? ""}: ${first?.message ?? "does not fit its schema"}`);
}

function readJson(file: URL): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`country pack: ${file.pathname.split("/countries/")[1] ?? "file"} cannot be read: ${String(cause)}`, { cause });
  }
}

/** Loads countries/<code>; `sections` are checked at once, so that a bad pack stops the start and not a request. */
export function loadCountry(code: string, sections: readonly PackSection[], root = new URL("../countries/", import.meta.url)): Country {
  if (!/^[a-z]{2}$/.test(code) || !existsSync(new URL(`${code}/country.json`, root))) throw new Error(`no country pack countries/${code}`);
  const base = new URL(`${code}/`, root);
  const file = check(CountryFile, readJson(new URL("country.json", base)), "country.json");
  const values = new Map<string, unknown>();
  for (const section of sections) {
    const path = section.name.replace(".", "/");
    const one = new URL(`${path}.json`, base);
    const folder = new URL(`${path}/`, base);
    let value: unknown;
    if (existsSync(one)) value = readJson(one);
    else if (existsSync(folder))
      value = readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .sort()
        .map((name) => readJson(new URL(name, folder)));
    else if (section.optional) value = [];
    else throw new Error(`country pack ${code}: ${path}.json is missing`);
    values.set(section.name, check(section.schema, value, `${path}`));
  }
  const years = new Map<number, ReadonlySet<string>>();
  return {
    ...file,
    get: (section) => {
      if (!values.has(section.name)) throw new Error(`pack section ${section.name} is not declared by its module`);
      return values.get(section.name) as never;
    },
    holidaysOf(year) {
      let days = years.get(year);
      if (!days) years.set(year, (days = holidays(file, year)));
      return days;
    },
  };
}

function holidays(file: CountryFile, year: number): ReadonlySet<string> {
  const days = new Set<string>();
  for (const h of file.holidays) {
    if (h.fixed) days.add(`${year}-${h.fixed}`);
    if (h.easter !== undefined) days.add(new Date(easter(year).getTime() + h.easter * 86_400_000).toISOString().slice(0, 10));
    for (const d of h.dates ?? []) if (d.date.startsWith(`${year}-`)) days.add(d.date);
  }
  return days;
}
