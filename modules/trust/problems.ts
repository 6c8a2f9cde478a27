import { problem } from "#kernel";

export const certificateUnknown = problem("trust.certificate-unknown", 404, {
  fr: "Ce certificat n’existe pas ici.",
  en: "There is no such certificate here.",
});
export const certificateMissing = problem(
  "trust.certificate-missing",
  409,
  {
    fr: "Aucun certificat valable ne permet de signer pour cette institution ou cette personne.",
    en: "No valid certificate allows signing for this institution or this person.",
  },
  "operator",
);
export const certificateIs = problem("trust.certificate-exists", 409, {
  fr: "Un certificat valable existe déjà\u202f; révoquez-le d’abord.",
  en: "A valid certificate exists already; revoke it first.",
});
export const alreadyRevoked = problem("trust.already-revoked", 409, {
  fr: "Ce certificat est déjà révoqué.",
  en: "This certificate is revoked already.",
});
export const notRevocable = problem(
  "trust.not-revocable",
  409,
  {
    fr: "Le certificat d’une autorité ne se révoque pas ici\u202f: suivez la procédure de remplacement des autorités.",
    en: "An authority’s certificate is not revoked here: follow the procedure for replacing authorities.",
  },
  "operator",
);
export const requestUnknown = problem("trust.request-unknown", 404, {
  fr: "Cette demande de certificat n’existe pas, ou elle a déjà reçu son certificat.",
  en: "This certificate request does not exist, or has its certificate already.",
});
export const certificateRefused = problem("trust.certificate-refused", 422, {
  fr: "Ce certificat ne peut pas être utilisé.",
  en: "This certificate cannot be used.",
});
export const clockWentBack = problem(
  "trust.clock-set-back",
  503,
  {
    fr: "L’horloge du serveur a reculé\u202f: l’horodatage est suspendu tant qu’elle n’est pas remise à l’heure.",
    en: "The server’s clock went back: time stamps are suspended until it is set right.",
  },
  "operator",
);
export const clockImplausible = problem(
  "trust.clock-implausible",
  503,
  {
    fr: "L’horloge du serveur indique une date antérieure à ce programme\u202f: aucun certificat n’est délivré.",
    en: "The server’s clock shows a date before this program was made: no certificate is issued.",
  },
  "operator",
);
export const stampRefused = problem(
  "trust.time-stamp-refused",
  502,
  {
    fr: "L’autorité d’horodatage extérieure n’a pas donné d’horodatage valable.",
    en: "The outside time-stamp authority gave no valid time stamp.",
  },
  "time",
);
export const notSealed = problem(
  "trust.not-sealed-yet",
  404,
  {
    fr: "Cette entrée n’est pas encore scellée. Réessayez dans quelques secondes.",
    en: "This entry is not sealed yet. Try again in a few seconds.",
  },
  "time",
);
export const rangeUnknown = problem("trust.no-such-range", 422, {
  fr: "Le journal ne contient pas ces entrées.",
  en: "The ledger does not hold these entries.",
});
export const pdfRefused = problem("trust.document-unsignable", 422, {
  fr: "Ce document ne peut pas être signé\u202f: sa structure n’est pas lisible.",
  en: "This document cannot be signed: its structure is not readable.",
});
export const entryUnknown = problem("trust.entry-unknown", 404, {
  fr: "Aucune entrée du journal ne vous concerne sous ce numéro.",
  en: "No entry of the ledger about you has this number.",
});
