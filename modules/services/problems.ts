import { problem } from "#kernel";

export const procedureUnknown = problem("services.procedure-unknown", 404, {
  fr: "Cette démarche n’existe pas ou n’est plus proposée.",
  en: "This procedure does not exist or is no longer offered.",
});
export const caseUnknown = problem("services.case-unknown", 404, {
  fr: "Aucun dossier ne porte ce numéro parmi ceux que vous pouvez voir.",
  en: "No case you may see bears this number.",
});
export const personUnproven = problem("services.person-unproven", 403, {
  fr: "Votre identité doit être vérifiée avant cette démarche.",
  en: "Your identity must be verified before this procedure.",
});
export const caseMoved = problem("services.case-moved", 409, {
  fr: "Ce dossier a changé entre-temps. Relisez-le, puis recommencez.",
  en: "This case has changed meanwhile. Read it again, then retry.",
});
export const notNow = problem("services.not-now", 409, {
  fr: "Cette action n’est pas possible à cette étape du dossier.",
  en: "This action is not possible at this stage of the case.",
});
export const notInHand = problem("services.not-in-hand", 409, {
  fr: "Prenez d’abord ce dossier en charge.",
  en: "Take this case in hand first.",
});
export const answersWrong = problem("services.answers-wrong", 422, {
  fr: "Certaines réponses sont à revoir.",
  en: "Some answers need another look.",
});
export const answersTooLarge = problem("services.answers-too-large", 413, {
  fr: "Les réponses sont trop longues pour un seul dossier.",
  en: "The answers are too long for one case.",
});
export const evidenceMissing = problem("services.evidence-missing", 409, {
  fr: "Une information attendue d’un registre n’est pas encore arrivée.",
  en: "Something expected from a register has not arrived yet.",
});
export const noOffice = problem(
  "services.no-office",
  409,
  {
    fr: "Aucune institution compétente n’a été trouvée pour ce lieu. Adressez-vous à un guichet.",
    en: "No competent institution was found for this place. Please go to a counter.",
  },
  "official",
);
export const tooManyDrafts = problem("services.too-many-drafts", 429, {
  fr: "Vous avez déjà beaucoup de brouillons. Terminez-en un ou abandonnez-le.",
  en: "You already have many drafts. Finish or abandon one.",
});
export const nothingToPay = problem("services.nothing-to-pay", 409, {
  fr: "Il n’y a rien à payer pour ce dossier en ce moment.",
  en: "There is nothing to pay for this case at the moment.",
});
export const paymentUnderWay = problem("services.payment-under-way", 409, {
  fr: "Un paiement est déjà en cours. Attendez sa réponse : vous ne paierez pas deux fois.",
  en: "A payment is already under way. Wait for its answer: you will not pay twice.",
});
export const operatorUnknown = problem("services.operator-unknown", 422, {
  fr: "Choisissez un moyen de paiement de la liste.",
  en: "Choose a means of payment from the list.",
});
export const searchFirst = problem("services.search-first", 409, {
  fr: "Le registre doit d’abord être consulté, et chaque personne trouvée examinée.",
  en: "The register must first be searched, and each person found reviewed.",
});
export const candidateUnknown = problem("services.candidate-unknown", 404, {
  fr: "Cette personne n’est pas parmi celles que le registre a trouvées.",
  en: "This person is not among those the register found.",
});
export const conclusionWrong = problem("services.conclusion-wrong", 409, {
  fr: "Cette conclusion ne correspond pas aux personnes reconnues dans le registre.",
  en: "This conclusion does not match the persons recognised in the register.",
});
export const fieldNotCorrectable = problem("services.field-not-correctable", 422, {
  fr: "Un de ces champs ne peut pas être renvoyé à la personne.",
  en: "One of these fields cannot be sent back to the person.",
});
export const groundUnknown = problem("services.ground-unknown", 422, {
  fr: "Un de ces motifs n’est pas prévu par la démarche.",
  en: "One of these grounds is not provided for by the procedure.",
});
export const colleagueUnknown = problem("services.colleague-unknown", 422, {
  fr: "Cette personne n’instruit pas les dossiers de votre institution.",
  en: "This person does not handle the cases of your institution.",
});
export const documentUnknown = problem("services.document-unknown", 404, {
  fr: "Ce document n’existe pas encore.",
  en: "This document does not exist yet.",
});
export const callbackRefused = problem(
  "services.callback-refused",
  401,
  { fr: "Ce message ne vient pas de l’opérateur.", en: "This message does not come from the operator." },
  "operator",
);
