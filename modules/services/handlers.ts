import { implement } from "#kernel";
import * as acts from "./acts/handlers.ts";
import { previewAct } from "./acts/preview.ts";
import * as api from "./api.ts";
import * as cases from "./cases/handlers.ts";
import * as messages from "./cases/messages.ts";
import { readsOf } from "./cases/reads.ts";
import * as catalogue from "./catalogue/handlers.ts";
import * as desk from "./desk/handlers.ts";
import * as payments from "./payments/handlers.ts";

export const handlers = implement(api, {
  searchCatalogue: catalogue.searchCatalogue,
  listLifeEvents: catalogue.listLifeEvents,
  readProcedure: catalogue.readProcedure,
  readEntry: catalogue.readEntry,
  readOfficeStatistics: catalogue.readOfficeStatistics,
  startCase: cases.startCase,
  listCases: cases.listCases,
  readCase: cases.readCase,
  readEvidencePlan: cases.readEvidencePlan,
  authoriseEvidence: cases.authoriseEvidence,
  readForm: cases.readForm,
  saveAnswers: cases.saveAnswers,
  submitCase: cases.submitCase,
  answerCorrection: cases.answerCorrection,
  abandonCase: cases.abandonCase,
  downloadDocument: acts.downloadDocument,
  listMessages: messages.listMessages,
  writeMessage: messages.writeMessage,
  readsOf,
  startPayment: payments.startPayment,
  readPayment: payments.readPayment,
  listReconciliation: payments.listReconciliation,
  readBalances: payments.readBalances,
  importStatement: payments.importStatement,
  readQueue: desk.readQueue,
  readDeskCase: desk.readDeskCase,
  claimCase: desk.claimCase,
  releaseCase: desk.releaseCase,
  assignCase: desk.assignCase,
  searchRegister: desk.searchRegister,
  reviewCandidate: desk.reviewCandidate,
  concludeCase: desk.concludeCase,
  requestCorrection: desk.requestCorrection,
  refuseCase: desk.refuseCase,
  signAct: desk.signAct,
  revokeAct: desk.revokeAct,
  previewAct,
  downloadDeskDocument: acts.downloadDeskDocument,
  verifyNumber: acts.verifyNumber,
  verifyFile: acts.verifyFile,
  verifyCode: acts.verifyCode,
  readCodeKeys: acts.readCodeKeys,
});
