/** A case as its owner sees it. */
import type { Context, Text } from "#kernel";
import { actOf, type ActRow } from "../acts/store.ts";
import type { Procedure } from "../catalogue/procedure.ts";
import { feesView } from "../catalogue/view.ts";
import { applicable, awaited, evidenceViews, isComplete } from "../evidence/view.ts";
import { check } from "../forms/validate.ts";
import { summarise } from "../forms/view.ts";
import { officeName } from "../offices.ts";
import { dueOf } from "../payments/due.ts";
import { paymentsOf, receiptOf } from "../payments/store.ts";
import { paymentView, receiptView } from "../payments/view.ts";
import { open } from "../payments/rules.ts";
import type { PaymentOperator } from "../ports.ts";
import { clockView } from "./calendar.ts";
import { historyOf } from "./history.ts";
import { citizensTurn } from "./rules.ts";
import type { CaseState, CaseSummary, CaseView } from "./schemas.ts";
import { type CaseRow, evidenceOf, type EvidenceRow, unseen } from "./store.ts";
import { formWorld, viewWorld } from "./world.ts";

export const stateLabels: Record<CaseState, Text> = {
  draft: { fr: "Brouillon", en: "Draft" },
  evidence: { fr: "En préparation", en: "Being prepared" },
  "payment-pending": { fr: "En attente de paiement", en: "Awaiting payment" },
  submitted: { fr: "Transmis, en attente d’instruction", en: "Handed over, awaiting examination" },
  "in-instruction": { fr: "En cours d’instruction", en: "Under examination" },
  "correction-requested": { fr: "À corriger", en: "To be corrected" },
  decided: { fr: "Décision prise, en attente de signature", en: "Decided, awaiting signature" },
  signing: { fr: "Signature en cours", en: "Being signed" },
  issued: { fr: "Délivré", en: "Issued" },
  refused: { fr: "Refusé", en: "Refused" },
  abandoned: { fr: "Abandonné", en: "Abandoned" },
};

const conclusionLabels: Record<"granted" | "refused", Text> = {
  granted: { fr: "Demande acceptée", en: "Request granted" },
  refused: { fr: "Demande refusée", en: "Request refused" },
};

export function decisionView(ctx: Context, procedure: Procedure, row: CaseRow): CaseView["decision"] {
  const d = row.decision;
  if (!d) return undefined;
  const basis = (id: string | undefined): string | undefined => {
    const found = procedure.legalBasis.find((l) => l.id === id);
    return found && ctx.say(found.text);
  };
  return {
    outcome: d.outcome,
    label: ctx.say(d.conclusion ? procedure.output.conclusions[d.conclusion] : conclusionLabels[d.outcome]),
    at: d.at,
    grounds: (d.grounds ?? []).flatMap((code) => {
      const g = procedure.grounds.find((one) => one.code === code);
      const legalBasis = basis(g?.legalBasis);
      return g ? [{ text: ctx.say(g.text), ...(legalBasis ? { legalBasis } : {}) }] : [];
    }),
    ...(d.explanation ? { explanation: d.explanation } : {}),
    appeal: d.outcome === "refused" ? procedure.appeal.map((t) => ctx.say(t)) : [],
  };
}

export function actView(ctx: Context, procedure: Procedure, act: ActRow): NonNullable<CaseView["act"]> {
  return {
    number: act.number,
    title: ctx.say(act.kind === "act" ? procedure.output.title : procedure.output.letterTitle),
    issuedAt: (act.issuedAt ?? act.madeAt).toISOString(),
    ...(act.validUntil ? { validUntil: act.validUntil } : {}),
  };
}

type Next = CaseView["next"];

function nextOf(procedure: Procedure, row: CaseRow, evidence: readonly EvidenceRow[], formComplete: boolean, paying: boolean): Next {
  if (row.state === "correction-requested") return "correct";
  if (row.state === "payment-pending") return paying ? "wait-payment" : "pay";
  if (row.state === "draft" || row.state === "evidence") {
    const needed = applicable(procedure, row.known);
    if (row.state === "draft" && needed.length > 0) return "authorise-evidence";
    if (!isComplete(procedure, row, evidence)) {
      if (evidence.some((e) => awaited.has(e.state))) return "wait-evidence";
      return evidence.some((e) => e.state === "awaiting-consent") ? "answer-consent" : "authorise-evidence";
    }
    return formComplete ? "submit" : "fill-form";
  }
  return row.endedAt ? "none" : "wait-office";
}

