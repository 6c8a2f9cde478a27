/** The words of an act, a letter, a receipt: pure, from the case and the procedure. Acts are in French, the language of the law. */
import type { Text } from "#kernel";
import { verification, type ActData, type Letterhead, type ReceiptData, type RefusalData, type Row } from "#documents";
import type { Procedure, Search } from "../catalogue/procedure.ts";
import { isPresent, valueAt } from "../forms/expression.ts";
import { dayInWords, money, showForm, type ViewWorld } from "../forms/view.ts";
import type { CaseRow } from "../cases/store.ts";
import { receiptNumber } from "../payments/fees.ts";
import type { PaymentRow, ReceiptRow } from "../payments/store.ts";

export interface Office {
  id: string;
  name: string;
  town: string;
}

export interface Setting {
  letterhead: Letterhead;
  currency: string;
  origin: string;
  demo: boolean;
  office: Office;
  /** YYYY-MM-DD. */
  today: string;
  legal: string[];
  world: ViewWorld;
  placeOf: (value: string) => string;
}

export interface Signing {
  role: string;
  name: string;
}

const fr = (text: Text): string => text.fr;

function paper(s: Setting, title: string, reference: string, footer: string, number: string | undefined, code: string | undefined) {
  return {
    lang: "fr",
    author: s.office.name,
    title,
    reference,
    footer,
    ...(s.demo ? { mark: "Démonstration\u202f: document sans valeur légale, produit par un système de démonstration." } : {}),
    letterhead: s.letterhead,
    verification: verification("fr", { address: `${s.origin}/verifier`, ...(number ? { number } : {}), ...(code ? { code } : {}) }),
    legal: s.legal,
  };
}

/** The fields an act bears, as label and value, in the procedure's order. */
export function identityRows(procedure: Procedure, row: Pick<CaseRow, "known" | "answers">, world: ViewWorld): Row[] {
  const fields = new Map(procedure.sections.flatMap((x) => x.fields).map((f) => [f.id, f]));
  const all = { ...row.answers, ...row.known };
  return procedure.output.fields.flatMap((id) => {
    const field = fields.get(id);
    if (!field || !isPresent(all[id])) return [];
    const { when: _when, ...shown } = field;
    const [section] = showForm([{ id: "one", title: { fr: " ", en: " " }, fields: [shown] }], all, all, world);
    const view = section?.fields[0];
    return view?.display ? [{ label: view.label, value: view.display }] : [];
  });
}

function tableOf(search: Search, mentions: readonly { row: Record<string, unknown> }[], s: Setting) {
  return {
    columns: search.entries.rows.map((r) => fr(r.label as Text)),
    rows: mentions.map((m) =>
      search.entries.rows.map((r) => {
        const value = valueAt(m.row, r.from);
        if (!isPresent(value)) return "";
        const plain = String(value);
        if (r.as === "date") return dayInWords(plain, "fr");
        return r.as === "choice" ? (r.choices?.[plain]?.fr ?? plain) : s.placeOf(plain);
      }),
    ),
  };
}

export interface ActParts {
  /** Absent in a preview. */
  number?: string;
  validUntil: string | null;
  signing: Signing;
  code?: string;
  draft?: string;
}

export function actData(procedure: Procedure, row: CaseRow, s: Setting, a: ActParts): ActData {
  const o = procedure.output;
  const conclusion = row.decision?.conclusion ?? "none";
  const mentions = row.decision?.mentions ?? [];
  const title = fr(o.title as Text);
  return {
    ...paper(
      s,
      title,
      a.number ? `Acte n° ${a.number} · dossier ${row.number}` : `Dossier ${row.number}`,
      a.number ? `${title} · acte n° ${a.number}` : title,
      a.number,
      a.code,
    ),
    ...(a.draft ? { draft: a.draft } : {}),
    ...(o.subtitle ? { subtitle: fr(o.subtitle as Text) } : {}),
    opening: o.opening.map((t) => fr(t as Text)),
    identity: identityRows(procedure, row, s.world),
    conclusion: {
      ...(o.leading ? { opening: [fr(o.leading as Text)] } : {}),
      ...(conclusion === "none" ? { headline: fr(o.conclusions.none as Text) } : {}),
      ...(conclusion === "mentions" && procedure.search ? { table: tableOf(procedure.search, mentions, s) } : {}),
      text: [fr(o.statements[conclusion] as Text)],
    },
    notes: [...(a.validUntil ? [`Valable jusqu’au ${dayInWords(a.validUntil, "fr")} inclus.`] : []), ...o.notes.map((t) => fr(t as Text))],
    signature: signatureOf(s, a.signing),
  };
}

