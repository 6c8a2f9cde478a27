import { problem } from "#kernel";

export const rotationUnderWay = problem("network.rotation-under-way", 409, {
  fr: "Les clés sont déjà en cours de renouvellement.",
  en: "The keys are being renewed already.",
});
export const notInService = problem("network.not-in-service", 409, {
  fr: "Le réseau n’est pas encore en service\u202f: mettez-le d’abord en service.",
  en: "The network is not in service yet: put it in service first.",
});
export const agentUnknown = problem("network.agent-unknown", 404, {
  fr: "Aucun agent n’est inscrit pour ce site.",
  en: "No agent is enrolled for this site.",
});
export const keyMalformed = problem("network.agent-key-malformed", 422, {
  fr: "Cette clé n’est pas une clé publique Ed25519 (DER, base64).",
  en: "This is not an Ed25519 public key (DER, base64).",
});
export const noAddresses = problem(
  "network.no-addresses",
  409,
  {
    fr: "Ce réseau n’a pas encore d’adresses\u202f: attribuez-les d’abord.",
    en: "This network has no addresses yet: assign them first.",
  },
  "operator",
);
