/** Officials: password and TOTP; their accounts; the demonstration’s codes. */
import { T, anyone, contract, official, signedIn } from "#kernel";
import { findOfficials } from "../permissions.ts";
import { Code, Nothing, Opaque, Password, Session, Username, Uuid } from "../shapes.ts";

export const signInOfficial = contract({
  id: "identity.sign-in-official",
  method: "POST",
  path: "/api/identity/sign-in/official",
  summary: "Sign in with user name, password and TOTP code, all three judged at once",
  who: anyone(),
  input: T.Object({
    username: Username,
    password: Password,
    code: Code,
    device: T.Optional(Opaque),
  }),
  output: Session,
  limit: 4096,
  once: false,
});

export const enrolTotp = contract({
  id: "identity.enrol-totp",
  method: "POST",
  path: "/api/identity/me/totp/begin",
  summary: "A new TOTP secret, in force once a code made with it is confirmed",
  who: signedIn({ level: "substantial" }),
  input: Nothing,
  output: T.Object({ secret: T.String(), uri: T.String() }),
  once: false, // the answer is a secret
});

export const confirmTotp = contract({
  id: "identity.confirm-totp",
  method: "POST",
  path: "/api/identity/me/totp",
  summary: "Put the new TOTP secret in force",
  who: signedIn({ level: "substantial" }),
  input: T.Object({ code: Code }),
  output: Nothing,
});

export const changePassword = contract({
  id: "identity.change-password",
  method: "POST",
  path: "/api/identity/me/password",
  summary: "Change one’s own password; every other session ends",
  who: official(),
  input: T.Object({ current: Password, next: T.String({ minLength: 12, maxLength: 256 }) }),
  output: Nothing,
  once: false, // the request itself carries passwords
});

export const findOfficial = contract({
  id: "identity.find-official",
  method: "GET",
  path: "/api/identity/officials/{username}",
  summary: "The account behind an exact user name, to give it a role",
  who: official(findOfficials),
  input: T.Object({ username: Username }),
  output: T.Object({ account: Uuid, name: T.String() }),
});

export const readDemoCodes = contract({
  id: "identity.read-demo-codes",
  method: "GET",
  path: "/api/identity/demo/codes",
  summary: "Demonstration only (404 elsewhere): user names and current TOTP codes of the demonstration’s officials",
  who: anyone(),
  input: Nothing,
  output: T.Object({
    officials: T.Array(
      T.Object({
        username: T.String(),
        name: T.String(),
        code: T.String(),
        secondsLeft: T.Integer(),
      }),
    ),
  }),
});
