/** What a consent covers, and whether it does so now. Pure. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { parsePointer } from "../access/fields.ts";
import { subjects } from "../access/rules.ts";
import type { Right } from "../access/rules.ts";

/** Pointers of both lists that the other one reaches: what a right gives and a person agreed to. Null = everything. */
export function narrowed(right: readonly string[] | null, given: readonly string[] | null): string[] | null {
  if (right === null) return given === null ? null : [...given];
  if (given === null) return [...right];
  const under = (pointer: string, of: readonly string[]): boolean => of.some((one) => reaches(one, pointer));
  return [...new Set([...right.filter((one) => under(one, given)), ...given.filter((one) => under(one, right))])];
}

/** Does `wide` cover all that `pointer` names? */
function reaches(wide: string, pointer: string): boolean {
  const [outer, inner] = [parsePointer(wide), parsePointer(pointer)];
  return outer !== undefined && inner !== undefined && outer.every((token, i) => token === inner[i]);
}

/** A consent as the side that answers knows it. */
export interface Known {
  id: string;
  client: string;
  service: string;
  purpose: string;
  fields: string[] | null;
  givenAt: Date;
  until: Date;
  withdrawnAt: Date | null;
}

export type Fault = "unfit" | "withdrawn" | "expired";

/** Milliseconds: clocks of neighbours differ by minutes. */
const skew = 10 * 60_000;

/** Why it does not allow this question now; undefined when it does. Whose it is, is looked at apart. */
export function faultOf(c: Known, q: { client: string; service: string; purpose: string; now: Date }): Fault | undefined {
  if (c.client !== q.client || c.service !== q.service || c.purpose !== q.purpose) return "unfit";
  if (c.withdrawnAt !== null) return "withdrawn";
  if (q.now >= c.until) return "expired";
  return c.givenAt.getTime() > q.now.getTime() + skew ? "unfit" : undefined;
}

/** A gateway is told whom a consent is of without being told her number: who knows the number can compare. */
export const numberHash = (salt: Uint8Array, number: string): Buffer => createHmac("sha256", salt).update(number.trim()).digest();
export const sameHash = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

export interface Obligation {
  rights: string[];
  fields: string[] | null;
  /** Of several rights the shortest. */
  days: number;
}

/** What a person has to be asked before that client may ask that service for that purpose; undefined: nothing. */
export function obligationOf(
  rights: readonly Right[],
  q: { client: string; groups: readonly string[]; service: string; purpose: string; today: string },
): Obligation | undefined {
  const who = subjects(q);
  const open = rights.filter(
    (one) =>
      one.service === q.service &&
      who.has(one.subject) &&
      one.purposes.includes(q.purpose) &&
      one.from <= q.today &&
      (one.until === null || q.today <= one.until),
  );
  const bound = open.filter((one) => one.consent != null);
  // what may be read without a consent needs none
  if (bound.length === 0 || bound.length < open.length) return undefined;
  return {
    rights: bound.map((one) => one.id),
    fields: bound.some((one) => one.fields === null) ? null : [...new Set(bound.flatMap((one) => one.fields ?? []))],
    days: Math.min(...bound.map((one) => one.consent!)),
  };
}

export type State = "asked" | "given" | "refused" | "withdrawn" | "lapsed";
export type Shown = State | "expired";
/** What a person reads: nobody has to write that a day has passed. */
export function stateAt(c: { state: State; until: Date | null; lapsesAt: Date }, now: Date): Shown {
  if (c.state === "given" && c.until !== null && now >= c.until) return "expired";
  return c.state === "asked" && now >= c.lapsesAt ? "lapsed" : c.state;
}
