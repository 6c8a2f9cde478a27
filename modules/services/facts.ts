/** What services remembers, one fact a move. Subject `case:<number>`: what its history shows. No names, no phones. */
import { fact, T } from "#kernel";

const version = T.Integer();
const procedure = T.String();

export const caseStarted = fact("services.case-started", T.Object({ procedure, version }), {
  fr: "Dossier ouvert",
  en: "Case opened",
});
export const evidenceAuthorised = fact("services.evidence-authorised", T.Object({ version, requirements: T.Array(T.String()) }), {
  fr: "Consultation des registres autorisée",
  en: "Consultation of registers authorised",
});
export const evidenceSettled = fact(
  "services.evidence-settled",
  T.Object({ requirement: T.String(), state: T.String(), holder: T.Optional(T.String()), exchange: T.Optional(T.String()) }),
  { fr: "Réponse d’un registre", en: "Answer of a register" },
);
export const answersSaved = fact("services.answers-saved", T.Object({ version }), { fr: "Réponses enregistrées", en: "Answers saved" });
export const caseSent = fact("services.case-sent", T.Object({ version, institution: T.String(), fee: T.Integer() }), {
  fr: "Dossier complet, frais à payer",
  en: "Case complete, fee to be paid",
});
export const caseSubmitted = fact(
  "services.case-submitted",
  T.Object({ version, procedure, institution: T.String(), due: T.Optional(T.String()) }),
  { fr: "Dossier transmis à l’institution compétente", en: "Case handed to the competent institution" },
);
export const caseClaimed = fact("services.case-claimed", T.Object({ version }), {
  fr: "Dossier pris en charge",
  en: "Case taken in hand",
});
export const caseReleased = fact("services.case-released", T.Object({ version }), {
  fr: "Dossier remis dans la file",
  en: "Case put back in the queue",
});
export const caseAssigned = fact("services.case-assigned", T.Object({ version, account: T.String() }), {
  fr: "Dossier confié à un agent",
  en: "Case assigned to an official",
});
export const registerAsked = fact("services.register-asked", T.Object({ version, round: T.Integer() }), {
  fr: "Recherche dans le registre demandée",
  en: "Search of the register asked for",
});
export const registerSearched = fact(
  "services.register-searched",
  T.Object({ round: T.Integer(), found: T.Integer(), exchanges: T.Array(T.String()), failed: T.Boolean() }),
  { fr: "Registre consulté", en: "Register searched" },
);
export const candidateReviewed = fact("services.candidate-reviewed", T.Object({ version, candidate: T.String(), verdict: T.String() }), {
  fr: "Personne du registre examinée",
  en: "Person in the register reviewed",
});
export const correctionRequested = fact("services.correction-requested", T.Object({ version, fields: T.Array(T.String()) }), {
  fr: "Renvoyé pour correction : le délai est suspendu",
  en: "Sent back for correction: the delay is suspended",
});
export const caseCorrected = fact(
  "services.case-corrected",
  T.Object({ version, fields: T.Array(T.String()), due: T.Optional(T.String()) }),
  { fr: "Corrigé : le délai reprend", en: "Corrected: the delay resumes" },
);
export const caseConcluded = fact("services.case-concluded", T.Object({ version, outcome: T.String(), mentions: T.Integer() }), {
  fr: "Décision prise",
  en: "Decision taken",
});
export const caseRefused = fact("services.case-refused", T.Object({ version, grounds: T.Array(T.String()) }), {
  fr: "Décision de refus",
  en: "Decision to refuse",
});
export const signatureAsked = fact("services.signature-asked", T.Object({ version }), {
  fr: "Signature demandée",
  en: "Signature asked for",
});
export const signingFailed = fact("services.signing-failed", T.Object({ version, code: T.String() }), {
  fr: "La signature n’a pas abouti",
  en: "Signing did not succeed",
});
export const actIssued = fact(
  "services.act-issued",
  T.Object({ version, kind: T.String(), act: T.String(), digest: T.String(), institution: T.String() }),
  { fr: "Document signé et délivré", en: "Document signed and issued" },
);
export const actRevoked = fact("services.act-revoked", T.Object({ version, act: T.String(), reason: T.String() }), {
  fr: "Document retiré",
  en: "Document withdrawn",
});
export const caseAbandoned = fact("services.case-abandoned", T.Object({ version }), {
  fr: "Dossier abandonné",
  en: "Case abandoned",
});
export const draftForgotten = fact("services.draft-forgotten", T.Object({ version }), {
  fr: "Brouillon oublié, réponses effacées",
  en: "Draft forgotten, answers erased",
});
export const caseOverdue = fact("services.case-overdue", T.Object({ institution: T.String(), due: T.String() }), {
  fr: "Délai légal dépassé",
  en: "Legal delay exceeded",
});
export const messageWritten = fact("services.message-written", T.Object({ message: T.String(), side: T.String() }), {
  fr: "Message écrit",
  en: "Message written",
});

const payment = T.String();
const operator = T.String();
const amount = T.Integer();
export const paymentStarted = fact("services.payment-started", T.Object({ payment, operator, amount }), {
  fr: "Paiement commencé",
  en: "Payment started",
});
export const paymentMoved = fact(
  "services.payment-moved",
  T.Object({ payment, from: T.String(), to: T.String(), reason: T.Optional(T.String()) }),
  {
    fr: "Nouvelles du paiement",
    en: "News of the payment",
  },
);
export const feePaid = fact("services.fee-paid", T.Object({ payment, operator, amount, receipt: T.String(), institution: T.String() }), {
  fr: "Frais payés, reçu délivré",
  en: "Fee paid, receipt issued",
});
export const moneyGivenBack = fact("services.money-given-back", T.Object({ payment, operator, amount, why: T.String() }), {
  fr: "Argent reçu en trop, rendu",
  en: "Money received in excess, given back",
});
export const statementMatched = fact(
  "services.statement-matched",
  T.Object({ operator, day: T.String(), lines: T.Integer(), settled: T.Integer(), unmatched: T.Integer() }),
  { fr: "Relevé d’un opérateur rapproché", en: "Operator’s statement reconciled" },
);
