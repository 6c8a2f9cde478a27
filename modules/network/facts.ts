/** What network remembers. Subject: `network:plant`. */
import { fact, T } from "#kernel";

const counts = { revision: T.Integer(), added: T.Integer(), changed: T.Integer(), removed: T.Integer() };

export const plantLoaded = fact("network.plant-loaded", T.Object({ country: T.String(), ...counts }), {
  fr: "Le réseau du pays a été chargé",
  en: "The country’s network was loaded",
});
export const plantImported = fact("network.plant-imported", T.Object({ ...counts, illustrative: T.Integer() }), {
  fr: "Le réseau a été importé",
  en: "The network was imported",
});
export const plantExported = fact("network.plant-exported", T.Object({ revision: T.Integer(), format: T.String() }), {
  fr: "Le réseau a été exporté",
  en: "The network was exported",
});
export const plantReported = fact("network.plant-reported", T.Object({ revision: T.Integer() }), {
  fr: "Un rapport sur l’état du réseau a été produit",
  en: "A report on the state of the network was made",
});
export const facts = [plantLoaded, plantImported, plantExported, plantReported];
