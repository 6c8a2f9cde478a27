/** What a person who verifies reads. */
import type { Text } from "#kernel";

export const sentences = {
  valid: { fr: "Ce document est authentique et en cours de validité.", en: "This document is genuine and still valid." },
  expired: {
    fr: "Ce document est authentique, mais sa durée de validité est passée.",
    en: "This document is genuine, but no longer valid: its time has passed.",
  },
  revoked: {
    fr: "Ce document ne doit plus être accepté\u202f: il a été retiré, ou son cachet a été révoqué.",
    en: "This document must no longer be accepted: it was withdrawn, or its seal was revoked.",
  },
  unknown: { fr: "Aucun document délivré ne correspond. Vérifiez le numéro.", en: "No issued document matches. Check the number." },
  altered: {
    fr: "Ce document a été modifié après sa signature. Ne l’acceptez pas.",
    en: "This document was changed after it was signed. Do not accept it.",
  },
  "not-ours": { fr: "Ce fichier ou ce code ne vient pas d’ici.", en: "This file or code does not come from here." },
} satisfies Record<string, Text>;

export const checkWords = {
  known: { fr: "Inscrit au registre public des documents délivrés", en: "Entered in the public register of issued documents" },
  person: { fr: "Signature de la personne", en: "Signature of the person" },
  seal: { fr: "Cachet de l’institution", en: "Seal of the institution" },
  other: { fr: "Signature d’une autre origine", en: "Signature of another origin" },
  code: { fr: "Signature du code", en: "Signature of the code" },
  certificate: { fr: "Certificat de l’institution, valable et non révoqué", en: "Certificate of the institution, valid and not revoked" },
} satisfies Record<string, Text>;

export const pdfFaults = {
  "not-a-readable-pdf": { fr: "Le fichier n’est pas un PDF lisible", en: "The file is not a readable PDF" },
  "not-signed": { fr: "Le fichier n’est pas signé", en: "The file is not signed" },
  "bytes-after-signature": { fr: "Des octets suivent la dernière signature", en: "Bytes follow the last signature" },
} satisfies Record<string, Text>;

export const codeWords = {
  name: { fr: "Nom", en: "Name" },
  birth: { fr: "Date de naissance", en: "Date of birth" },
  issued: { fr: "Délivré le", en: "Issued on" },
  conclusion: { fr: "Conclusion", en: "Conclusion" },
  file: { fr: "Dossier", en: "Case" },
  none: { fr: "Néant", en: "Nothing to mention" },
  entries: { fr: "Une ou plusieurs mentions", en: "One or more entries" },
  refused: { fr: "Refus", en: "Refusal" },
} satisfies Record<string, Text>;
