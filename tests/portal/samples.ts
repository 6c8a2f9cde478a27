/** Views as the services module would answer them, in every state a citizen can meet; typed by the contracts. */
import type { OutputOf } from "#kernel";
import type * as services from "#services/api";

type CaseView = services.CaseView;
type PaymentView = services.PaymentView;

export const source = { text: "Journal officiel, arrêté conjoint", date: "2023-12-20", reliability: "official", toConfirm: false } as const;
const press = { text: "Presse nationale", date: "2023-12", reliability: "press", toConfirm: true } as const;

export const procedure: services.ProcedureView = {
  slug: "casier-judiciaire",
  version: 3,
  title: "Casier judiciaire, bulletin n°\u00a03",
  summary:
    "Le bulletin que demandent les employeurs et les concours\u202f: il dit «\u202fnéant\u202f», ou les condamnations que la loi permet d’y montrer.",
  description: ["Le bulletin n°\u00a03 n’est délivré qu’à la personne concernée, jamais à un employeur directement."],
  whoMay: ["Toute personne, pour elle-même.", "Le représentant légal d’un mineur."],
  authority: {
    text: "Le greffe du tribunal de votre lieu de naissance",
    abroad: "Le greffe de la cour d’appel de la capitale",
    legalBasis: "code",
  },
  fees: {
    currency: "XOF",
    total: 750,
    lines: [
      { id: "timbre", label: "Droit de timbre", payee: "Trésor public", amount: 300, source },
      { id: "service", label: "Frais du service en ligne", payee: "Ministère de la justice", amount: 450, source: press },
    ],
  },
  delay: { amount: 48, unit: "working-hours", text: "48\u00a0heures ouvrables", source: press },
  validity: "un mois",
  legalBasis: [{ id: "code", text: "Code de procédure pénale, casier judiciaire", reference: "art. 768 et suivants", source }],
  evidence: [
    {
      id: "identity",
      title: "Votre identité",
      holder: "Office national d’identification",
      purpose: "Établir au nom de qui l’acte est demandé",
      legalBasis: "Loi sur la protection des données, art. 14",
      fields: ["nom", "prénoms", "date et lieu de naissance"],
    },
    {
      id: "birth",
      title: "Votre acte de naissance",
      holder: "État civil de votre commune de naissance",
      purpose: "Trouver le tribunal compétent",
      legalBasis: "Loi sur la protection des données, art. 14",
      fields: ["numéro de l’acte", "filiation"],
      byHand: "Si les registres sont sur papier, un officier répond à la main, d’ordinaire en deux jours.",
    },
  ],
  asked: ["À quoi servira le bulletin", "Le nom d’usage, s’il y en a un"],
  steps: [
    "Vous donnez votre accord aux questions.",
    "Vous répondez à deux pages.",
    "Vous payez par téléphone.",
    "Le greffe vérifie et signe.",
  ],
  output: "Un acte signé, en PDF, que chacun peut vérifier",
  appeal: ["Devant le président du tribunal, dans les deux mois."],
  lifeEvents: [{ id: "travail", title: "Chercher un emploi" }],
} as services.ProcedureView;

export const summaries: services.ProcedureSummary[] = [
  {
    slug: "casier-judiciaire",
    title: procedure.title,
    summary: procedure.summary,
    authority: "greffe du tribunal",
    total: 750,
    currency: "XOF",
    delay: "48\u00a0h ouvrables",
    lifeEvents: ["travail"],
    online: true,
  },
  {
    slug: "acte-de-naissance",
    title: "Copie d’un acte de naissance",
    summary: "La copie intégrale ou l’extrait, depuis l’état civil de la commune.",
    authority: "état civil",
    total: 0,
    currency: "XOF",
    delay: "un jour",
    lifeEvents: ["naissance"],
    online: true,
  },
];

export const offline: services.ProcedureSummary = {
  slug: "permis-de-construire",
  title: "Permis de construire",
  summary: "Au guichet unique de la construction.",
  authority: "CEFAC",
  total: 0,
  currency: "XOF",
  delay: "",
  lifeEvents: [],
  online: false,
};

