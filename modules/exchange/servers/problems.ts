import { problem } from "#kernel";

export const memberUnknown = problem("exchange.institution-not-member", 404, {
  fr: "Cette institution n’est pas inscrite à l’échange.",
  en: "This institution is not registered with the exchange.",
});
export const serverExists = problem("exchange.server-exists", 409, {
  fr: "Un serveur ou une invitation porte déjà ce nom.",
  en: "A server or an invitation has this name already.",
});
export const invitationUnknown = problem("exchange.invitation-unknown", 404, {
  fr: "Cette invitation n’existe pas.",
  en: "There is no such invitation.",
});
export const invitationDecided = problem("exchange.invitation-decided", 409, {
  fr: "Cette invitation n’attend pas de décision.",
  en: "This invitation does not await a decision.",
});
export const secondPersonNeeded = problem(
  "exchange.second-person-needed",
  403,
  {
    fr: "La personne qui a invité un serveur ne l’admet pas elle-même\u202f: une autre personne décide.",
    en: "Who invited a server does not admit it: another person decides.",
  },
  "official",
);
export const fingerprintDiffers = problem("exchange.fingerprint-differs", 422, {
  fr: "L’empreinte lue n’est pas celle de la demande\u202f: quelqu’un d’autre a peut-être utilisé le jeton.",
  en: "The fingerprint read is not the request’s: somebody else may have used the token.",
});
export const serverUnknown = problem("exchange.server-unknown", 404, {
  fr: "Ce serveur d’échange n’existe pas.",
  en: "There is no such exchange server.",
});
export const maintenanceEndUnfit = problem("exchange.maintenance-end-unfit", 422, {
  fr: "La fin annoncée d’une maintenance est à venir, et dans trente jours au plus.",
  en: "The announced end of a maintenance lies ahead, at most thirty days.",
});
export const notInMaintenance = problem("exchange.not-in-maintenance", 409, {
  fr: "Ce serveur d’échange n’est pas en maintenance.",
  en: "This exchange server is not in maintenance.",
});
/** To a gateway: its token opens nothing (wrong, used, ended or withdrawn). */
export const tokenRefused = problem(
  "exchange.token-refused",
  403,
  {
    fr: "Ce jeton n’ouvre rien\u202f: il est inconnu, expiré, retiré ou déjà employé pour une autre demande.",
    en: "This token opens nothing: it is unknown, expired, withdrawn, or was used for another request.",
  },
  "operator",
);
export const serverNotProved = problem(
  "exchange.server-not-proved",
  401,
  {
    fr: "La demande n’est pas signée par un serveur d’échange inscrit, ou son heure diffère trop de la nôtre.",
    en: "The request is not signed by a registered exchange server, or its clock differs too much from ours.",
  },
  "operator",
);
export const requestUnreadable = problem("exchange.request-unreadable", 422, {
  fr: "La demande de certificat n’est pas lisible.",
  en: "The certificate request is not readable.",
});
