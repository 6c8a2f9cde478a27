import { problem } from "#kernel";

export const anchorUnreadable = problem("exchange.anchor-unreadable", 422, {
  fr: "Ce fichier n’est pas une ancre de configuration lisible.",
  en: "This file is not a readable configuration anchor.",
});
export const anchorNotSigned = problem("exchange.anchor-not-signed", 422, {
  fr: "Cette ancre n’est pas signée par une clé qu’elle nomme\u202f: elle a été modifiée ou forgée.",
  en: "This anchor is not signed by a key it names: it was altered or forged.",
});
export const anchorExpired = problem("exchange.anchor-expired", 422, {
  fr: "Cette ancre est périmée, ou datée de l’avenir\u202f: demandez-en une nouvelle, et vérifiez les horloges.",
  en: "This anchor has expired, or is dated in the future: ask for a new one, and look at the clocks.",
});
export const anchorOurs = problem("exchange.anchor-ours", 422, {
  fr: "Cette ancre nomme notre propre instance, ou une autorité qui est déjà celle d’une autre.",
  en: "This anchor names our own instance, or an authority that is another one’s already.",
});
export const anchorNotMade = problem(
  "exchange.anchor-not-made",
  404,
  {
    fr: "L’ancre de cette instance n’est pas encore établie\u202f: établissez-la d’abord.",
    en: "This instance’s anchor has not been made yet: make it first.",
  },
  "operator",
);
export const federationExists = problem("exchange.federation-exists", 409, {
  fr: "Une fédération avec cette instance existe ou attend une décision.",
  en: "A federation with this instance exists or awaits a decision.",
});
export const federationUnknown = problem("exchange.federation-unknown", 404, {
  fr: "Cette fédération n’existe pas.",
  en: "There is no such federation.",
});
export const federationClosed = problem("exchange.federation-closed", 409, {
  fr: "Cette fédération n’est pas dans un état où cela se fait.",
  en: "This federation is not in a state in which that is done.",
});
export const federationSecondPerson = problem(
  "exchange.federation-second-person",
  403,
  {
    fr: "La personne qui a importé l’ancre ne l’approuve pas elle-même\u202f: une autre personne décide.",
    en: "Who imported the anchor does not approve it: another person decides.",
  },
  "official",
);
export const anchorFingerprintDiffers = problem("exchange.anchor-fingerprint-differs", 422, {
  fr: "L’empreinte lue au téléphone n’est pas celle de cette ancre\u202f: ce n’est pas le fichier de l’autre instance.",
  en: "The fingerprint read over the telephone is not this anchor’s: it is not the other instance’s file.",
});
export const openingUnfit = problem("exchange.opening-unfit", 422, {
  fr: "Seuls un sous-système, ou un service auquel un système répond, s’ouvrent à une autre instance.",
  en: "Only a subsystem, or a service that a system answers, is opened to another instance.",
});
/** To the other instance: we federate with nobody of that name, or its word is not signed by a key its anchor names. */
export const partnerNotProved = problem(
  "exchange.partner-not-proved",
  401,
  {
    fr: "La demande n’est pas signée par une instance avec laquelle une fédération est approuvée, ou son heure diffère trop de la nôtre.",
    en: "The request is not signed by an instance with which a federation is approved, or its clock differs too much from ours.",
  },
  "operator",
);
