/** Anyone may verify an act: by its number, by its file, by its 2D code. Nothing more than needed is shown. */
import { anyone, contract, T } from "#kernel";

const Verification = T.Object({
  verdict: T.Enum(["valid", "expired", "revoked", "unknown", "altered", "not-ours"]),
  sentence: T.String(),
  number: T.Optional(T.String()),
  title: T.Optional(T.String()),
  institution: T.Optional(T.String()),
  issuedAt: T.Optional(T.String()),
  validUntil: T.Optional(T.String()),
  /** Initials only, when verified by number; the file and the code carry the name themselves. */
  holder: T.Optional(T.String()),
  /** What a signed code or file says, to compare with the paper. */
  contents: T.Array(T.Object({ label: T.String(), value: T.String() })),
  checks: T.Array(T.Object({ what: T.String(), passed: T.Boolean() })),
  legalStatus: T.Optional(T.String()),
});

export const verifyNumber = contract({
  id: "services.verify-number",
  method: "GET",
  path: "/api/services/verify/{number}",
  summary: "Verify an act by the twelve digits printed on it",
  who: anyone(),
  input: T.Object({ number: T.String({ minLength: 1, maxLength: 40 }) }),
  output: Verification,
});

export const verifyFile = contract({
  id: "services.verify-file",
  method: "POST",
  path: "/api/services/verify/file",
  summary: "Verify an act by its file: one changed byte is seen",
  who: anyone(),
  input: T.Object({
    file: T.String({ minLength: 1, maxLength: 8 * 1024 * 1024, description: "The PDF, base64" }),
  }),
  output: Verification,
  limit: 9 * 1024 * 1024,
  // Changes nothing: a repeat is the same question.
  once: false,
});

export const verifyCode = contract({
  id: "services.verify-code",
  method: "POST",
  path: "/api/services/verify/code",
  summary: "Verify an act by what its 2D code says; the signature alone suffices offline",
  who: anyone(),
  input: T.Object({ payload: T.String({ minLength: 1, maxLength: 4096 }) }),
  output: Verification,
  once: false,
});

export const readCodeKeys = contract({
  id: "services.read-code-keys",
  method: "GET",
  path: "/api/services/verify/keys",
  summary: "Public keys of the 2D codes: keep a copy to verify without a network",
  who: anyone(),
  input: T.Object({}),
  output: T.Object({
    format: T.Literal("toguna-code2d-keys"),
    version: T.Literal(1),
    made: T.String(),
    keys: T.Array(
      T.Object({
        id: T.String(),
        x: T.String(),
        y: T.String(),
        issuer: T.Object({ fr: T.String(), en: T.String() }),
        from: T.String(),
        until: T.String(),
        revoked: T.Optional(T.Boolean()),
      }),
    ),
  }),
});
