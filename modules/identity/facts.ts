import { fact, T } from "#kernel";

/** Subjects: `account:<uuid>`, `person:<uuid>`, `identity:sign-in` when nobody is known. No number, no name, ever. */
const LevelName = T.Union([T.Literal("low"), T.Literal("substantial"), T.Literal("high")]);
const Method = T.Union([T.Literal("phone-code"), T.Literal("password-totp"), T.Literal("passkey")]);

export const accountOpened = fact("identity.account-opened", T.Object({ kind: T.String() }), {
  fr: "Compte ouvert",
  en: "Account opened",
});
export const signedInFact = fact("identity.signed-in", T.Object({ method: Method, level: LevelName, newDevice: T.Boolean() }), {
  fr: "Connexion",
  en: "Signed in",
});
export const signInFailed = fact("identity.sign-in-failed", T.Object({ method: Method, factor: T.String() }), {
  fr: "Connexion refusée",
  en: "Sign-in failed",
});
export const sessionEnded = fact("identity.session-ended", T.Object({ session: T.String(), why: T.String() }), {
  fr: "Session terminée",
  en: "Session ended",
});
export const levelRaised = fact("identity.level-raised", T.Object({ to: LevelName, by: T.String() }), {
  fr: "Niveau de garantie relevé",
  en: "Assurance level raised",
});
export const levelDropped = fact("identity.level-dropped", T.Object({ to: LevelName, why: T.String() }), {
  fr: "Niveau de garantie abaissé",
  en: "Assurance level dropped",
});
export const simChanged = fact("identity.sim-changed", T.Object({ by: T.String() }), {
  fr: "Carte SIM changée",
  en: "SIM changed",
});
export const numberChanged = fact("identity.number-changed", T.Object({}), {
  fr: "Numéro de téléphone changé",
  en: "Telephone number changed",
});
export const numberMoved = fact("identity.number-moved", T.Object({ to: T.String() }), {
  fr: "Numéro passé à une autre personne",
  en: "Number passed to another person",
});
export const proofAsked = fact("identity.proof-asked", T.Object({}), {
  fr: "Preuve d’identité demandée au registre",
  en: "Proof of identity asked of the register",
});
export const proofAnswered = fact("identity.proof-answered", T.Object({ outcome: T.String() }), {
  fr: "Réponse du registre d’identité",
  en: "Answer of the identity register",
});
export const identityClaimed = fact("identity.claimed-by-other", T.Object({}), {
  fr: "Numéro d’identité saisi depuis un autre téléphone",
  en: "Identity number entered from another telephone",
});
export const proofingConcluded = fact("identity.proofing-concluded", T.Object({ proofing: T.String(), outcome: T.String() }), {
  fr: "Vérification au guichet conclue",
  en: "Counter proofing concluded",
});
export const passkeyAdded = fact("identity.passkey-added", T.Object({ passkey: T.String(), level: LevelName }), {
  fr: "Clé d’accès ajoutée",
  en: "Passkey added",
});
export const passkeyRemoved = fact("identity.passkey-removed", T.Object({ passkey: T.String() }), {
  fr: "Clé d’accès retirée",
  en: "Passkey removed",
});
export const totpEnrolled = fact("identity.totp-enrolled", T.Object({}), {
  fr: "Application de codes mise en service",
  en: "Authenticator application put in force",
});
export const passwordChanged = fact("identity.password-changed", T.Object({}), {
  fr: "Mot de passe changé",
  en: "Password changed",
});
export const clientRegistered = fact("identity.client-registered", T.Object({ scopes: T.Array(T.String()), level: LevelName }), {
  fr: "Application inscrite",
  en: "Application registered",
});
export const clientRetired = fact("identity.client-retired", T.Object({}), {
  fr: "Application retirée",
  en: "Application retired",
});
export const shareAnswered = fact("identity.share-answered", T.Object({ client: T.String(), decision: T.String() }), {
  fr: "Partage avec une application accepté ou refusé",
  en: "Sharing with an application allowed or refused",
});