function signatureOf(s: Setting, by: Signing) {
  return {
    placeDate: `Fait à ${s.office.town}, le ${dayInWords(s.today, "fr")}`,
    role: by.role,
    name: by.name,
    caption: "Signé électroniquement par la personne nommée ci-dessus, cacheté par l’institution.",
  };
}

export function refusalData(procedure: Procedure, row: CaseRow, s: Setting, a: ActParts & { name: string }): RefusalData {
  const title = fr(procedure.output.letterTitle as Text);
  const basis = (id: string | undefined): string => {
    const found = procedure.legalBasis.find((l) => l.id === id);
    return found ? ` (${fr(found.text as Text)})` : "";
  };
  const grounds = (row.decision?.grounds ?? []).flatMap((code) => procedure.grounds.filter((g) => g.code === code));
  return {
    ...paper(
      s,
      title,
      a.number ? `Décision n° ${a.number} · dossier ${row.number}` : `Dossier ${row.number}`,
      a.number ? `${title} · n° ${a.number}` : title,
      a.number,
      a.code,
    ),
    ...(a.draft ? { draft: a.draft } : {}),
    recipient: [a.name],
    subject: { label: "Objet\u202f:", value: `votre demande «\u202f${fr(procedure.title as Text)}\u202f», dossier ${row.number}` },
    opening: ["Votre demande a été examinée. Elle ne peut pas être accueillie, pour les raisons qui suivent."],
    grounds: {
      heading: "Motifs",
      items: grounds.map((g, i) => ({
        title: `${fr(g.text as Text)}${basis(g.legalBasis)}`,
        text: i === 0 ? (row.decision?.explanation ?? "") : "",
      })),
    },
    appeal: { heading: "Voies et délais de recours", text: procedure.appeal.map((t) => fr(t as Text)) },
    signature: signatureOf(s, a.signing),
  };
}

export function receiptData(
  procedure: Procedure,
  row: CaseRow,
  s: Setting,
  r: ReceiptRow,
  p: PaymentRow,
  names: ReadonlyMap<string, string>,
  payer: string,
  operator: string,
): ReceiptData {
  const number = receiptNumber(r.year, r.serial);
  const f = (amount: number): string => money(amount, s.currency, "fr");
  const payee = (line: ReceiptRow["lines"][number]): string => line.payeeName?.fr ?? names.get(line.payee) ?? line.payee;
  const shares = new Map<string, number>();
  for (const line of r.lines) shares.set(payee(line), (shares.get(payee(line)) ?? 0) + line.amount);
  return {
    ...paper(
      s,
      "Quittance",
      `Quittance n° ${number} · ${dayInWords(s.today, "fr")}`,
      `Quittance n° ${number} · ${s.office.name}`,
      undefined,
      undefined,
    ),
    payer: [
      { label: "Reçu de", value: payer },
      { label: "Pour", value: fr(procedure.title as Text) },
      { label: "Dossier", value: row.number },
    ],
    columns: { label: "Droit", payee: "Bénéficiaire", amount: "Montant" },
    lines: r.lines.map((line) => ({ label: line.label.fr, payee: payee(line), amount: f(line.amount) })),
    total: { label: "Total payé", amount: f(r.total) },
    // said once more only when somebody receives several of these lines
    ...(shares.size < r.lines.length
      ? { split: { heading: "Répartition", rows: [...shares].map(([label, amount]) => ({ label, value: f(amount) })) } }
      : {}),
    payment: [
      { label: "Moyen", value: operator },
      { label: "Référence de l’opérateur", value: p.operatorReference ?? "" },
      { label: "Notre référence", value: p.reference },
    ],
    notes: ["Aucune autre somme n’est due pour cette démarche. Conservez cette quittance."],
  };
}

/** Initials: enough to compare with a paper in hand, too little to learn a name from a number. */
export function initialsOf(name: string): string {
  return name
    .split(/[\s-]+/)
    .filter(Boolean)
    .map((w) => `${[...w][0]?.toUpperCase() ?? ""}.`)
    .join(" ");
}

/** The last day of validity: the same day of a later month, or that month's last. */
export function lastDay(from: string, v: { amount: number; unit: "days" | "months" | "years" }): string {
  const [y, m, d] = from.split("-").map(Number) as [number, number, number];
  if (v.unit === "days") return new Date(Date.UTC(y, m - 1, d + v.amount)).toISOString().slice(0, 10);
  const months = m - 1 + v.amount * (v.unit === "years" ? 12 : 1);
  const end = new Date(Date.UTC(y, months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(y, months, Math.min(d, end))).toISOString().slice(0, 10);
}
