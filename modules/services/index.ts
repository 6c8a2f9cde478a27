/** Services: what the State offers a person, from the catalogue to the signed act. */
import { defineModule, listen, work } from "#kernel";
import { answeredByHand, consentGiven, consentRefused, unanswered } from "#exchange";
import { certificateRevoked } from "#trust";
import { runCodeKeyRevoked, runIssueAct, runPrintReceipt } from "./acts/jobs.ts";
import { handleCases } from "./cases/contracts.ts";
import { draftsSweep } from "./cases/drafts.ts";
import { loadDefinitions } from "./catalogue/definitions.ts";
import { entries, lifeEvents, procedures, synonyms } from "./catalogue/procedure.ts";
import { assignCases, decideCases, signActs } from "./desk/contracts.ts";
import { overdueSweep, runForgetCase, runSearchRegister, unstickSweep } from "./desk/jobs.ts";
import { runConsentAnswered } from "./evidence/consent.ts";
import { runHandAnswered } from "./evidence/hand.ts";
import { runFetchEvidence } from "./evidence/jobs.ts";
import * as facts from "./facts.ts";
import { handlers } from "./handlers.ts";
import * as jobs from "./jobs.ts";
import { runNotify } from "./notices.ts";
import { reconcilePayments } from "./payments/contracts.ts";
import { callbackGate } from "./payments/gate.ts";
import { pollSweep, runAskPayment, runGiveBack, runPollPayment, runReadStatement, statementSweep } from "./payments/jobs.ts";
import { learnOperators } from "./payments/operators.ts";
import { paymentPort } from "./ports.ts";

export { actIssued, caseSubmitted, feePaid } from "./facts.ts";

export const services = defineModule({
  name: "services",
  floor: 2,
  needs: ["registry", "identity", "trust", "documents", "exchange"],
  handlers,
  facts: Object.values(facts),
  jobs: [
    work(jobs.fetchEvidence, runFetchEvidence, { concurrency: 4 }),
    work(jobs.handAnswered, runHandAnswered),
    work(jobs.consentAnswered, runConsentAnswered),
    work(jobs.searchRegisterJob, runSearchRegister, { concurrency: 4 }),
    work(jobs.askPayment, runAskPayment, { concurrency: 4 }),
    work(jobs.pollPayment, runPollPayment, { concurrency: 4 }),
    work(jobs.giveBack, runGiveBack),
    work(jobs.readStatement, runReadStatement, { concurrency: 1 }),
    work(jobs.printReceipt, runPrintReceipt),
    work(jobs.issueAct, runIssueAct, { concurrency: 4 }),
    work(jobs.notify, runNotify, { concurrency: 4 }),
    work(jobs.forgetCase, runForgetCase, { concurrency: 1 }),
    work(jobs.codeKeyRevoked, runCodeKeyRevoked, { concurrency: 1 }),
  ],
  sweeps: [pollSweep, statementSweep, overdueSweep, unstickSweep, draftsSweep],
  listeners: [
    listen(answeredByHand, jobs.handAnswered),
    listen(unanswered, jobs.handAnswered),
    listen(consentGiven, jobs.consentAnswered),
    listen(consentRefused, jobs.consentAnswered),
    listen(certificateRevoked, jobs.codeKeyRevoked),
  ],
  gates: [callbackGate],
  ports: [paymentPort],
  permissions: [handleCases, decideCases, signActs, assignCases, reconcilePayments],
  pack: [procedures, lifeEvents, synonyms, entries],
  purposes: {
    "services.handle-case": { fr: "Instruire votre demande", en: "Handle your request" },
  },
  migrations: new URL("./migrations/", import.meta.url),
  async start(host) {
    learnOperators(host);
    await loadDefinitions(host);
  },
});
