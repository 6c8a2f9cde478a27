/** What is remembered of equipment without an agent. Subject: `network:equipment:<id>`; of a search `network:plant`. Never a secret. */
import { fact, T } from "#kernel";

export const equipmentRegistered = fact(
  "network.equipment-registered",
  T.Object({ name: T.String(), protocol: T.String(), address: T.String(), weak: T.Boolean() }),
  {
    fr: "Un équipement sans agent a été inscrit",
    en: "A device without an agent was registered",
  },
);
export const equipmentEdited = fact("network.equipment-edited", T.Object({ what: T.Array(T.String()) }), {
  fr: "L’inscription d’un équipement a été modifiée",
  en: "A registered device was edited",
});
export const equipmentRemoved = fact("network.equipment-removed", T.Object({ name: T.String() }), {
  fr: "Un équipement a été retiré",
  en: "A device without an agent was removed",
});
export const equipmentApproved = fact("network.equipment-approved", T.Object({ identity: T.String(), before: T.Optional(T.String()) }), {
  fr: "L’identité d’un équipement a été approuvée",
  en: "The identity of a device was approved",
});
export const equipmentTroubled = fact("network.equipment-trouble", T.Object({ trouble: T.String() }), {
  fr: "Un équipement ne peut plus être lu",
  en: "A device can no longer be read",
});
export const equipmentRecovered = fact("network.equipment-recovered", T.Object({ trouble: T.String() }), {
  fr: "Un équipement est de nouveau lu",
  en: "A device is read again",
});
export const equipmentChanged = fact("network.equipment-changed", T.Object({ parts: T.Array(T.String()) }), {
  fr: "Un équipement n’est plus ce qu’il était à la dernière lecture",
  en: "A device is no longer what it was at the last reading",
});
export const differenceAccepted = fact("network.difference-accepted", T.Object({ key: T.String(), reason: T.String() }), {
  fr: "Une différence avec l’inventaire a été acceptée",
  en: "A difference from the inventory was accepted",
});
export const equipmentSearched = fact("network.equipment-searched", T.Object({ prefix: T.String(), addresses: T.Integer() }), {
  fr: "Une recherche d’équipements a été lancée",
  en: "A search for equipment was started",
});
export const equipmentFacts = [equipmentRegistered, equipmentEdited, equipmentRemoved, equipmentApproved, equipmentTroubled, equipmentRecovered, equipmentChanged, differenceAccepted, equipmentSearched]; // prettier-ignore
