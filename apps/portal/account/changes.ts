import { action, html, page, signedIn, T, type Html, type PageContext, type Problem } from "#kernel";
import { beginPasskey, confirmPhoneChange, finishPasskey, startPhoneChange } from "#identity/api";
import { actions, button, codeInput, errorFor, errorSummary, form, input } from "#ui";
import { fieldErrors, problemBanner } from "../problems.ts";
import { goTo, show } from "../shell.ts";
import { passkeyForm } from "../signin/passkey.ts";
import { words } from "./words.ts";

// ---- another telephone number
function phoneView(p: PageContext, typed = "", problem?: Problem): Html {
  const w = words(p.lang);
  const errors = fieldErrors(p, problem);
  return show(p, {
    title: w.changePhone,
    failed: problem !== undefined,
    crumbs: [{ href: "/compte", text: w.title }],
    main: html`<div class="t-text">
      ${errorSummary(p.lang, errors)} ${problemBanner(p, problem)}
      <h1>${w.changePhone}</h1>
      <p>${w.newPhoneText}</p>
      ${form(
        { action: "/compte/telephone", hidden: p.csrf },
        input({
          lang: p.lang,
          name: "phone",
          label: w.newPhone,
          type: "tel",
          autocomplete: "tel",
          width: 20,
          maxlength: 32,
          value: typed,
          error: errorFor(errors, "phone"),
        }),
        actions(button(w.send)),
      )}
    </div>`,
  });
}

function codeView(p: PageContext, challenge: string, problem?: Problem): Html {
  const w = words(p.lang);
  const errors = fieldErrors(p, problem);
  return show(p, {
    title: w.changePhone,
    failed: problem !== undefined,
    crumbs: [{ href: "/compte", text: w.title }],
    main: html`<div class="t-text">
      ${errorSummary(p.lang, errors)} ${problemBanner(p, problem)}
      <h1>${w.changePhone}</h1>
      ${form(
        { action: "/compte/telephone/code", hidden: p.csrf },
        html`<input type="hidden" name="challenge" value="${challenge}" />`,
        codeInput({ lang: p.lang, name: "code", label: w.code, error: errorFor(errors, "code") }),
        actions(button(w.confirm), html`<a href="/compte/telephone">${w.newPhone}</a>`),
      )}
    </div>`,
  });
}

export const phonePage = page({ id: "portal.phone", path: "/compte/telephone", who: signedIn(), render: (p) => phoneView(p) });

export const phoneAction = action({
  id: "portal.phone",
  path: "/compte/telephone",
  who: signedIn(),
  calls: [startPhoneChange],
  form: T.Object({ phone: T.String({ maxLength: 64 }) }),
  handle: async (a, { phone }) => codeView(a, (await a.call(startPhoneChange, { phone: phone.trim() })).challenge),
  failed: (a, sent, problem) => phoneView(a, String(sent.phone ?? ""), problem),
});

export const phoneCodePage = page({
  id: "portal.phone-code",
  path: "/compte/telephone/code",
  who: signedIn(),
  render: () => goTo("/compte/telephone"),
});

export const phoneCodeAction = action({
  id: "portal.phone-code",
  path: "/compte/telephone/code",
  who: signedIn(),
  calls: [confirmPhoneChange],
  form: T.Object({ challenge: T.String({ maxLength: 128 }), code: T.String({ maxLength: 32 }) }),
  handle: async (a, { challenge, code }) => {
    await a.call(confirmPhoneChange, { challenge, code: code.replace(/\s+/g, "") });
    return goTo("/compte", { fait: "oui" });
  },
  failed: (a, sent, problem) => codeView(a, String(sent.challenge ?? ""), problem),
});

// ---- a new passkey
function keyView(p: PageContext, challenge: { challenge: string; options: string } | undefined, problem?: Problem): Html {
  const w = words(p.lang);
  return show(p, {
    title: w.addKey,
    failed: problem !== undefined,
    scripts: ["passkey.js"],
    crumbs: [{ href: "/compte", text: w.title }],
    main: html`<div class="t-text">
      ${problemBanner(p, problem)}
      <h1>${w.addKey}</h1>
      <p>${w.passkeysText}</p>
      ${
        challenge
          ? passkeyForm(
              p,
              { kind: "create", action: "/compte/cles/fin", ...challenge, label: w.addKey },
              input({
                lang: p.lang,
                name: "label",
                label: w.keyLabel,
                hint: w.keyLabelHint,
                value: w.keyDefault,
                maxlength: 60,
                width: 20,
              }),
            )
          : form({ action: "/compte/cles", hidden: p.csrf }, actions(button(w.addKey)))
      }
      <noscript><p>${w.keyNoScript}</p></noscript>
    </div>`,
  });
}

export const keyPage = page({ id: "portal.passkey-new", path: "/compte/cles", who: signedIn(), render: (p) => keyView(p, undefined) });

export const keyAction = action({
  id: "portal.passkey-new",
  path: "/compte/cles",
  who: signedIn(),
  calls: [beginPasskey],
  handle: async (a) => keyView(a, await a.call(beginPasskey, {})),
});

export const keyDone = action({
  id: "portal.passkey-store",
  path: "/compte/cles/fin",
  who: signedIn(),
  calls: [finishPasskey],
  form: T.Object({
    challenge: T.String({ maxLength: 128 }),
    response: T.String({ maxLength: 16_384 }),
    label: T.String({ maxLength: 200 }),
  }),
  handle: async (a, { challenge, response, label }) => {
    await a.call(finishPasskey, { challenge, response, label: label.trim().slice(0, 60) || words(a.lang).keyDefault });
    return goTo("/compte", { fait: "oui" });
  },
  failed: (a, _sent, problem) => keyView(a, undefined, problem),
});
