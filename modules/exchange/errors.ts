/** X-Road's error types (7.8 names) and, for those a person meets, the sentence and who can act. */
import { problem, type ProblemKind } from "#kernel";

const words = {
  invalidClient: problem("exchange.client-invalid", 400, {
    fr: "L’identifiant de l’institution qui demande n’est pas valable.",
    en: "The identifier of the asking institution is not valid.",
  }),
  invalidRequest: problem("exchange.request-invalid", 400, {
    fr: "La demande d’échange est mal formée\u202f: son chemin, sa méthode ou ses en-têtes pourraient se lire de deux façons.",
    en: "The exchange request is malformed: its path, method or headers could be read in two ways.",
  }),
  unknownMember: problem(
    "exchange.client-unknown",
    403,
    {
      fr: "L’institution qui demande n’est pas inscrite à l’échange.",
      en: "The asking institution is not registered with the exchange.",
    },
    "operator",
  ),
  unknownService: problem(
    "exchange.service-unknown",
    404,
    { fr: "Ce service d’échange n’existe pas.", en: "This exchange service does not exist." },
    "operator",
  ),
  serviceDisabled: problem(
    "exchange.service-closed",
    503,
    {
      fr: "L’institution interrogée a fermé ce service pour le moment.",
      en: "The institution asked has closed this service for the moment.",
    },
    "official",
  ),
  accessDenied: problem(
    "exchange.access-denied",
    403,
    {
      fr: "Aucun accord ne permet à cette institution de poser cette question.",
      en: "No agreement allows this institution to ask this question.",
    },
    "official",
  ),
  purposeDenied: problem(
    "exchange.purpose-denied",
    403,
    {
      fr: "L’accord entre ces institutions ne couvre pas cette finalité.",
      en: "The agreement between these institutions does not cover this purpose.",
    },
    "official",
  ),
  signatureInvalid: problem(
    "exchange.signature-invalid",
    502,
    {
      fr: "La signature d’une institution n’a pas pu être vérifiée\u202f: l’échange a été refusé.",
      en: "An institution’s signature could not be verified: the exchange was refused.",
    },
    "operator",
  ),
  answerUnfit: problem(
    "exchange.answer-unfit",
    502,
    {
      fr: "L’institution interrogée a répondu sous une forme qui ne peut pas être transmise.",
      en: "The institution asked answered in a form that cannot be passed on.",
    },
    "official",
  ),
  configurationOutdated: problem(
    "exchange.configuration-outdated",
    503,
    {
      fr: "Ce serveur n’a plus de nouvelles de l’annuaire central depuis plus longtemps que la règle ne le permet pour ces données.",
      en: "This server has not heard of the central directory for longer than the policy allows for these data.",
    },
    "operator",
  ),
  foreignClient: problem(
    "exchange.client-foreign",
    403,
    {
      fr: "Ce serveur d’échange ne parle pas pour l’institution qu’il nomme.",
      en: "This exchange server does not speak for the institution it names.",
    },
    "operator",
  ),
  consentMissing: problem("exchange.consent-missing", 403, {
    fr: "La loi demande l’accord de la personne concernée, et la demande n’en nomme aucun\u202f: c’est à elle de le donner.",
    en: "The law asks for the consent of the person concerned, and the request names none: it is hers to give.",
  }),
  consentUnfit: problem("exchange.consent-unfit", 403, {
    fr: "L’accord nommé n’est pas celui de cette personne pour cette institution, ce service et ce motif.",
    en: "The consent named is not this person’s for this institution, service and purpose.",
  }),
  consentWithdrawn: problem("exchange.consent-taken-back", 403, {
    fr: "La personne a retiré son accord\u202f: elle seule peut en donner un autre.",
    en: "The person has taken her consent back: she alone can give another.",
  }),
  consentExpired: problem("exchange.consent-expired", 403, {
    fr: "L’accord de la personne est arrivé à son terme\u202f: elle seule peut en donner un autre.",
    en: "The person’s consent has come to its end: she alone can give another.",
  }),
  consentStale: problem(
    "exchange.consent-stale",
    503,
    {
      fr: "Ce serveur n’a plus de nouvelles assez récentes des accords pour savoir si celui-ci tient toujours.",
      en: "This server has not heard recently enough of consents to know whether this one still stands.",
    },
    "operator",
  ),
  replayed: problem("exchange.request-replayed", 409, {
    fr: "Cette demande signée est déjà arrivée\u202f: elle n’est pas traitée deux fois.",
    en: "This signed request has arrived before: it is not handled twice.",
  }),
  keyReused: problem("exchange.key-reused", 422, {
    fr: "Cette clé a déjà servi à une autre question de la même institution.",
    en: "This key has already served another question of the same institution.",
  }),
};

/** A refusal in both tongues: X-Road's for programs, ours for people. */
export interface Refusal {
  type: string;
  kind: ProblemKind;
}
const pair = (type: string, kind: ProblemKind): Refusal => ({ type, kind });