export const entry: OutputOf<typeof services.readEntry> = {
  slug: offline.slug,
  title: offline.title,
  office: "CEFAC",
  documents: ["Titre de propriété", "Plans"],
  documentsUnknown: true,
  free: false,
  feeText: "45 000",
  fees: [
    { label: "Dossier", amount: 45_000, optional: false },
    { label: "Copie", optional: true },
  ],
  currency: "XOF",
  delay: "30 jours",
  sources: [press],
  lifeEvents: [],
};

export const lifeEvents: services.LifeEventView[] = [
  {
    id: "travail",
    title: "Chercher un emploi",
    summary: "Casier judiciaire, diplômes, visa de contrat",
    procedures: ["casier-judiciaire"],
  },
  { id: "naissance", title: "Une naissance", summary: "Déclarer, obtenir un acte", procedures: ["acte-de-naissance"] },
  { id: "vehicule", title: "Acheter un véhicule", summary: "Carte grise, permis", procedures: [] },
];

const identityEvidence: services.EvidenceView = {
  ...(procedure.evidence[0] as services.EvidencePreview),
  state: "received",
  stateLabel: "Reçu",
  askedAt: "2026-11-23T09:00:00Z",
  answeredAt: "2026-11-23T09:00:02Z",
  answeredBy: "register",
  exchange: "5f1c-77",
  data: [
    { label: "Nom", value: "NIKIÉMA" },
    { label: "Prénoms", value: "Mariam Awa" },
    { label: "Née le", value: "12 mars 1994" },
  ],
};
const birthEvidence = (state: services.EvidenceView["state"], stateLabel: string): services.EvidenceView => ({
  ...(procedure.evidence[1] as services.EvidencePreview),
  holder: "État civil de Sourgou",
  state,
  stateLabel,
  askedAt: "2026-11-23T09:00:00Z",
  ...(state === "waiting-person" ? { expectedBy: "2026-11-25T16:00:00Z" } : {}),
  ...(state === "received" ? { answeredAt: "2026-11-24T10:00:00Z", answeredBy: "person" as const, exchange: "5f1c-78" } : {}),
  data: state === "received" ? [{ label: "Acte n°", value: "112 de 1994" }] : [],
});
const toAsk = procedure.evidence.map((one) => ({ ...one, state: "to-ask", stateLabel: "À demander", data: [] }) as services.EvidenceView);

export const evidenceFor: Record<string, services.EvidenceView[]> = {
  "CASE-NEW": toAsk,
  "CASE-WAIT": [identityEvidence, birthEvidence("waiting-person", "Recherché à la main")],
  "CASE-MISSING": [identityEvidence, birthEvidence("not-found", "Introuvable")],
  "CASE-AGREE": [
    identityEvidence,
    { ...birthEvidence("awaiting-consent", "Votre accord est demandé"), consent: "01931d0a-0000-7000-8000-000000000101" },
  ],
};
const allReceived = [identityEvidence, birthEvidence("received", "Reçu")];

const answers: CaseView["answers"] = [
  { id: "purpose", title: "Votre demande", rows: [{ path: "purpose", label: "À quoi servira le bulletin\u202f?", value: "Un concours" }] },
  { id: "person", title: "Vous", rows: [{ path: "family", label: "Nom", value: "NIKIÉMA", source: "Votre identité" }] },
];

const lines = procedure.fees.lines.map(({ label, payee, amount }) => ({ label, payee, amount }));
const operators: PaymentView["operators"] = [
  { code: "orange-money", name: "Orange Money", style: "otp", instruction: "Composez *144*4*6*750# et tapez ici le code reçu." },
  { code: "moov-money", name: "Moov Money", style: "push", instruction: "Vous recevrez une demande sur votre téléphone." },
];
const payment = (state: PaymentView["state"], label: string, more: Partial<PaymentView> = {}): PaymentView => ({
  case: "CASE",
  state,
  label,
  amount: 750,
  currency: "XOF",
  lines,
  operators,
  canPay: state === "none" || state === "failed" || state === "expired",
  ...more,
});
const tried = {
  reference: "P-7781-2209",
  operator: "orange-money",
  phone: "70 •• •• 11",
  since: "2026-11-23T09:10:00Z",
  pollAfterSeconds: 5,
};

