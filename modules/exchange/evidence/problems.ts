import { problem } from "#kernel";

export const headUnknown = problem("exchange.tree-head-unknown", 404, {
  fr: "L’arbre des échanges n’a pas d’état signé de cette taille.",
  en: "The tree of exchanges has no signed head of that size.",
});
export const containerUnknown = problem("exchange.container-unknown", 404, {
  fr: "Cet échange n’a pas de message signé à télécharger\u202f: son détail en donne la preuve.",
  en: "This exchange has no signed message to download: its detail gives the proof.",
});
