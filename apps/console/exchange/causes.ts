/** X-Road's error types as people say them: what happened, and who can act. */
import { messages, type Lang } from "#kernel";

type Who = "client" | "provider" | "operator" | "time";

const causes = messages({
  fr: {
    client: "l’institution qui demande",
    provider: "l’institution qui répond",
    operator: "l’exploitant",
    time: "personne\u202f: réessayer plus tard",
    access_denied: "Aucun accord ne couvre cette demande",
    purpose: "L’accord ne couvre pas ce motif",
    purpose_missing: "La demande ne dit pas pourquoi",
    unknown_member: "Le demandeur n’est pas à l’annuaire",
    unknown_service: "Le service n’est pas à l’annuaire",
    service_disabled: "Le service est fermé",
    network_error: "Le système de l’institution est injoignable",
    timeout: "Le système n’a pas répondu à temps",
    io_error: "La liaison s’est coupée en route",
    too_large: "La réponse est trop grande",
    malformed_response: "La réponse n’est pas du HTTP lisible",
    http_error: "Le système a répondu par une erreur",
    invalid_content: "La réponse ne peut pas être filtrée",
    unanswered: "Personne n’a répondu dans le délai",
    invalid_signature_value: "Une signature ne se vérifie pas",
    inconsistent_response: "La réponse ne correspond pas à la demande",
    ssl_authentication_failed: "Certificat absent, inconnu ou périmé",
    bad_request: "La demande est mal formée",
    duplicate_request: "La même demande est arrivée deux fois",
    global_conf_outdated: "L’annuaire de la passerelle est trop ancien",
    maintenance_mode: "Passerelle en maintenance",
    message_expired: "Le délai du message est passé",
    unknown: "Issue inconnue\u202f: l’appel a peut-être eu lieu",
    other: "Autre cause",
  },
  en: {
    client: "the asking institution",
    provider: "the answering institution",
    operator: "the operator",
    time: "nobody: try again later",
    access_denied: "No agreement covers this request",
    purpose: "The agreement does not cover this purpose",
    purpose_missing: "The request does not say why",
    unknown_member: "The client is not in the directory",
    unknown_service: "The service is not in the directory",
    service_disabled: "The service is closed",
    network_error: "The institution’s system cannot be reached",
    timeout: "The system did not answer in time",
    io_error: "The link broke on the way",
    too_large: "The answer is too large",
    malformed_response: "The answer is not readable HTTP",
    http_error: "The system answered with an error",
    invalid_content: "The answer cannot be filtered",
    unanswered: "Nobody answered in time",
    invalid_signature_value: "A signature does not verify",
    inconsistent_response: "The answer does not fit the request",
    ssl_authentication_failed: "Certificate missing, unknown or out of date",
    bad_request: "The request is malformed",
    duplicate_request: "The same request came twice",
    global_conf_outdated: "The gateway’s directory is too old",
    maintenance_mode: "Gateway in maintenance",
    message_expired: "The message’s time ran out",
    unknown: "Outcome unknown: the call may have happened",
    other: "Other cause",
  },
});

/** What has to be looked at. */
export type Kind = "access" | "directory" | "link" | "certificate" | "provider" | "delay" | "maintenance" | "proof" | "request" | "other";

const acts: Record<string, Who> = {
  access_denied: "client",
  purpose: "client",
  purpose_missing: "client",
  unknown_member: "operator",
  unknown_service: "client",
  service_disabled: "provider",
  network_error: "provider",
  timeout: "provider",
  io_error: "time",
  too_large: "provider",
  malformed_response: "provider",
  http_error: "provider",
  invalid_content: "provider",
  unanswered: "provider",
  invalid_signature_value: "operator",
  inconsistent_response: "operator",
  ssl_authentication_failed: "client",
  bad_request: "client",
  duplicate_request: "client",
  global_conf_outdated: "operator",
  maintenance_mode: "time",
  message_expired: "client",
  unknown: "client",
};

const kinds: Record<Kind, readonly string[]> = {
  access: ["access_denied", "purpose", "purpose_missing", "unknown_member"],
  directory: ["unknown_service", "service_disabled", "global_conf_outdated"],
  link: ["network_error", "io_error", "unknown"],
  certificate: ["ssl_authentication_failed"],
  provider: ["too_large", "malformed_response", "http_error", "invalid_content"],
  delay: ["timeout", "unanswered", "message_expired"],
  maintenance: ["maintenance_mode"],
  proof: ["invalid_signature_value", "inconsistent_response"],
  request: ["bad_request", "duplicate_request"],
  other: [],
};

/** The most telling part of a type is its last that we have words for. */
export function causeOf(lang: Lang, type: string): { what: string; who: string; kind: Kind } {
  const w = causes(lang);
  const key = type.split(".").findLast((part) => part in acts);
  if (key === undefined) return { what: `${w.other} (${type})`, who: w.operator, kind: "other" };
  const [kind] = Object.entries(kinds).find(([, keys]) => keys.includes(key)) ?? ["other"];
  return { what: w[key as "other"], who: w[acts[key]!], kind: kind as Kind };
}

const found: Record<string, Who> = {
  "unknown-service": "client",
  closed: "provider",
  right: "client",
  purpose: "client",
  consent: "client",
  path: "client",
  maintenance: "time",
  "own-missing": "operator",
  "unknown-server": "operator",
  "unknown-client": "operator",
  "unknown-base": "operator",
  "not-registered": "operator",
};

/** Who can act on what a diagnosis found: most often whoever answers. */
export const whoActs = (lang: Lang, cause: string): string => causes(lang)[found[cause] ?? "provider"];
