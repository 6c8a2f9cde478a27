import { assets, defineApp, html, type Html, type PageContext, type Problem } from "#kernel";
import { banner, buttonLink } from "#ui";
import { accountActions, accountPage } from "./account/page.ts";
import { passkeyEnrol, passkeyKeep } from "./account/passkey.ts";
import { assignmentAction, assignmentPage } from "./case/assignment.ts";
import { candidateAction, candidatePage } from "./case/candidate.ts";
import { conversationAction, conversationPage } from "./case/conversation.ts";
import { correctionAction, correctionPage } from "./case/correction.ts";
import { conclusionAction, conclusionPage, signatureAction, signaturePage } from "./case/decision.ts";
import { documentPage } from "./case/document.ts";
import { moves } from "./case/moves.ts";
import { casePage, nextCasePage } from "./case/page.ts";
import { refusalAction, refusalPage } from "./case/refusal.ts";
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
    conversationPage,
    assignmentPage,
    documentPage,
    handListPage,
    nextRequestPage,
    handRequestPage,
    counterPage,
    proofingPage,
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
    conversationAction,
    assignmentAction,
    handAnswer,
    handDecline,
    counterAction,
    simAction,
    proofingAction,
    ...accountActions,
    passkeyEnrol,
    passkeyKeep,
    roleAction,
  ],
  assets: [assets({ prefix: "/assets/desk/", dir: new URL("./static/", import.meta.url) })],
  signInPath: (p) => `/bureau/connexion?${new URLSearchParams({ suite: p.url }).toString()}`,
  failure,
});

/** What went wrong, who can act, and a way on; a citizen who strayed here is shown the officials' sign-in. */
function failure(p: PageContext, problem: Problem): Html {
  const w = words(p.lang);
  const official = p.caller.kind === "official";
  const hint =
    problem.status === 404
      ? w.missing
      : problem.status === 403
        ? w.forbidden
        : problem.status >= 500 || problem.status === 429
          ? w.later
          : "";
  return shell(p, undefined, {
    title: w.failedTitle,
    failed: true,
    main: html`<h1>${w.failedTitle}</h1>
      ${banner(
        p.lang,
        "problem",
        html`<p><b>${p.say(problem.kind.title)}</b></p>
          ${problem.more.detail ? html`<p>${p.say(problem.more.detail)}</p>` : ""}
          <p>${hint}</p>`,
        w.notDone,
      )}
      <p class="t-source">${w.code} <code>${problem.code}</code></p>
      <div class="t-actions">
        ${buttonLink(official ? "/bureau" : "/bureau/connexion", official ? w.failedHome : w.signIn, "second", "q")}
      </div>`,
  });
}
