import { assets, defineApp } from "#kernel";
import { failureOf, officialSignIn } from "#ui";
import { accountActions, accountPage } from "./account/page.ts";
import { passkeyEnrol, passkeyKeep } from "./account/passkey.ts";
import { assignmentAction, assignmentPage } from "./case/assignment.ts";
import { candidateAction, candidatePage } from "./case/candidate.ts";
import { conversationAction, conversationPage } from "./case/conversation.ts";
import { correctionAction, correctionPage } from "./case/correction.ts";
import { conclusionAction, conclusionPage, signatureAction, signaturePage } from "./case/decision.ts";
import { documentPage, previewPage } from "./case/document.ts";
import { moves } from "./case/moves.ts";
import { casePage, nextCasePage } from "./case/page.ts";
import { refusalAction, refusalPage } from "./case/refusal.ts";
import { revocationAction, revocationPage } from "./case/revocation.ts";
import { consentsAction, consentsPage } from "./consents/list.ts";
import { consentAction, consentPage } from "./consents/one.ts";
import { proofingAction, proofingPage } from "./counter/proofing.ts";
import { counterAction, counterPage, simAction } from "./counter/start.ts";
import { handListPage } from "./hand/list.ts";
import { nextRequestPage } from "./hand/next.ts";
import { handAnswer, handDecline, handRequestPage } from "./hand/request.ts";
import { homePage } from "./home.ts";
import { queuePage } from "./queue/page.ts";
import { connexionAction, connexionPage, passkeyBegin, passkeyFinish, signOutAction } from "./signin/page.ts";
import { roleAction, rolePage } from "./signin/role.ts";
import { shell } from "./site.ts";
import { words } from "./words.ts";

/** The officials' desk: server-rendered, keyboard first, contracts only. */
export const desk = defineApp({
  name: "desk",
  prefix: "/bureau",
  pages: [
    homePage,
    connexionPage,
    queuePage,
    nextCasePage,
    casePage,
    candidatePage,
    conclusionPage,
    signaturePage,
    correctionPage,
    refusalPage,
    revocationPage,
    conversationPage,
    assignmentPage,
    documentPage,
    previewPage,
    handListPage,
    nextRequestPage,
    handRequestPage,
    counterPage,
    proofingPage,
    consentsPage,
    consentPage,
    accountPage,
    rolePage,
  ],
  actions: [
    connexionAction,
    passkeyBegin,
    passkeyFinish,
    signOutAction,
    ...moves,
    candidateAction,
    conclusionAction,
    signatureAction,
    correctionAction,
    refusalAction,
    revocationAction,
    conversationAction,
    assignmentAction,
    handAnswer,
    handDecline,
    counterAction,
    simAction,
    consentsAction,
    consentAction,
    proofingAction,
    ...accountActions,
    passkeyEnrol,
    passkeyKeep,
    roleAction,
  ],
  assets: [assets({ prefix: "/assets/desk/", dir: new URL("./static/", import.meta.url) })],
  signInPath: officialSignIn,
  failure: (p, problem) =>
    shell(p, undefined, {
      title: words(p.lang).failedTitle,
      failed: true,
      main: failureOf(p, problem, { words: words(p.lang), home: "/bureau" }),
    }),
});
