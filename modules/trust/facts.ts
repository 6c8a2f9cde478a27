import { fact, T } from "#kernel";

const kind = T.String();
const serial = T.String();

export const certificateIssued = fact("trust.certificate-issued", T.Object({ serial, kind, external: T.Boolean(), notAfter: T.String() }), {
  fr: "Certificat délivré",
  en: "Certificate issued",
});
export const certificateRevoked = fact("trust.certificate-revoked", T.Object({ serial, kind, reason: T.String() }), {
  fr: "Certificat révoqué",
  en: "Certificate revoked",
});
export const certificateRequested = fact("trust.certificate-requested", T.Object({ request: T.String(), kind }), {
  fr: "Certificat demandé à une autorité extérieure",
  en: "Certificate requested from an outside authority",
});
export const anchorAdded = fact("trust.anchor-added", T.Object({ serial, fingerprint: T.String() }), {
  fr: "Autorité racine extérieure admise",
  en: "Outside root authority admitted",
});
export const clockSetBack = fact("trust.clock-set-back", T.Object({ last: T.String(), now: T.String() }), {
  fr: "Horloge reculée : horodatage refusé",
  en: "Clock set back: time stamp refused",
});
