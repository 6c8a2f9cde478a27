import { permission } from "#kernel";

export const provePersons = permission(
  "identity.prove-person",
  {
    fr: "Vérifier l’identité d’une personne au guichet",
    en: "Verify a person’s identity at a counter",
  },
  { sensitive: true },
);
export const manageClients = permission(
  "identity.manage-clients",
  {
    fr: "Inscrire les applications qui utilisent la connexion",
    en: "Register the applications that use the sign-in",
  },
  { sensitive: true },
);

export const findOfficials = permission("identity.find-official", {
  fr: "Retrouver le compte d’un agent par son nom d’utilisateur",
  en: "Find an official’s account by user name",
});
