/** Passkeys, for whoever wants one. */
import { T, anyone, contract, signedIn } from "#kernel";
import { Credential, Label, Nothing, Opaque, Session, Uuid } from "../shapes.ts";

export const PasskeyChallenge = T.Object({
  challenge: Opaque,
  /** JSON for navigator.credentials (the page's data-options). */
  options: T.String(),
});

export const beginPasskeySignIn = contract({
  id: "identity.begin-passkey-sign-in",
  method: "POST",
  path: "/api/identity/sign-in/passkey",
  summary: "WebAuthn request options for a discoverable passkey",
  who: anyone(),
  input: Nothing,
  output: PasskeyChallenge,
  limit: 1024,
  once: false,
});

export const finishPasskeySignIn = contract({
  id: "identity.finish-passkey-sign-in",
  method: "POST",
  path: "/api/identity/sign-in/passkey/finish",
  summary: "Exchange a WebAuthn assertion for a session",
  who: anyone(),
  input: T.Object({ challenge: Opaque, response: Credential }),
  output: Session,
  limit: 32 * 1024,
  once: false,
});

export const beginPasskey = contract({
  id: "identity.begin-passkey",
  method: "POST",
  path: "/api/identity/me/passkeys/begin",
  summary: "WebAuthn creation options for a new passkey of the signed-in account",
  who: signedIn(),
  input: Nothing,
  output: PasskeyChallenge,
  limit: 1024,
  once: false,
});

export const finishPasskey = contract({
  id: "identity.finish-passkey",
  method: "POST",
  path: "/api/identity/me/passkeys",
  summary: "Store the new passkey; it is worth the level of the session that enrols it",
  who: signedIn(),
  input: T.Object({ challenge: Opaque, response: Credential, label: Label }),
  output: T.Object({ passkey: Uuid }),
  limit: 32 * 1024,
});

export const removePasskey = contract({
  id: "identity.remove-passkey",
  method: "POST",
  path: "/api/identity/me/passkeys/{passkey}/remove",
  summary: "Remove one of one’s own passkeys",
  who: signedIn(),
  input: T.Object({ passkey: Uuid }),
  output: Nothing,
});
