import { assets, defineApp } from "#kernel";
import { staticDir, staticPrefix } from "#ui";
import { identityAction, identityPage, continueAction } from "./account/identity.ts";
import {
  keyAction,
  keyDone,
  keyPage as newKeyPage,
  phoneAction as newPhone,
  phoneCodeAction,
  phoneCodePage,
  phonePage as newPhonePage,
} from "./account/changes.ts";
import { consentGiven, consentPage, consentRefused, consentsPage, consentTakenBack, receiptFile } from "./account/consents.ts";
import { accountPage, endApplication, endOne, endOthers, removeKey, simAction } from "./account/page.ts";
import { cataloguePage } from "./catalogue/list.ts";
import { procedurePage, startAction, startPage } from "./catalogue/procedure.ts";
import { evidenceAction, evidencePage } from "./cases/evidence.ts";
import { abandonAction, casePage } from "./cases/hub.ts";
import { casesPage } from "./cases/list.ts";
import { documentPage, messageAction, messagesPage } from "./cases/messages.ts";
import { paymentAction, paymentPage, receiptPage } from "./cases/payment.ts";
import { questionsPage, sectionAction, sectionPage } from "./cases/questions.ts";
import { correctionAction, correctionPage, reviewAction, reviewPage } from "./cases/review.ts";
import { peoplePage, peopleShortcut } from "./demo/people.ts";
import { phonePage } from "./demo/phone.ts";
import { stylePage } from "./demo/style.ts";
import { accessibilityPage, failurePage, helpPage } from "./help/pages.ts";
import { homePage } from "./home/page.ts";
import { readsPage } from "./reads/page.ts";
import { proofPage } from "./reads/proof.ts";
import { query } from "./shell.ts";
import { beginKey, finishKey, keyPage } from "./signin/passkey.ts";
import { codeAction, codePage, phoneAction, signInPage } from "./signin/phone.ts";
import { onwardPage, shareAction, sharePage, signedOutPage, signOutAction } from "./signin/share.ts";
import * as verify from "./verify/page.ts";

/** The citizens' portal: pages over contracts, and nothing else. */
export const portal = defineApp({
  name: "portal",
  prefix: "/",
  assets: [assets({ prefix: `${staticPrefix}/`, dir: staticDir })],
  pages: [
    homePage,
    cataloguePage,
    procedurePage,
    startPage,
    signInPage,
    codePage,
    keyPage,
    sharePage,
    onwardPage,
    signedOutPage,
    accountPage,
    identityPage,
    newPhonePage,
    phoneCodePage,
    newKeyPage,
    consentsPage,
    consentPage,
    receiptFile,
    casesPage,
    casePage,
    evidencePage,
    questionsPage,
    sectionPage,
    reviewPage,
    correctionPage,
    paymentPage,
    receiptPage,
    messagesPage,
    documentPage,
    verify.verifyPage,
    verify.numberPage,
    verify.filePage,
    verify.codePage,
    verify.openedPage,
    readsPage,
    proofPage,
    peoplePage,
    peopleShortcut,
    stylePage,
    phonePage,
    helpPage,
    accessibilityPage,
  ],
  actions: [
    startAction,
    phoneAction,
    codeAction,
    beginKey,
    finishKey,
    shareAction,
    signOutAction,
    identityAction,
    continueAction,
    newPhone,
    phoneCodeAction,
    keyAction,
    keyDone,
    removeKey,
    endOne,
    endOthers,
    endApplication,
    simAction,
    consentGiven,
    consentRefused,
    consentTakenBack,
    evidenceAction,
    abandonAction,
    sectionAction,
    reviewAction,
    correctionAction,
    paymentAction,
    messageAction,
    verify.numberAction,
    verify.fileAction,
    verify.codeAction,
  ],
  signInPath: ({ url }) => query("/connexion", { retour: url }),
  raiseLevelPath: ({ url }) => query("/compte/identite", { retour: url }),
  failure: failurePage,
});
