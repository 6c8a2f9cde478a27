/** A citizen's own cases, from the first step to the act. */
import { anyOf, contract, official, permission, person, T } from "#kernel";
import { Answers, FieldProblem, FormView } from "../forms/schemas.ts";
import {
  CaseNumber,
  CaseSummary,
  CaseView,
  documentKinds,
  EvidenceView,
  FileView,
  MessageView,
  Moved,
  ReadView,
  Version,
} from "./schemas.ts";

export const handleCases = permission("services.handle-cases", {
  fr: "Instruire les dossiers de son institution",
  en: "Handle the cases of one’s institution",
});

const owner = person({ level: "substantial" });
const path = "/api/services/cases";

export const startCase = contract({
  id: "services.start-case",
  method: "POST",
  path,
  summary: "Open a draft of a procedure; the case keeps this version of the procedure to its end",
  who: owner,
  input: T.Object({ procedure: T.String({ minLength: 1, maxLength: 80 }) }),
  output: Moved,
});

export const listCases = contract({
  id: "services.list-cases",
  method: "GET",
  path,
  summary: "One’s own cases, newest first",
  who: owner,
  input: T.Object({}),
  output: T.Object({ cases: T.Array(CaseSummary) }),
});

export const readCase = contract({
  id: "services.read-case",
  method: "GET",
  path: `${path}/{number}`,
  summary: "One’s own case, whole",
  who: owner,
  input: T.Object({ number: CaseNumber }),
  output: CaseView,
});

export const readEvidencePlan = contract({
  id: "services.read-evidence-plan",
  method: "GET",
  path: `${path}/{number}/evidence`,
  summary: "Who will be asked, for what, under which text; then what each answered",
  who: owner,
  input: T.Object({ number: CaseNumber }),
  output: T.Object({
    number: T.String(),
    version: T.Integer(),
    title: T.String(),
    authorised: T.Boolean(),
    authorisedAt: T.Optional(T.String()),
    complete: T.Boolean({ description: "Everything was received" }),
    evidence: T.Array(EvidenceView),
  }),
});

export const authoriseEvidence = contract({
  id: "services.authorise-evidence",
  method: "POST",
  path: `${path}/{number}/evidence`,
  summary: "Let the State ask its own registers; also asks again after a failure",
  who: owner,
  input: T.Object({ number: CaseNumber, version: Version }),
  output: Moved,
});

export const readForm = contract({
  id: "services.read-form",
  method: "GET",
  path: `${path}/{number}/form`,
  summary: "The questions that remain, with the answers so far and what is wrong with them",
  who: owner,
  input: T.Object({ number: CaseNumber }),
  output: FormView,
});

export const saveAnswers = contract({
  id: "services.save-answers",
  method: "POST",
  path: `${path}/{number}/answers`,
  summary: "Keep a draft: valid answers are kept, the others come back with their messages",
  who: owner,
  input: T.Object({ number: CaseNumber, version: Version, answers: Answers }),
  output: T.Object({ ...Moved.properties, problems: T.Array(FieldProblem), complete: T.Boolean() }),
});

export const submitCase = contract({
  id: "services.submit-case",
  method: "POST",
  path: `${path}/{number}/submission`,
  summary: "Send the case: everything is checked again; then the fee, if any, then the office",
  who: owner,
  input: T.Object({ number: CaseNumber, version: Version }),
  output: Moved,
});

export const answerCorrection = contract({
  id: "services.answer-correction",
  method: "POST",
  path: `${path}/{number}/correction`,
  summary: "Answer the fields that were sent back, and only these; the legal clock resumes",
  who: owner,
  input: T.Object({ number: CaseNumber, version: Version, answers: Answers }),
  output: Moved,
});

export const abandonCase = contract({
  id: "services.abandon-case",
  method: "POST",
  path: `${path}/{number}/abandonment`,
  summary: "Give up a case that is not yet decided",
  who: owner,
  input: T.Object({ number: CaseNumber, version: Version }),
  output: Moved,
});

export const downloadDocument = contract({
  id: "services.download-document",
  method: "GET",
  path: `${path}/{number}/documents/{kind}`,
  summary: "The act, the receipt or the letter of refusal, as a PDF",
  who: owner,
  input: T.Object({ number: CaseNumber, kind: T.Enum([...documentKinds]) }),
  output: FileView,
});

export const listMessages = contract({
  id: "services.list-messages",
  method: "GET",
  path: `${path}/{number}/messages`,
  summary: "The conversation of a case; reading it marks the other side’s messages as seen, and is recorded for officials",
  writes: true,
  who: anyOf(owner, official(handleCases)),
  input: T.Object({ number: CaseNumber }),
  output: T.Object({ number: T.String(), messages: T.Array(MessageView) }),
});

export const writeMessage = contract({
  id: "services.write-message",
  method: "POST",
  path: `${path}/{number}/messages`,
  summary: "Write in the conversation of a case; the other side is told",
  who: anyOf(owner, official(handleCases)),
  input: T.Object({ number: CaseNumber, text: T.String({ minLength: 1, maxLength: 4000 }) }),
  output: MessageView,
});

export const readsOf = contract({
  id: "services.reads-of",
  method: "GET",
  path: "/api/services/reads",
  summary: "Who read my data: for which institution, why, when, with the entry of the sealed log",
  who: owner,
  input: T.Object({}),
  output: T.Object({ reads: T.Array(ReadView), person: T.String() }),
});
