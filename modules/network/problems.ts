/** What can go wrong, in sentences. */
import { problem } from "#kernel";

export const importRefused = problem(
  "network.import-refused",
  422,
  {
    fr: "Rien n’a été importé\u202f: corrigez les lignes signalées.",
    en: "Nothing was imported: correct the lines named.",
  },
  "operator",
);
export const noNetwork = problem(
  "network.no-plant",
  404,
  { fr: "Aucun réseau n’est encore chargé.", en: "No network is loaded yet." },
  "operator",
);
export const revisionUnknown = problem("network.revision-unknown", 404, {
  fr: "Cette révision du réseau n’existe pas.",
  en: "There is no such revision of the network.",
});
export const spanUnknown = problem("network.span-unknown", 404, {
  fr: "Cette liaison n’existe pas.",
  en: "There is no such span.",
});
export const nodeUnknown = problem("network.node-unknown", 404, {
  fr: "Ce nœud n’existe pas.",
  en: "There is no such node.",
});
export const strandUnknown = problem("network.strand-unknown", 404, {
  fr: "Ce câble n’a pas ce brin.",
  en: "This cable has no such strand.",
});
