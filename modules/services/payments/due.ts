import type { Procedure } from "../catalogue/procedure.ts";
import type { CaseRow } from "../cases/store.ts";
import { linesDue, totalDue } from "./fees.ts";
import type { StoredLine } from "./store.ts";
import type { Due } from "./view.ts";

/** What a case owes, line by line, as of now. */
export function dueOf(procedure: Procedure, row: Pick<CaseRow, "number" | "answers" | "known" | "institution" | "state" | "paidBy">): Due {
  const lines: StoredLine[] = linesDue(procedure, { ...row.answers, ...row.known }, row.institution ?? undefined).map((d) => ({
    id: d.id,
    label: { fr: d.line.label.fr, en: d.line.label.en },
    payee: d.payee,
    ...(typeof d.line.payee === "object" && d.line.payee.name ? { payeeName: { fr: d.line.payee.name.fr, en: d.line.payee.name.en } } : {}),
    amount: d.amount,
  }));
  return { number: row.number, lines, total: totalDue(lines), awaitsPayment: row.state === "payment-pending" && row.paidBy === null };
}
