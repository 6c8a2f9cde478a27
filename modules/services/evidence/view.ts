/** Who is asked, for what, under which text; then what each answered. */
import type { Context, Text } from "#kernel";
import type { Procedure } from "../catalogue/procedure.ts";
import { evidencePreview } from "../catalogue/view.ts";
import type { EvidenceState, EvidenceView } from "../cases/schemas.ts";
import type { CaseRow, EvidenceRow } from "../cases/store.ts";
import { holds, isPresent } from "../forms/expression.ts";
import { showForm, type ViewWorld } from "../forms/view.ts";
import { officeName } from "../offices.ts";

const labels: Record<EvidenceState, Text> = {
  "to-ask": { fr: "Pas encore demandé", en: "Not asked yet" },
  asked: { fr: "Demandé, réponse attendue", en: "Asked, answer awaited" },
  "waiting-person": { fr: "Un agent cherche dans les registres papier", en: "An official is searching the paper registers" },
  "awaiting-consent": { fr: "Votre accord est demandé", en: "Your consent is asked for" },
  received: { fr: "Reçu", en: "Received" },
  "not-found": { fr: "Le registre ne connaît pas cette personne", en: "The register does not know this person" },
  refused: { fr: "Le registre a refusé de répondre", en: "The register refused to answer" },
  failed: { fr: "Le registre ne répond pas. Vous pouvez redemander.", en: "The register does not answer. You may ask again." },
};

/** The requirements that apply, given what is known so far. */
export function applicable(procedure: Procedure, known: Record<string, unknown>): Procedure["evidence"] {
  return procedure.evidence.filter((e) => holds(e.when, known));
}

export function isComplete(procedure: Procedure, row: Pick<CaseRow, "known">, rows: readonly EvidenceRow[]): boolean {
  return applicable(procedure, row.known).every((e) => rows.some((r) => r.requirement === e.id && r.state === "received"));
}

/** What can still arrive: somebody or something is at work. */
export const awaited: ReadonlySet<EvidenceState> = new Set<EvidenceState>(["asked", "waiting-person"]);

export async function evidenceViews(
  ctx: Context,
  procedure: Procedure,
  row: CaseRow,
  rows: readonly EvidenceRow[],
  world: ViewWorld,
): Promise<EvidenceView[]> {
  const views: EvidenceView[] = [];
  for (const e of applicable(procedure, row.known)) {
    const preview = evidencePreview(ctx, procedure, e);
    const r = rows.find((one) => one.requirement === e.id);
    const state: EvidenceState = r?.state ?? "to-ask";
    views.push({
      ...preview,
      ...(r?.holder ? { holder: await officeName(ctx, r.holder) } : {}),
      state,
      stateLabel: ctx.say(labels[state]),
      ...(r?.askedAt ? { askedAt: r.askedAt.toISOString() } : {}),
      ...(r?.request && state === "awaiting-consent" ? { consent: r.request } : {}),
      ...(r?.expectedBy ? { expectedBy: r.expectedBy.toISOString() } : {}),
      ...(r?.answeredAt ? { answeredAt: r.answeredAt.toISOString() } : {}),
      ...(r?.answeredBy ? { answeredBy: r.answeredBy } : {}),
      ...(r?.exchange ? { exchange: r.exchange } : {}),
      ...(r?.note ? { note: r.note } : {}),
      data: state === "received" ? dataOf(procedure, row, e.id, world) : [],
    });
  }
  return views;
}

/** The fields this register filled, in words. */
function dataOf(procedure: Procedure, row: CaseRow, evidence: string, world: ViewWorld): { label: string; value: string }[] {
  const fields = procedure.sections.flatMap((s) => s.fields).filter((f) => f.evidence === evidence && isPresent(row.known[f.id]));
  const shown = showForm(
    [{ id: "all", title: { fr: " ", en: " " }, fields: fields.map(({ when: _when, ...f }) => f) }],
    {},
    row.known,
    world,
  );
  return shown.flatMap((s) => s.fields).map((f) => ({ label: f.label, value: f.display ?? "" }));
}
