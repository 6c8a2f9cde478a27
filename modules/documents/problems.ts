import { problem } from "#kernel";

export const rendererBusy = problem(
  "documents.busy",
  503,
  {
    fr: "Trop de documents sont en préparation\u202f; réessayez dans un instant.",
    en: "Too many documents are being prepared; try again in a moment.",
  },
  "time",
);
export const unprintable = problem(
  "documents.unprintable",
  500,
  { fr: "Ce document n’a pas pu être mis en page.", en: "This document could not be typeset." },
  "operator",
);
export const noSpace = problem(
  "documents.no-space",
  507,
  {
    fr: "Le fichier n’a pas pu être enregistré\u202f: l’espace de stockage est plein.",
    en: "The file could not be kept: storage is full.",
  },
  "operator",
);
export const fileUnknown = problem("documents.file-unknown", 404, { fr: "Ce fichier n’existe pas.", en: "There is no such file." });
export const fileDamaged = problem(
  "documents.file-damaged",
  500,
  { fr: "Ce fichier est abîmé et ne peut pas être remis.", en: "This file is damaged and cannot be handed out." },
  "operator",
);
export const fileEmpty = problem("documents.file-empty", 422, { fr: "Ce fichier est vide.", en: "This file is empty." });
