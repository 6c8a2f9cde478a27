/** Permissions that contracts of several folders name. */
import { permission } from "#kernel";

export const manageServices = permission(
  "exchange.manage-services",
  {
    fr: "Ouvrir et fermer les services d’échange de son institution, en proposer d’autres et en donner l’accès",
    en: "Open and close the exchange services of one’s institution, propose others and who may ask them",
  },
  { sensitive: true },
);
export const readRights = permission("exchange.read-rights", {
  fr: "Consulter les droits d’accès entre institutions",
  en: "Read the access rights between institutions",
});
export const followTraffic = permission("exchange.read-traffic", {
  fr: "Suivre les échanges entre institutions, sans données personnelles",
  en: "Follow the exchanges between institutions, without personal data",
});