export const payments: Record<string, PaymentView> = {
  "CASE-PAY": payment("none", "Rien n’a encore été payé."),
  "CASE-PENDING": payment("pending", "L’opérateur a reçu la demande et n’a pas encore répondu.", tried),
  "CASE-UNSURE": payment("outcome-unknown", "L’opérateur ne répond pas\u202f: nous vérifions.", { ...tried, canPay: true }),
  "CASE-NOPAY": payment("failed", "Le paiement a été refusé.", { ...tried, reason: "Le code à usage unique est faux." }),
  "CASE-PAID": payment("paid", "Le paiement est arrivé.", tried),
};

const base = (
  number: string,
  state: CaseView["state"],
  stateLabel: string,
  next: CaseView["next"],
  more: Partial<CaseView> = {},
): CaseView => ({
  number,
  version: 4,
  state,
  stateLabel,
  procedure: { slug: procedure.slug, title: procedure.title, version: 3 },
  startedAt: "2026-11-23T08:55:00Z",
  next,
  fees: procedure.fees,
  evidence: evidenceFor[number] ?? allReceived,
  answers: [],
  documents: [],
  history: [{ at: "2026-11-23T08:55:00Z", label: "Dossier ouvert" }],
  unreadMessages: 0,
  ...more,
});
const office = { id: "court", name: "Tribunal de grande instance de Koudougou" };
const receipt: NonNullable<CaseView["receipt"]> = {
  number: "2026-000042",
  at: "2026-11-23T09:12:00Z",
  institution: "Trésor public",
  total: 750,
  currency: "XOF",
  operator: "Orange Money",
  operatorReference: "OM-99817",
  lines,
};
const sent = {
  submittedAt: "2026-11-23T09:12:00Z",
  office,
  answers,
  receipt,
  documents: [{ kind: "receipt" as const, title: "Reçu", fileName: "recu.pdf" }],
  history: [
    { at: "2026-11-23T08:55:00Z", label: "Dossier ouvert" },
    { at: "2026-11-23T09:05:00Z", label: "Papiers reçus des registres" },
    { at: "2026-11-23T09:12:00Z", label: "Paiement reçu, dossier transmis au tribunal" },
  ],
};
const clock = {
  text: "48\u00a0heures ouvrables",
  dueAt: "2026-12-01T12:30:00Z",
  remainingMinutes: 1880,
  totalMinutes: 2880,
  stopped: false,
  late: false,
};

export const cases: Record<string, CaseView> = Object.fromEntries(
  [
    base("CASE-NEW", "draft", "Brouillon", "authorise-evidence"),
    base("CASE-WAIT", "evidence", "Papiers demandés", "wait-evidence"),
    base("CASE-AGREE", "evidence", "Papiers demandés", "answer-consent"),
    base("CASE-MISSING", "evidence", "Un papier manque", "authorise-evidence"),
    base("CASE-FORM", "draft", "Brouillon", "fill-form"),
    base("CASE-SEND", "draft", "Brouillon", "submit", { answers }),
    base("CASE-PAY", "payment-pending", "À payer", "pay", { answers, payment: payments["CASE-PAY"] as PaymentView }),
    base("CASE-PENDING", "payment-pending", "Paiement en cours", "wait-payment", {
      answers,
      payment: payments["CASE-PENDING"] as PaymentView,
    }),
    base("CASE-UNSURE", "payment-pending", "Paiement à vérifier", "wait-payment", {
      answers,
      payment: payments["CASE-UNSURE"] as PaymentView,
    }),
    base("CASE-NOPAY", "payment-pending", "À payer", "pay", { answers, payment: payments["CASE-NOPAY"] as PaymentView }),
    base("CASE-PAID", "submitted", "Transmis", "wait-office", {
      ...sent,
      clock,
      unreadMessages: 1,
      payment: payments["CASE-PAID"] as PaymentView,
    }),
    base("CASE-LATE", "in-instruction", "À l’examen", "wait-office", { ...sent, clock: { ...clock, late: true, remainingMinutes: -90 } }),
    base("CASE-FIX", "correction-requested", "À corriger", "correct", {
      ...sent,
      clock: { ...clock, stopped: true },
      correction: {
        note: "Le nom d’usage ne correspond pas à votre acte de mariage.",
        requestedAt: "2026-11-24T08:00:00Z",
        fields: [{ path: "married", label: "Nom d’usage", message: "Écrivez-le comme sur l’acte de mariage." }],
      },
    }),
    base("CASE-DONE", "issued", "Délivré", "none", {
      ...sent,
      act: { number: "4831 0927 5516", title: procedure.title, issuedAt: "2026-11-24T10:20:00Z", validUntil: "2026-12-24" },
      decision: { outcome: "granted", label: "Accordé", at: "2026-11-24T10:15:00Z", grounds: [], appeal: [] },
      documents: [{ kind: "act", title: "Bulletin n°\u00a03", fileName: "casier.pdf" }, ...sent.documents],
      history: [...sent.history, { at: "2026-11-24T10:20:00Z", label: "Acte signé et délivré" }],
    }),
    base("CASE-NO", "refused", "Refusé", "none", {
      ...sent,
      decision: {
        outcome: "refused",
        label: "Refusé",
        at: "2026-11-24T10:15:00Z",
        grounds: [
          {
            text: "L’identité fournie ne correspond à aucun acte de naissance de la commune.",
            legalBasis: "Code de procédure pénale, art. 779",
          },
        ],
        explanation: "Le registre de 1994 a été relu deux fois.",
        appeal: ["Vous pouvez saisir le président du tribunal dans les deux mois."],
      },
      documents: [{ kind: "letter", title: "Lettre de refus", fileName: "refus.pdf" }],
      history: [...sent.history, { at: "2026-11-24T10:15:00Z", label: "Demande refusée" }],
    }),
  ].map((one) => [one.number, one]),
);

