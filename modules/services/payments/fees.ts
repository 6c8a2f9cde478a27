/** What a case costs: lines with their payees, whole francs, and who gets what. */
import type { FeeLine, Procedure } from "../catalogue/procedure.ts";
import { holds, type Values } from "../forms/expression.ts";

export interface DueLine {
  id: string;
  /** Institution id. */
  payee: string;
  amount: number;
  line: FeeLine;
}

/** The lines that apply. `competent` is the institution that decides; before it is known, its own code stands in. */
export function linesDue(procedure: Pick<Procedure, "fees">, values: Values, competent: string | undefined): DueLine[] {
  return procedure.fees
    .filter((line) => holds(line.when, values))
    .map((line) => ({
      id: line.id,
      payee: line.payee === "competent" ? (competent ?? "competent") : line.payee.institution,
      amount: whole(line.amount),
      line,
    }));
}

export function totalDue(lines: readonly { amount: number }[]): number {
  return lines.reduce((sum, line) => sum + whole(line.amount), 0);
}

/** How much each payee gets. */
export function split(lines: readonly { payee: string; amount: number }[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const line of lines) shares.set(line.payee, (shares.get(line.payee) ?? 0) + whole(line.amount));
  return shares;
}

function whole(amount: number): number {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`${amount} is not a whole number of francs`);
  return amount;
}

/** 2026-000123: per institution and year, without gaps (the counter moves in the same transaction as the receipt). */
export function receiptNumber(year: number, serial: number): string {
  return `${year}-${String(serial).padStart(6, "0")}`;
}
