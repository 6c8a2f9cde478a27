import { beginPasskeySignIn, finishPasskeySignIn, readDemoCodes, signInOfficial, signOut } from "#identity/api";
import { action, anyone, html, page, seeOther, signedIn, T, type ActionContext, type Html, type PageContext, type Problem } from "#kernel";
import { banner, button, codeInput, columns, disclosure, errorSummary, form, input, table } from "#ui";
import { sent } from "../screen.ts";
import { shell } from "../site.ts";
import { words } from "./words.ts";

const arrived = "arrivee=1";

/** Only pages of the house may follow a sign-in, never an address from outside. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(bureau|console)(?=[/?]|$)(?!\/\/)/.test(next) && !next.includes("\\") ? next : "/bureau";
}

const nextField = (next: string): Html => html`<input type="hidden" name="suite" value="${next}" />`;

async function demoAccounts(p: PageContext): Promise<Html | ""> {
  if (!p.config.demo) return "";
  const w = words(p.lang);
  const { officials } = await p.call(readDemoCodes, {});
  if (officials.length === 0) return "";
  return disclosure(
    w.demo,
    html`<p class="t-source">${w.demoLead} <a href="/demonstration">${w.demoPage}</a></p>
      ${table({
        caption: w.demo,
        hideCaption: true,
        columns: [{ head: w.username }, { head: w.code }],
        rows: officials.map((one) => [
          html`<code>${one.username}</code>
            <div class="t-source">${one.name}</div>`,
          html`<span class="t-mono">${one.code}</span>
            <div class="t-source">${w.demoCode(one.secondsLeft)}</div>`,
        ]),
      })}`,
  );
}

async function signInPage(p: PageContext, next: string, again?: { problem: Problem; username: string }): Promise<Html> {
  const w = words(p.lang);
  const noRole = next.includes(arrived);
  return shell(p, undefined, {
    title: w.title,
    failed: Boolean(again),
    main: columns(
      html`${again ? errorSummary(p.lang, [{ path: "username", message: p.say(again.problem.more.detail ?? again.problem.kind.title) }]) : ""}
        ${noRole && !again ? banner(p.lang, "problem", html`<p>${w.noRole}</p>`) : ""}
        <h1>${w.title}</h1>
        <p class="t-lead">${w.lead}</p>
        ${form(
          { action: "/bureau/connexion", hidden: html`${p.csrf}${nextField(next)}` },
          input({
            lang: p.lang,
            name: "username",
            label: w.username,
            value: again?.username ?? "",
            width: 20,
            autocomplete: "username",
            spellcheck: false,
            maxlength: 64,
          }),
          input({
            lang: p.lang,
            name: "password",
            label: w.password,
            type: "password",
            width: 20,
            autocomplete: "current-password",
            maxlength: 256,
          }),
          codeInput({ lang: p.lang, name: "code", label: w.code, hint: w.codeHint, maxlength: 8 }),
          html`<div class="t-actions">${button(w.signIn)}</div>`,
        )}`,
      html`<section class="t-box">
          <h2>${w.passkeyTitle}</h2>
          <p>${w.passkeyLead}</p>
          ${form({ action: "/bureau/connexion/cle", hidden: html`${p.csrf}${nextField(next)}` }, button(w.passkey, { kind: "second" }))}
          <noscript><p class="t-source">${w.passkeyScript}</p></noscript>
        </section>
        ${await demoAccounts(p)}
        <p class="t-source">${w.citizen} <a href="/">${w.citizenLink}</a></p>`,
    ),
  });
}

export const connexionPage = page({
  id: "desk.sign-in",
  path: "/bureau/connexion",
  who: anyone(),
  reads: [readDemoCodes],
  async render(p) {
    const next = safeNext(p.query.suite);
    if (p.caller.kind === "official") return seeOther(next);
    return signInPage(p, next);
  },
});

/** Where a fresh session goes: should no role be in force, the sign-in page comes back and says so. */
function onward(next: string): string {
  return next === "/bureau" || next.includes(arrived) ? `/bureau?${arrived}` : next;
}

export const connexionAction = action({
  id: "desk.sign-in.password",
  path: "/bureau/connexion",
  who: anyone(),
  form: T.Object({
    username: T.String({ maxLength: 64 }),
    password: T.String({ maxLength: 256 }),
    code: T.String({ maxLength: 12 }),
    suite: T.Optional(T.String({ maxLength: 500 })),
  }),
  calls: [signInOfficial, readDemoCodes],
  async handle(a, { username, password, code, suite }) {
    const session = await a.call(signInOfficial, {
      username: username.trim(),
      password,
      code: code.replace(/\s/g, ""),
      ...(a.device ? { device: a.device } : {}),
    });
    a.signIn(session.token, session.device);
    return seeOther(onward(safeNext(suite)));
  },
  failed: (a, sentForm, problem) => signInPage(a, safeNext(sent(sentForm, "suite")), { problem, username: sent(sentForm, "username") }),
});

async function passkeyPage(a: ActionContext, next: string, failed: boolean): Promise<Html> {
  const w = words(a.lang);
  const { challenge, options } = await a.call(beginPasskeySignIn, {});
  return shell(a, undefined, {
    title: w.passkeyTitle,
    failed,
    scripts: ["passkey.js"],
    main: html`<h1>${w.passkeyTitle}</h1>
      ${failed ? banner(a.lang, "problem", html`<p>${w.passkeyFailed}</p>`) : html`<p class="t-lead" role="status">${w.passkeyWait}</p>`}
      <noscript><p>${w.passkeyScript}</p></noscript>
      <form
        method="post"
        action="/bureau/connexion/cle/reponse"
        data-passkey="get"
        data-options="${options}"
        data-failed="${w.passkeyFailed}"
      >
        <p class="t-error" role="alert" data-passkey-error></p>
        ${a.csrf}${nextField(next)}<input type="hidden" name="challenge" value="${challenge}" /><input type="hidden" name="response" />
        <div class="t-actions">
          ${button(failed ? w.passkeyAgain : w.passkey, { focus: true })}
          <a href="/bureau/connexion?${new URLSearchParams({ suite: next }).toString()}">${w.password2}</a>
        </div>
      </form>`,
  });
}

export const passkeyBegin = action({
  id: "desk.sign-in.passkey",
  path: "/bureau/connexion/cle",
  who: anyone(),
  form: T.Object({ suite: T.Optional(T.String({ maxLength: 500 })) }),
  calls: [beginPasskeySignIn],
  handle: (a, { suite }) => passkeyPage(a, safeNext(suite), false),
});

export const passkeyFinish = action({
  id: "desk.sign-in.passkey-answer",
  path: "/bureau/connexion/cle/reponse",
  who: anyone(),
  form: T.Object({
    suite: T.Optional(T.String({ maxLength: 500 })),
    challenge: T.String({ maxLength: 128 }),
    response: T.String({ maxLength: 16_384 }),
  }),
  calls: [beginPasskeySignIn, finishPasskeySignIn],
  async handle(a, { suite, challenge, response }) {
    const session = await a.call(finishPasskeySignIn, { challenge, response });
    a.signIn(session.token, session.device);
    return seeOther(onward(safeNext(suite)));
  },
  failed: (a, sentForm) => passkeyPage(a, safeNext(sent(sentForm, "suite")), true),
});

export const signOutAction = action({
  id: "desk.sign-out",
  path: "/bureau/deconnexion",
  who: signedIn(),
  calls: [signOut],
  async handle(a) {
    await a.call(signOut, {});
    a.signOut();
    return seeOther("/bureau/connexion");
  },
});
