import { problem } from "#kernel";

export const equipmentUnknown = problem("network.equipment-unknown", 404, {
  fr: "Cet équipement n’est pas inscrit.",
  en: "This device is not registered.",
});
export const equipmentTwice = problem("network.equipment-twice", 409, {
  fr: "Un équipement est déjà inscrit à cette adresse et à ce port.",
  en: "A device is registered at this address and port already.",
});
export const addressRefused = problem(
  "network.address-refused",
  422,
  {
    fr: "Cette adresse n’est pas de celles que le réseau peut appeler\u202f: elle doit être dans un préfixe de l’inventaire.",
    en: "This is not an address the network may call: it must lie in a prefix of the inventory.",
  },
  "operator",
);
export const secretUnfit = problem("network.secret-unfit", 422, {
  fr: "Ces identifiants ne conviennent pas à ce protocole.",
  en: "These credentials do not fit this protocol.",
});
export const weakRefused = problem("network.weak-refused", 422, {
  fr: "SNMP v2c ne protège rien\u202f: quiconque est sur le trajet lit et falsifie. Cochez que vous l’acceptez pour cet équipement.",
  en: "SNMP v2c protects nothing: anybody on the way reads and forges. Tick that you accept this for this device.",
});
export const profileUnknown = problem("network.profile-unknown", 422, {
  fr: "Ce profil de commandes n’existe pas.",
  en: "There is no such profile of commands.",
});
export const deviceUnknown = problem("network.device-unknown", 422, {
  fr: "Cet équipement n’est pas à l’inventaire.",
  en: "This device is not in the inventory.",
});
export const deviceTaken = problem("network.device-taken", 409, {
  fr: "Un autre équipement inscrit est déjà rattaché à celui-ci.",
  en: "Another registered device is linked to this device already.",
});
export const identityMoved = problem("network.identity-moved", 409, {
  fr: "L’équipement montre maintenant une autre identité\u202f: relisez-la avant d’approuver.",
  en: "The device now shows another identity: read it again before approving.",
});
export const differenceGone = problem("network.difference-gone", 409, {
  fr: "Cette différence n’existe plus\u202f: relisez l’équipement.",
  en: "This difference is gone: read the device again.",
});
export const nothingToAdopt = problem("network.nothing-to-adopt", 422, {
  fr: "Rien de cela ne peut être repris tel quel dans l’inventaire.",
  en: "None of this can be taken into the inventory as it is.",
});
export const searchUnderWay = problem(
  "network.search-under-way",
  409,
  { fr: "Une recherche est déjà en cours.", en: "A search is under way already." },
  "time",
);
export const protocolAbsent = problem(
  "network.protocol-absent",
  503,
  { fr: "Ce serveur ne parle pas ce protocole.", en: "This server does not speak this protocol." },
  "operator",
);