export const refusals = {
  invalidClient: pair("client.clientproxy.invalid_client_identifier", words.invalidClient),
  badRequest: pair("client.clientproxy.bad_request", words.invalidRequest),
  keyReused: pair("client.clientproxy.invalid_request", words.keyReused),
  unknownClient: pair("server.clientproxy.unknown_member", words.unknownMember),
  unknownService: pair("server.clientproxy.unknown_service", words.unknownService),
  serviceDisabled: pair("server.serverproxy.service_disabled", words.serviceDisabled),
  accessDenied: pair("server.serverproxy.access_denied", words.accessDenied),
  purposeDenied: pair("server.serverproxy.access_denied.purpose", words.purposeDenied),
  consentMissing: pair("server.serverproxy.access_denied.consent_missing", words.consentMissing),
  /** Said by the client's own side, before anything is signed. */
  consentMissingHere: pair("server.clientproxy.access_denied.consent_missing", words.consentMissing),
  consentUnfit: pair("server.serverproxy.access_denied.consent_unfit", words.consentUnfit),
  consentWithdrawn: pair("server.serverproxy.access_denied.consent_withdrawn", words.consentWithdrawn),
  consentExpired: pair("server.serverproxy.access_denied.consent_expired", words.consentExpired),
  consentStale: pair("server.serverproxy.consent_stale", words.consentStale),
  purposeMissing: pair("server.serverproxy.access_denied.purpose_missing", words.purposeDenied),
  answeredByHand: pair("server.clientproxy.service_type", words.invalidRequest),
  unknownServer: pair("server.clientproxy.invalid_security_server", words.invalidRequest),
  notAuthenticated: pair("server.clientproxy.ssl_authentication_failed", words.accessDenied),
  crowded: pair("server.clientproxy.io_error", words.serviceDisabled),
  internal: pair("server.clientproxy.internal_error", words.answerUnfit),
  unfitRequest: pair("server.serverproxy.bad_request", words.invalidRequest),
  configurationOutdated: pair("server.clientproxy.global_conf_outdated", words.configurationOutdated),
  foreignClient: pair("server.serverproxy.invalid_client_identifier", words.foreignClient),
  replayed: pair("server.serverproxy.replayed_request", words.replayed),
  requestSignature: pair("server.serverproxy.invalid_signature_value", words.signatureInvalid),
  responseSignature: pair("server.clientproxy.invalid_signature_value", words.signatureInvalid),
  inconsistentResponse: pair("server.clientproxy.inconsistent_response", words.signatureInvalid),
  answerUnfit: pair("server.serverproxy.service_failed.invalid_content", words.answerUnfit),
} satisfies Record<string, Refusal>;

/** A refusal that came from another gateway as its type; one we do not know stays a refusal of the provider's side. */
export const refusalOf = (type: string): Refusal =>
  Object.values(refusals).find((one: Refusal) => one.type === type) ?? pair(type, words.answerUnfit);

/** Failures on the way: no fault of the question, so a reading call may be asked again. */
export const failures = {
  notReached: "server.serverproxy.network_error",
  /** Something of the other server's own failed; what it had done before is not known. */
  inside: "server.serverproxy.internal_error",
  /** The other server did not show the certificate the directory names, or we have none to show. */
  peerNotProved: "server.serverproxy.ssl_authentication_failed",
  timeout: "server.serverproxy.service_failed.timeout",
  cut: "server.serverproxy.io_error",
  tooLarge: "server.serverproxy.service_failed.too_large",
  malformed: "server.serverproxy.service_failed.malformed_response",
  providerError: "server.serverproxy.service_failed.http_error",
  interrupted: "server.clientproxy.io_error",
  unanswered: "server.serverproxy.service_failed.unanswered",
  /** Every server of the institution asked, or this one, is in maintenance. */
  maintenance: "server.clientproxy.maintenance_mode",
} as const;

export const handRequestUnknown = problem("exchange.hand-request-unknown", 404, {
  fr: "Cette demande n’existe pas dans votre institution.",
  en: "This request does not exist in your institution.",
});
export const handRequestClosed = problem("exchange.hand-request-closed", 409, {
  fr: "Cette demande a déjà reçu sa réponse.",
  en: "This request has already been answered.",
});
export const answerIncomplete = problem("exchange.answer-incomplete", 422, {
  fr: "La réponse n’est pas complète ou ne correspond pas aux champs demandés.",
  en: "The answer is incomplete or does not fit the fields asked for.",
});
export const exchangeUnknown = problem("exchange.exchange-unknown", 404, {
  fr: "Aucun échange de votre institution ne porte ce numéro.",
  en: "No exchange of your institution has this number.",
});
export const notOwnService = problem(
  "exchange.service-not-own",
  404,
  {
    fr: "Ce service n’est pas publié par votre institution.",
    en: "This service is not published by your institution.",
  },
  "official",
);
export const serviceUnknown = words.unknownService;