export const form = (number: string): OutputOf<typeof services.readForm> => ({
  number,
  version: 4,
  complete: number !== "CASE-FORM",
  problems: [],
  sections: [
    {
      id: "purpose",
      title: "Votre demande",
      intro: "Le greffe l’écrit sur le bulletin.",
      fields: [
        {
          path: "purpose",
          type: "choice",
          label: "À quoi servira le bulletin\u202f?",
          required: true,
          locked: false,
          options: [
            { value: "job", label: "Un emploi" },
            { value: "contest", label: "Un concours", hint: "Fonction publique, police, armée" },
            { value: "other", label: "Autre chose" },
          ],
          ...(number === "CASE-FORM" ? {} : { value: "contest", display: "Un concours" }),
        },
        { path: "since", type: "date", label: "Depuis quand habitez-vous ici\u202f?", required: false, locked: false },
        {
          path: "languages",
          type: "choices",
          label: "Langues",
          required: false,
          locked: false,
          options: [
            { value: "fr", label: "Français" },
            { value: "mos", label: "Mooré" },
          ],
        },
        {
          path: "country",
          type: "select",
          label: "Pays",
          required: false,
          locked: false,
          options: Array.from({ length: 9 }, (_, i) => ({ value: `c${i}`, label: `Pays ${i}` })),
        },
        {
          path: "abroad",
          type: "yes-no",
          label: "Avez-vous vécu à l’étranger\u202f?",
          required: true,
          locked: false,
          ...(number === "CASE-FORM" ? {} : { value: false }),
        },
      ],
    },
    {
      id: "names",
      title: "Vos noms",
      fields: [
        {
          path: "family",
          type: "name",
          label: "Nom",
          required: true,
          locked: true,
          source: "Votre identité",
          value: "NIKIÉMA",
          display: "NIKIÉMA",
        },
        { path: "married", type: "name", label: "Nom d’usage", hint: "S’il y en a un", required: false, locked: false },
        {
          path: "others",
          type: "group",
          label: "Autres noms portés",
          required: false,
          locked: false,
          minItems: 0,
          maxItems: 3,
          addLabel: "Ajouter un nom",
          items: [
            {
              index: 0,
              title: "Autre nom 1",
              fields: [{ path: "others[0].name", type: "name", label: "Nom", required: true, locked: false, value: "SAWADOGO" }],
            },
          ],
          blank: [{ path: "others[1].name", type: "name", label: "Nom", required: true, locked: false }],
        } as services.FieldView,
        {
          path: "honour",
          type: "declaration",
          label: "Je déclare sur l’honneur que ces informations sont exactes.",
          required: true,
          locked: false,
          ...(number === "CASE-FORM" ? {} : { value: true }),
        },
      ],
    },
  ],
});

export const correctionForm = (): OutputOf<typeof services.readForm> => ({
  ...form("CASE-FIX"),
  sections: [
    {
      id: "names",
      title: "Vos noms",
      fields: [{ path: "married", type: "name", label: "Nom d’usage", required: false, locked: false, value: "Ouedraogo" }],
    },
  ],
});
