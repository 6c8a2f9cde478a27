/** Thinking for questions a person answers: when the answer is due, and whether what was typed is one. */
import type { FieldSpec } from "../pack.ts";
import { keepFields } from "../access/fields.ts";

export interface Calendar {
  /** ISO weekdays worked, Monday = 1. */
  days: readonly number[];
  holidaysOf(year: number): ReadonlySet<string>;
}

const dayText = (day: Date): string => day.toISOString().slice(0, 10);

/** The n-th working day after `today` (YYYY-MM-DD). */
export function dueDay(today: string, n: number, calendar: Calendar): string {
  const day = new Date(`${today}T00:00:00Z`);
  for (let left = n, guard = 0; left > 0 && guard < 3660; guard += 1) {
    day.setUTCDate(day.getUTCDate() + 1);
    const worked = calendar.days.includes(day.getUTCDay() || 7) && !calendar.holidaysOf(day.getUTCFullYear()).has(dayText(day));
    if (worked) left -= 1;
  }
  return dayText(day);
}

/** Fields the asking institution may receive: nothing else is typed. */
export function fieldsAsked(fields: readonly FieldSpec[], keep: readonly string[] | null): FieldSpec[] {
  if (keep === null) return [...fields];
  return fields.filter((f) => {
    const names = f.name.split(".");
    return keep.some((pointer) => {
      const tokens = pointer.split("/").slice(3);
      return pointer === "" || tokens.every((token, i) => token === names[i]);
    });
  });
}

export type FieldFault = { name: string; fault: "missing" | "unknown" | "type" };

const shapes: Record<string, (value: string) => unknown> = {
  text: (v) => (/(?!\t)\p{Cc}/u.test(v) ? undefined : v),
  date: (v) => (/^\d{4}-\d\d-\d\d$/.test(v) && !Number.isNaN(Date.parse(v)) && dayText(new Date(v)) === v ? v : undefined),
  number: (v) => (/^-?\d{1,15}(\.\d{1,6})?$/.test(v) ? Number(v) : undefined),
  boolean: (v) => (v === "true" ? true : v === "false" ? false : undefined),
};

/** Typed values to one row of an answer, or every fault there is. */
export function rowOf(
  fields: readonly FieldSpec[],
  values: Readonly<Record<string, string>>,
): { row: Record<string, unknown> } | { faults: FieldFault[] } {
  const faults: FieldFault[] = [];
  const row: Record<string, unknown> = {};
  const known = new Map(fields.map((f) => [f.name, f]));
  for (const name of Object.keys(values)) if (!known.has(name)) faults.push({ name, fault: "unknown" });
  for (const f of fields) {
    const typed = (Object.hasOwn(values, f.name) ? values[f.name]! : "").normalize("NFC").trim();
    if (typed === "") {
      if (f.required) faults.push({ name: f.name, fault: "missing" });
      continue;
    }
    const value = f.type === "choice" ? (f.options?.some((o) => o.value === typed) ? typed : undefined) : shapes[f.type ?? "text"]!(typed);
    if (value === undefined) faults.push({ name: f.name, fault: "type" });
    else place(row, f.name.split("."), value);
  }
  return faults.length > 0 ? { faults } : { row };
}

function place(row: Record<string, unknown>, names: readonly string[], value: unknown): void {
  const [first, ...rest] = names as [string, ...string[]];
  if (rest.length === 0) row[first] = value;
  else place((row[first] ??= {}) as Record<string, unknown>, rest, value);
}

/** Same shape as a register's own answer: none, one, or why none can be given. */
export const answerBody = (row: Record<string, unknown>, keep: readonly string[] | null): { status: number; body: unknown } => ({
  status: 200,
  body: keep === null ? { rows: [row] } : keepFields({ rows: [row] }, keep),
});
export const declineBody = (reason: string, note: string | undefined): { status: number; body: unknown } =>
  reason === "not-found" ? { status: 200, body: { rows: [] } } : { status: 422, body: { declined: reason, ...(note ? { note } : {}) } };
