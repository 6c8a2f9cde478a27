/** Citizens sign in by telephone number and one-time code, and change their number. */
import { T, anyone, contract, signedIn } from "#kernel";
import { Code, CodeSent, LevelName, Opaque, Phone, Session } from "../shapes.ts";

export const startPhoneSignIn = contract({
  id: "identity.start-phone-sign-in",
  method: "POST",
  path: "/api/identity/sign-in/phone",
  summary: "Send a one-time code by SMS; the same answer whether or not the number has an account",
  who: anyone(),
  input: T.Object({ phone: Phone, device: T.Optional(Opaque) }),
  output: CodeSent,
  limit: 4096,
  once: false, // a challenge belongs to the browser that asked; a repeat is another challenge, limited by the buckets
});

export const verifyPhoneCode = contract({
  id: "identity.verify-phone-code",
  method: "POST",
  path: "/api/identity/sign-in/phone/verify",
  summary: "Exchange the code for a session",
  who: anyone(),
  input: T.Object({ challenge: Opaque, code: Code, device: T.Optional(Opaque) }),
  output: Session,
  limit: 4096,
  once: false,
});

export const startPhoneChange = contract({
  id: "identity.start-phone-change",
  method: "POST",
  path: "/api/identity/me/phone/begin",
  summary: "Send a code to the number that is to replace mine",
  who: signedIn(),
  input: T.Object({ phone: Phone }),
  output: CodeSent,
  once: false,
});

export const confirmPhoneChange = contract({
  id: "identity.confirm-phone-change",
  method: "POST",
  path: "/api/identity/me/phone",
  summary: "Put the new number in the place of the old one",
  who: signedIn(),
  input: T.Object({ challenge: Opaque, code: Code }),
  output: T.Object({ level: LevelName }),
});
