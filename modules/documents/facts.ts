import { T, fact } from "#kernel";

export const fileKept = fact("documents.file-kept", T.Object({ sha256: T.String(), size: T.Integer(), mediaType: T.String() }), {
  fr: "Fichier conservé",
  en: "File kept",
});
export const fileRemoved = fact("documents.file-removed", T.Object({ sha256: T.String(), why: T.String() }), {
  fr: "Fichier supprimé",
  en: "File removed",
});
