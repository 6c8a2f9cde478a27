/** The office's side of a case. */
import { contract, official, permission, T } from "#kernel";
import { handleCases } from "../cases/contracts.ts";
import { CaseNumber, FileView, Moved, Version } from "../cases/schemas.ts";
import { DeskCase, deskViews, QueueCounts, QueueItem } from "./schemas.ts";

export const decideCases = permission(
  "services.decide-cases",
  { fr: "Décider des dossiers de son institution", en: "Decide the cases of one’s institution" },
  { sensitive: true },
);
export const signActs = permission(
  "services.sign-acts",
  { fr: "Signer les actes de son institution", en: "Sign the acts of one’s institution" },
  { sensitive: true },
);
export const assignCases = permission("services.assign-cases", {
  fr: "Répartir les dossiers entre les agents",
  en: "Share out the cases among officials",
});

const path = "/api/services/desk/cases";
const move = T.Object({ number: CaseNumber, version: Version });

export const readQueue = contract({
  id: "services.read-queue",
  method: "GET",
  path: "/api/services/desk/queue",
  summary: "The office’s queue, by legal due date, with counts of each view",
  who: official(handleCases),
  input: T.Object({
    view: T.Optional(T.Enum([...deskViews])),
    procedure: T.Optional(T.String({ maxLength: 80 })),
    q: T.Optional(T.String({ maxLength: 100, description: "A case number, whole" })),
    page: T.Optional(T.Integer({ minimum: 1, maximum: 1000 })),
  }),
  output: T.Object({
    view: T.Enum([...deskViews]),
    page: T.Integer(),
    more: T.Boolean(),
    items: T.Array(QueueItem),
    counts: QueueCounts,
  }),
});

export const readDeskCase = contract({
  id: "services.read-desk-case",
  method: "GET",
  path: `${path}/{number}`,
  summary: "A case with its evidence, their provenance, the search of the register and the legal clock",
  who: official(handleCases),
  input: T.Object({ number: CaseNumber }),
  output: DeskCase,
  personal: { purpose: "services.handle-case", subjects: (out) => [out.applicant.person] },
});

export const claimCase = contract({
  id: "services.claim-case",
  method: "POST",
  path: `${path}/{number}/claim`,
  summary: "Take a case in hand",
  who: official(handleCases),
  input: move,
  output: Moved,
});

export const releaseCase = contract({
  id: "services.release-case",
  method: "POST",
  path: `${path}/{number}/release`,
  summary: "Put a case back in the queue",
  who: official(handleCases),
  input: move,
  output: Moved,
});

export const assignCase = contract({
  id: "services.assign-case",
  method: "POST",
  path: `${path}/{number}/assignment`,
  summary: "Give a case to a colleague of the same institution",
  who: official(assignCases),
  input: T.Object({ number: CaseNumber, version: Version, account: T.String({ maxLength: 64 }) }),
  output: Moved,
});

export const searchRegister = contract({
  id: "services.search-register",
  method: "POST",
  path: `${path}/{number}/register-search`,
  summary: "Ask the register the procedure names (for an extract of criminal record: the court’s convictions), through the exchange",
  who: official(handleCases),
  input: move,
  output: Moved,
});

export const reviewCandidate = contract({
  id: "services.review-candidate",
  method: "POST",
  path: `${path}/{number}/candidates/{candidate}`,
  summary: "Say of one person found in the register whether it is the applicant, and why",
  who: official(handleCases),
  input: T.Object({
    number: CaseNumber,
    version: Version,
    candidate: T.String({ maxLength: 64 }),
    verdict: T.Enum(["same-person", "other-person"]),
    reason: T.String({ minLength: 3, maxLength: 500 }),
  }),
  output: Moved,
});

export const concludeCase = contract({
  id: "services.conclude-case",
  method: "POST",
  path: `${path}/{number}/conclusion`,
  summary: "Decide: nothing to mention, or the mentions the law allows; refused while a candidate is not reviewed",
  who: official(decideCases),
  input: T.Object({ number: CaseNumber, version: Version, outcome: T.Enum(["none", "mentions"]) }),
  output: Moved,
});

export const requestCorrection = contract({
  id: "services.request-correction",
  method: "POST",
  path: `${path}/{number}/correction-request`,
  summary: "Send back named fields, each with what is wrong; the legal clock stops",
  who: official(handleCases),
  input: T.Object({
    number: CaseNumber,
    version: Version,
    note: T.Optional(T.String({ maxLength: 2000 })),
    fields: T.Array(
      T.Object({
        path: T.String({ maxLength: 120 }),
        message: T.String({ minLength: 3, maxLength: 500 }),
      }),
      { minItems: 1, maxItems: 50 },
    ),
  }),
  output: Moved,
});

export const refuseCase = contract({
  id: "services.refuse-case",
  method: "POST",
  path: `${path}/{number}/refusal`,
  summary: "Refuse on grounds the procedure knows; the letter names them and the way to appeal",
  who: official(decideCases),
  input: T.Object({
    number: CaseNumber,
    version: Version,
    grounds: T.Array(T.String({ maxLength: 60 }), { minItems: 1, maxItems: 10 }),
    explanation: T.String({ minLength: 10, maxLength: 4000 }),
  }),
  output: Moved,
});

export const signAct = contract({
  id: "services.sign-act",
  method: "POST",
  path: `${path}/{number}/signature`,
  summary: "Sign with one’s own key; the act (or the letter of refusal) is then sealed, kept and sent",
  who: official(signActs),
  input: move,
  output: Moved,
});

export const previewAct = contract({
  id: "services.preview-act",
  method: "GET",
  path: `${path}/{number}/preview`,
  summary: "The act (or the letter) as it would be signed, marked as a preview; without number, code or signature",
  who: official(signActs),
  input: T.Object({ number: CaseNumber }),
  output: T.Object({ ...FileView.properties, person: T.String() }),
  personal: { purpose: "services.handle-case", subjects: (out) => [out.person] },
});

export const revokeAct = contract({
  id: "services.revoke-act",
  method: "POST",
  path: `${path}/{number}/revocation`,
  summary: "Withdraw an act issued in error: from now on every verification says so, and the person is told",
  who: official(signActs),
  input: T.Object({ number: CaseNumber, version: Version, reason: T.String({ minLength: 10, maxLength: 500 }) }),
  output: Moved,
});

export const downloadDeskDocument = contract({
  id: "services.download-desk-document",
  method: "GET",
  path: `${path}/{number}/documents/{kind}`,
  summary: "The signed act or letter, for the office",
  who: official(handleCases),
  input: T.Object({ number: CaseNumber, kind: T.Enum(["act", "letter"]) }),
  output: T.Object({ ...FileView.properties, person: T.String() }),
  personal: { purpose: "services.handle-case", subjects: (out) => [out.person] },
});
