import { action, anyone, html, page, T, type Html, type PageContext, type Problem } from "#kernel";
import { beginPasskeySignIn, finishPasskeySignIn } from "#identity/api";
import { actions, attributes, button, form } from "#ui";
import { problemBanner } from "../problems.ts";
import { goTo, query, show } from "../shell.ts";
import { enter, hiddenOnward, onwardFields, type Onward } from "./phone.ts";
import { words } from "./words.ts";

/** A form that passkey.js fills: the browser's answer goes into `response`, then the form is sent. */
export function passkeyForm(
  p: PageContext,
  options: { kind: "get" | "create"; action: string; challenge: string; options: string; label: string },
  ...content: Html[]
): Html {
  return html`<form
    method="post"
    action="${options.action}"
    ${attributes({ "data-passkey": options.kind, "data-options": options.options, "data-failed": words(p.lang).keyFailed })}
  >
    ${p.csrf}<input type="hidden" name="challenge" value="${options.challenge}" /><input type="hidden" name="response" value="" />
    ${content}
    <p role="alert" data-passkey-error></p>
    ${actions(button(options.label, { disabled: true }))}
  </form>`;
}

function keyView(p: PageContext, onward: Onward, challenge: { challenge: string; options: string }): Html {
  const w = words(p.lang);
  return show(p, {
    title: w.keyTitle,
    scripts: ["passkey.js"],
    main: html`<div class="t-text">
      <h1>${w.keyTitle}</h1>
      <p>${w.keyText}</p>
      ${passkeyForm(p, { kind: "get", action: "/connexion/cle/fin", ...challenge, label: w.keyButton }, hiddenOnward(onward))}
      <noscript><p>${w.keyNoScript}</p></noscript>
      <p><a href="${query("/connexion", { ...onward })}">${w.keyBack}</a></p>
    </div>`,
  });
}

export const beginKey = action({
  id: "portal.passkey-begin",
  path: "/connexion/cle",
  who: anyone(),
  calls: [beginPasskeySignIn],
  form: T.Object(onwardFields),
  handle: async (a, onward) => keyView(a, onward, await a.call(beginPasskeySignIn, {})),
});

export const keyPage = page({ id: "portal.passkey", path: "/connexion/cle", who: anyone(), render: () => goTo("/connexion") });

function keyFailed(p: PageContext, onward: Onward, problem: Problem): Html {
  const w = words(p.lang);
  return show(p, {
    title: w.keyTitle,
    failed: true,
    main: html`<div class="t-text">
      ${problemBanner(p, problem)}
      <h1>${w.keyTitle}</h1>
      ${form({ action: "/connexion/cle", hidden: p.csrf }, hiddenOnward(onward), actions(button(w.keyButton), html`<a href="${query("/connexion", { ...onward })}">${w.keyBack}</a>`))}
    </div>`,
  });
}

export const finishKey = action({
  id: "portal.passkey-finish",
  path: "/connexion/cle/fin",
  who: anyone(),
  calls: [finishPasskeySignIn],
  form: T.Object({ ...onwardFields, challenge: T.String({ maxLength: 128 }), response: T.String({ maxLength: 16_384 }) }),
  handle: async (a, { challenge, response, ...onward }) => enter(a, await a.call(finishPasskeySignIn, { challenge, response }), onward),
  failed: (a, sent, problem) => keyFailed(a, sent as Onward, problem),
});
