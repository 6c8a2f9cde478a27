import { problem } from "#kernel";

/** What can go wrong when people say who they are; none of these tells whether an account exists. */
export const phoneRefused = problem("identity.phone-refused", 422, {
  fr: "Ce numéro de téléphone ne peut pas recevoir de code.",
  en: "This telephone number cannot receive a code.",
});
export const codeWrong = problem("identity.code-wrong", 422, {
  fr: "Ce code n’est pas le bon.",
  en: "This is not the right code.",
});
export const codeDead = problem("identity.code-expired", 410, {
  fr: "Ce code n’est plus valable. Demandez-en un autre.",
  en: "This code is no longer valid. Ask for another one.",
});
export const signInRefused = problem("identity.sign-in-refused", 401, {
  fr: "La connexion a été refusée. Vérifiez le nom d’utilisateur, le mot de passe et le code.",
  en: "Sign-in was refused. Check the user name, the password and the code.",
});
export const passkeyRefused = problem("identity.passkey-refused", 401, {
  fr: "Cette clé d’accès n’a pas été reconnue.",
  en: "This passkey was not recognised.",
});
export const passkeyUnknown = problem("identity.passkey-unknown", 404, {
  fr: "Cette clé d’accès n’existe pas dans votre compte.",
  en: "This passkey does not exist in your account.",
});
export const sessionUnknown = problem("identity.session-unknown", 404, {
  fr: "Cette session n’existe pas dans votre compte, ou elle est déjà terminée.",
  en: "This session does not exist in your account, or has already ended.",
});
export const passwordWeak = problem("identity.password-weak", 422, {
  fr: "Ce mot de passe est trop facile à deviner.",
  en: "This password is too easy to guess.",
});
export const passwordWrong = problem("identity.password-wrong", 422, {
  fr: "Le mot de passe actuel n’est pas le bon.",
  en: "The current password is not right.",
});
export const numberTaken = problem("identity.number-taken", 409, {
  fr: "Ce numéro sert déjà à un autre compte.",
  en: "This number already serves another account.",
});
export const numberUnsure = problem(
  "identity.number-unsure",
  409,
  {
    fr: "Ce téléphone ne prouve plus qui est la personne\u202f: sa carte SIM a changé, ou le numéro n’est plus le sien. Son identité doit d’abord être vérifiée à un guichet.",
    en: "This telephone no longer proves who the person is: its SIM has changed, or the number is no longer hers. Her identity must first be verified at a counter.",
  },
  "official",
);
export const numberMissing = problem("identity.number-missing", 409, {
  fr: "Ce compte n’a pas de numéro de téléphone vérifié.",
  en: "This account has no verified telephone number.",
});
export const proofingUnknown = problem("identity.proofing-unknown", 404, {
  fr: "Cette vérification n’existe pas.",
  en: "This proofing does not exist.",
});
export const proofingNotReady = problem("identity.proofing-not-ready", 409, {
  fr: "Cette vérification n’attend pas de conclusion.",
  en: "This proofing is not waiting for a conclusion.",
});
export const documentMismatch = problem("identity.document-mismatch", 422, {
  fr: "Le document présenté ne correspond pas à l’inscription du registre.",
  en: "The document presented does not match the register’s entry.",
});
export const notOneself = problem(
  "identity.not-oneself",
  403,
  { fr: "Personne ne peut vérifier sa propre identité.", en: "Nobody can prove their own identity." },
  "official",
);
export const clientUnknown = problem("identity.client-unknown", 404, {
  fr: "Cette application n’est pas inscrite.",
  en: "This application is not registered.",
});
export const clientInvalid = problem("identity.client-invalid", 422, {
  fr: "L’inscription de cette application n’est pas valable.",
  en: "The registration of this application is not valid.",
});
export const interactionUnknown = problem("identity.interaction-unknown", 404, {
  fr: "Cette demande de connexion n’existe plus. Recommencez depuis l’application.",
  en: "This sign-in request no longer exists. Start again from the application.",
});
export const officialUnknown = problem("identity.official-unknown", 404, {
  fr: "Aucun agent n’a ce nom d’utilisateur.",
  en: "No official has this user name.",
});
