import { problem } from "#kernel";

export const proposalUnknown = problem("exchange.proposal-unknown", 404, {
  fr: "Cette proposition n’existe pas ou ne concerne pas votre institution.",
  en: "This proposal does not exist or is not your institution’s.",
});
export const proposalClosed = problem("exchange.proposal-closed", 409, {
  fr: "Cette proposition n’attend plus de décision.",
  en: "This proposal no longer waits for a decision.",
});
export const secondPerson = problem(
  "exchange.second-person",
  403,
  {
    fr: "Une autre personne que celle qui propose doit décider.",
    en: "Somebody else than who proposed must decide.",
  },
  "official",
);
export const notYourDecision = problem(
  "exchange.not-your-decision",
  403,
  {
    fr: "Cette proposition attend la décision d’une autre institution ou d’un autre rôle.",
    en: "This proposal waits for another institution or another role.",
  },
  "official",
);
export const reasonMissing = problem("exchange.reason-missing", 422, {
  fr: "Un refus dit pourquoi.",
  en: "A refusal says why.",
});
export const alreadyThere = problem("exchange.already-published", 409, {
  fr: "Un service ou un sous-système porte déjà ce code, ou une proposition à son sujet attend déjà.",
  en: "A service or subsystem has this code already, or a proposal about it waits already.",
});
export const notYours = problem("exchange.not-own-directory", 404, {
  fr: "Ce sous-système ou ce service n’est pas celui de votre institution.",
  en: "This subsystem or service is not your institution’s.",
});
export const codeReserved = problem("exchange.code-reserved", 422, {
  fr: "Ce code est réservé par le protocole d’échange.",
  en: "This code is reserved by the exchange’s protocol.",
});
export const addressUnfit = problem("exchange.address-unfit", 422, {
  fr: "Cette adresse ne convient pas\u202f: il faut http ou https, un hôte qui n’est pas la passerelle elle-même, sans mot de passe ni paramètre.",
  en: "This address will not do: http or https, a host that is not the gateway itself, no password and no parameter.",
});
export const authorityUnfit = problem("exchange.authority-unfit", 422, {
  fr: "L’autorité donnée n’est pas un certificat au format PEM.",
  en: "The authority given is not a certificate in PEM.",
});
export const descriptionUnfit = problem("exchange.description-unfit", 422, {
  fr: "Cette description ne peut pas être lue comme un document OpenAPI 3.0 ou 3.1.",
  en: "This description cannot be read as an OpenAPI 3.0 or 3.1 document.",
});
export const descriptionMissing = problem("exchange.description-missing", 422, {
  fr: "Dites ce que le service offre\u202f: un document OpenAPI, son adresse, ou des points d’accès.",
  en: "Say what the service offers: an OpenAPI document, its address, or endpoints.",
});
export const rightUnfit = problem("exchange.right-unfit", 422, {
  fr: "Ce droit ne convient pas au service\u202f: client, motif, donnée ou date inconnus.",
  en: "This right does not fit the service: unknown client, purpose, field or date.",
});
export const rightUnknown = problem("exchange.right-unknown", 404, {
  fr: "Ce droit n’existe pas sur un service de votre institution.",
  en: "This right does not exist on a service of your institution.",
});
