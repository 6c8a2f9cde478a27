import { beginPasskey, finishPasskey, readMyAccount } from "#identity/api";
import { action, html, official, seeOther, T, type ActionContext, type Html } from "#kernel";
import { banner, button } from "#ui";
import { sent } from "../screen.ts";
import { shell } from "../site.ts";
import { readStanding, standingReads } from "../standing.ts";
import { words } from "./words.ts";

const Label = T.String({ minLength: 1, maxLength: 60 });

/** The browser's own dialogue opens from this page; a plain form carries its answer. */
async function enrolling(a: ActionContext, label: string, failed: boolean): Promise<Html> {
  const w = words(a.lang);
  const { challenge, options } = await a.call(beginPasskey, {});
  return shell(a, await readStanding(a), {
    title: w.addTitle,
    current: "account",
    crumbs: [{ href: "/bureau/compte", text: w.title }],
    failed,
    scripts: ["passkey.js"],
    main: html`<h1>${w.addTitle}</h1>
      ${failed ? banner(a.lang, "problem", html`<p>${w.addFailed}</p>`) : html`<p class="t-lead" role="status">${w.addWait}</p>`}
      <noscript><p>${w.needsScript}</p></noscript>
      <form method="post" action="/bureau/compte/cles/reponse" data-passkey="create" data-options="${options}" data-failed="${w.addFailed}">
        <p class="t-error" role="alert" data-passkey-error></p>
        ${a.csrf}<input type="hidden" name="challenge" value="${challenge}" /><input type="hidden" name="label" value="${label}" /><input
          type="hidden"
          name="response"
        />
        <div class="t-actions">${button(w.add, { focus: true })} <a href="/bureau/compte">${w.back}</a></div>
      </form>`,
  });
}

export const passkeyEnrol = action({
  id: "desk.begin-passkey",
  path: "/bureau/compte/cles",
  who: official(),
  form: T.Object({ label: T.String({ maxLength: 60 }) }),
  calls: [beginPasskey, readMyAccount, ...standingReads],
  handle: (a, { label }) => enrolling(a, label.trim() || a.clock.today(), false),
});

export const passkeyKeep = action({
  id: "desk.finish-passkey",
  path: "/bureau/compte/cles/reponse",
  who: official(),
  form: T.Object({ challenge: T.String({ maxLength: 128 }), response: T.String({ maxLength: 16_384 }), label: Label }),
  calls: [beginPasskey, finishPasskey, ...standingReads],
  async handle(a, input) {
    await a.call(finishPasskey, input);
    return seeOther("/bureau/compte");
  },
  failed: (a, form) => enrolling(a, sent(form, "label") || a.clock.today(), true),
});