export async function caseView(ctx: Context, row: CaseRow, procedure: Procedure, operators: readonly PaymentOperator[]): Promise<CaseView> {
  const world = await viewWorld(ctx, procedure);
  const evidence = await evidenceOf(ctx, row.id);
  const inHand = citizensTurn.has(row.state) && row.state !== "payment-pending";
  const checked = inHand
    ? check({ sections: procedure.sections, known: row.known }, {}, row.answers, await formWorld(ctx, procedure, row.answers), "submit")
    : undefined;
  const payments = row.fee ? await paymentsOf(ctx, row.id) : [];
  const receipt = row.paidBy ? await receiptOf(ctx, row.id) : undefined;
  const act = row.decision ? await actOf(ctx, row.id) : undefined;
  const issued = act?.issuedAt ? act : undefined;
  const due = row.fee ? dueOf(procedure, row) : undefined;
  const fields = new Map(procedure.sections.flatMap((s) => s.fields).map((f) => [f.id, f]));
  const clock = clockView(ctx, row, procedure.delay);
  const decision = row.endedAt ? decisionView(ctx, procedure, row) : undefined;
  return {
    number: row.number,
    version: row.version,
    state: row.state,
    stateLabel: ctx.say(stateLabels[row.state]),
    procedure: { slug: row.procedure, title: ctx.say(procedure.title), version: row.procedureVersion },
    startedAt: row.createdAt.toISOString(),
    ...(row.submittedAt ? { submittedAt: row.submittedAt.toISOString() } : {}),
    next: nextOf(
      procedure,
      row,
      evidence,
      checked?.problems.length === 0,
      payments.some((p) => open.has(p.state)),
    ),
    ...(row.institution ? { office: { id: row.institution, name: await officeName(ctx, row.institution) } } : {}),
    ...(clock && !row.endedAt ? { clock } : {}),
    fees: await feesView(ctx, procedure, { ...row.answers, ...row.known }, row.institution),
    evidence: await evidenceViews(ctx, procedure, row, evidence, world),
    answers: summarise(procedure.sections, row.answers, row.known, world),
    ...(due ? { payment: await paymentView(ctx, due, payments, operators) } : {}),
    ...(receipt
      ? {
          receipt: await receiptView(
            ctx,
            receipt,
            payments.find((p) => p.id === receipt.payment),
          ),
        }
      : {}),
    ...(row.correction && row.state === "correction-requested"
      ? {
          correction: {
            ...(row.correction.note ? { note: row.correction.note } : {}),
            requestedAt: row.correction.at,
            fields: row.correction.fields.map((f) => ({ ...f, label: ctx.say(fields.get(f.path)?.label ?? { fr: f.path, en: f.path }) })),
          },
        }
      : {}),
    ...(decision ? { decision } : {}),
    ...(issued?.kind === "act" ? { act: actView(ctx, procedure, issued) } : {}),
    documents: documentsOf(ctx, procedure, row, receipt?.file ?? undefined, issued),
    history: await historyOf(ctx, row.number, "applicant"),
    unreadMessages: row.submittedAt ? (await unseen(ctx, row.id, "office")).n : 0,
  };
}

function documentsOf(
  ctx: Context,
  procedure: Procedure,
  row: CaseRow,
  receipt: string | undefined,
  issued: ActRow | undefined,
): CaseView["documents"] {
  const list: CaseView["documents"] = [];
  if (issued) {
    const title = issued.kind === "act" ? procedure.output.title : procedure.output.letterTitle;
    list.push({ kind: issued.kind, title: ctx.say(title), fileName: `${row.procedure}-${issued.number.replaceAll(" ", "")}.pdf` });
  }
  if (receipt)
    list.push({ kind: "receipt", title: ctx.say({ fr: "Reçu de paiement", en: "Payment receipt" }), fileName: `recu-${row.number}.pdf` });
  return list;
}

export async function caseSummary(ctx: Context, row: CaseRow, procedure: Procedure): Promise<CaseSummary> {
  return {
    number: row.number,
    title: ctx.say(procedure.title),
    state: row.state,
    stateLabel: ctx.say(stateLabels[row.state]),
    startedAt: row.createdAt.toISOString(),
    ...(row.institution ? { office: await officeName(ctx, row.institution) } : {}),
    ...(row.dueAt ? { dueAt: row.dueAt.toISOString() } : {}),
    yourTurn: citizensTurn.has(row.state),
  };
}
