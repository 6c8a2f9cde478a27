import { action, html, invalidInput, page, signedIn, T, type Form, type Html, type PageContext, type Problem } from "#kernel";
import { readMyAccount, refreshSession, requestRegisterProof, type AccountView } from "#identity/api";
import {
  actions,
  banner,
  button,
  buttonLink,
  dateFrom,
  dateInput,
  dateTime,
  disclosure,
  errorFor,
  errorSummary,
  form,
  input,
  live,
  panel,
  progressBar,
  refreshNote,
} from "#ui";
import { fieldErrors, problemBanner } from "../problems.ts";
import { goTo, query, safeReturn, show } from "../shell.ts";
import { words } from "./words.ts";

const path = "/compte/identite";
const both = (key: "nipMissing" | "birthWrong") => ({ fr: words("fr")[key], en: words("en")[key] });

function hiddenReturn(retour: string | undefined): Html | "" {
  return retour ? html`<input type="hidden" name="retour" value="${safeReturn(retour)}" />` : "";
}

/** Why more than a telephone is needed, and the two ways to get there. */
function askView(p: PageContext, account: AccountView, retour: string | undefined, sent: Form = {}, problem?: Problem): Html {
  const w = words(p.lang);
  const errors = fieldErrors(p, problem);
  const text = (name: string) => (typeof sent[name] === "string" ? sent[name] : "");
  const told = {
    "no-match": [w.noMatch, w.noMatchText],
    "sim-recent": [w.simRecent, w.simRecentText],
    unavailable: [w.unavailable, w.unavailableText],
  }[account.proof.state as string];
  return show(p, {
    title: w.identity,
    failed: problem !== undefined,
    main: html`<div class="t-text">
      ${errorSummary(p.lang, errors)} ${problemBanner(p, problem)}
      ${told && !problem ? banner(p.lang, "problem", html`<p>${told[1]}</p>`, told[0]) : ""}
      <h1>${w.identity}</h1>
      ${disclosure(w.why, html`<p>${w.whyText}</p>`, account.proof.state === "none")}
      <h2>${w.how}</h2>
      <p>${w.howText}</p>
      ${form(
        { action: path, hidden: p.csrf },
        hiddenReturn(retour),
        input({
          lang: p.lang,
          name: "identityNumber",
          label: w.nip,
          hint: w.nipHint,
          inputmode: "numeric",
          autocomplete: "off",
          width: 20,
          maxlength: 40,
          value: text("identityNumber"),
          error: errorFor(errors, "identityNumber"),
        }),
        dateInput({
          lang: p.lang,
          name: "birthDate",
          label: w.birth,
          hint: w.birthHint,
          birthday: true,
          value: { day: text("birthDate.day"), month: text("birthDate.month"), year: text("birthDate.year") },
          error: errorFor(errors, "birthDate"),
        }),
        actions(button(w.ask)),
      )}
      <h2>${w.counter}</h2>
      <p>${w.counterText}</p>
    </div>`,
  });
}

function waitingView(p: PageContext, account: AccountView, retour: string | undefined, stopped: boolean): Html {
  const w = words(p.lang);
  const here = (more: Record<string, string>) => query(path, { retour, ...more });
  return show(p, {
    title: w.waiting,
    ...(stopped ? {} : { scripts: ["waiting.js"], refresh: 4 }),
    main: html`<div class="t-text">
      <h1>${w.waiting}</h1>
      ${live(
        "state",
        html`<p>${w.waitingText}</p>
          ${account.proof.since ? html`<p class="t-soft">${w.asked(dateTime(p, account.proof.since))}</p>` : ""}`,
      )}
      ${progressBar(w.waiting)}
      ${refreshNote(p.lang, { path: here({}), seconds: 4, stopped, stopPath: here({ arret: "oui" }), resumePath: here({}) })}
    </div>`,
  });
}

export const identityPage = page({
  id: "portal.identity",
  path,
  who: signedIn(),
  reads: [readMyAccount],
  input: T.Object({ retour: T.Optional(T.String({ maxLength: 500 })), arret: T.Optional(T.String({ maxLength: 5 })) }),
  render: async (p, { retour, arret }) => {
    const w = words(p.lang);
    const account = await p.call(readMyAccount, {});
    const onward = safeReturn(retour, "/compte");
    if (account.level !== "low")
      return show(p, {
        title: w.already,
        main: html`<div class="t-text">${panel(w.already, w.alreadyText)}${actions(buttonLink(onward, w.go))}</div>`,
      });
    if (account.reachable !== "low")
      return show(p, {
        title: w.matched,
        main: html`<div class="t-text">
          ${panel(w.matched, w.matchedText)}
          ${form({ action: "/compte/continuer", hidden: p.csrf }, hiddenReturn(retour), actions(button(w.go)))}
        </div>`,
      });
    if (account.proof.state === "waiting") return waitingView(p, account, retour, arret !== undefined);
    return askView(p, account, retour);
  },
});

export const identityAction = action({
  id: "portal.identity",
  path,
  who: signedIn(),
  calls: [requestRegisterProof, readMyAccount],
  handle: async (a, sent) => {
    const number = typeof sent.identityNumber === "string" ? sent.identityNumber.replace(/\s+/g, "") : "";
    const birthDate = dateFrom(sent, "birthDate");
    const fields = [
      ...(number ? [] : [{ path: "identityNumber", message: both("nipMissing") }]),
      ...(birthDate ? [] : [{ path: "birthDate", message: both("birthWrong") }]),
    ];
    if (!number || !birthDate) throw invalidInput({ fields });
    await a.call(requestRegisterProof, { identityNumber: number, birthDate });
    return goTo(path, { retour: typeof sent.retour === "string" ? safeReturn(sent.retour) : undefined });
  },
  failed: async (a, sent, problem) =>
    askView(a, await a.call(readMyAccount, {}), typeof sent.retour === "string" ? sent.retour : undefined, sent, problem),
});

/** The session rises to what the account has reached: a new session, a new cookie. */
export const continueAction = action({
  id: "portal.continue",
  path: "/compte/continuer",
  who: signedIn(),
  calls: [refreshSession],
  form: T.Object({ retour: T.Optional(T.String({ maxLength: 500 })) }),
  handle: async (a, { retour }) => {
    const session = await a.call(refreshSession, {});
    a.signIn(session.token, session.device);
    return goTo(safeReturn(retour, "/compte"));
  },
});
