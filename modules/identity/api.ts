/**
 * Signing in, one's account, proofing at a counter, and the applications that sign in with us.
 *
 * Pages: a contract that answers a `Session` hands over a token; the page puts it in the cookie (`a.signIn`). The
 * token is shown once and stored nowhere (hence `once: false` on all of them: an answer kept for repeats would be
 * a token at rest; a code, a challenge and a TOTP step work once by themselves).
 * WebAuthn options and responses travel as JSON text, so that a plain form with one hidden field can carry them.
 */
export * from "./phone/contracts.ts";
export * from "./official/contracts.ts";
export * from "./passkey/contracts.ts";
export * from "./account/contracts.ts";
export * from "./counter/contracts.ts";
export * from "./oidc/contracts.ts";
export * from "./permissions.ts";
export { CodeSent, Session } from "./shapes.ts";
