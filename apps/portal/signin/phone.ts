import {
  action,
  anyone,
  html,
  invalidInput,
  page,
  T,
  type ActionContext,
  type Html,
  type PageContext,
  type Problem,
  type Reply,
} from "#kernel";
import { startPhoneSignIn, verifyPhoneCode, type Session } from "#identity/api";
import { actions, button, codeInput, disclosure, errorFor, errorSummary, form, input, inset, phone as shownPhone } from "#ui";
import { fieldErrors, problemBanner } from "../problems.ts";
import { goTo, query, safeReturn, show } from "../shell.ts";
import { words } from "./words.ts";

/** Where to go afterwards: back to a page of ours, or on to the application that sent the browser here. */
export interface Onward {
  retour?: string | undefined;
  interaction?: string | undefined;
}
export const onwardFields = {
  retour: T.Optional(T.String({ maxLength: 500 })),
  interaction: T.Optional(T.String({ pattern: "^[A-Za-z0-9_-]{16,128}$" })),
};

export function hiddenOnward(onward: Onward): Html {
  return html`${onward.retour ? html`<input type="hidden" name="retour" value="${safeReturn(onward.retour)}" />` : ""}
  ${onward.interaction ? html`<input type="hidden" name="interaction" value="${onward.interaction}" />` : ""}`;
}

/** Puts the session in the cookie and goes on. An official landing here goes to the desk, where the work is. */
export function enter(a: ActionContext, session: Session, onward: Onward): Reply {
  a.signIn(session.token, session.device);
  if (onward.interaction) return goTo("/connexion/suite", { interaction: onward.interaction });
  return goTo(safeReturn(onward.retour, session.kind === "official" ? "/bureau" : "/dossiers"));
}

function phoneView(p: PageContext, onward: Onward, typed = "", problem?: Problem): Html {
  const w = words(p.lang);
  const errors = fieldErrors(p, problem);
  return show(p, {
    title: w.title,
    failed: problem !== undefined,
    main: html`<div class="t-text">
      ${errorSummary(p.lang, errors)} ${problemBanner(p, problem)}
      <h1>${w.title}</h1>
      <p>${w.intro}</p>
      ${form(
        { action: "/connexion", hidden: p.csrf },
        hiddenOnward(onward),
        input({
          lang: p.lang,
          name: "phone",
          label: w.phone,
          hint: w.phoneHint("+221"),
          type: "tel",
          autocomplete: "tel",
          width: 20,
          maxlength: 32,
          value: typed,
          error: errorFor(errors, "phone"),
        }),
        actions(button(w.send)),
      )}
      ${inset(html`<p>${w.noAccount}</p>`)}
      <h2>${w.passkey}</h2>
      <p>${w.passkeyText}</p>
      ${form({ action: "/connexion/cle", hidden: p.csrf }, hiddenOnward(onward), button(w.passkey, { kind: "second" }))}
      <p class="t-soft">${w.official} <a href="/bureau/connexion">${w.officialLink}</a></p>
    </div>`,
  });
}

interface Sent {
  challenge: string;
  phone: string;
  reference: string;
  resendAfter: number;
  sendsIn: number;
}

function codeView(p: PageContext, onward: Onward, sent: Sent, problem?: Problem): Html {
  const w = words(p.lang);
  const errors = fieldErrors(p, problem);
  const shown = shownPhone(p, sent.phone);
  return show(p, {
    title: w.codeTitle,
    failed: problem !== undefined,
    main: html`<div class="t-text">
      ${errorSummary(p.lang, errors)} ${problemBanner(p, problem)}
      <h1>${w.codeTitle}</h1>
      <p>${w.codeSent(shown)} ${sent.reference ? w.codeReference(sent.reference) : ""}</p>
      ${sent.sendsIn > 0 ? inset(html`<p>${w.codeHeld(sent.sendsIn)}</p>`) : ""}
      ${
        p.config.demo
          ? inset(
              html`<p>
                ${w.codeDemo}
                <a href="${query("/telephone", { numero: sent.phone })}" target="telephone">${w.codeDemoLink}</a>
              </p>`,
            )
          : ""
      }
      ${form(
        { action: "/connexion/code", hidden: p.csrf },
        hiddenOnward(onward),
        html`<input type="hidden" name="challenge" value="${sent.challenge}" /><input
            type="hidden"
            name="phone"
            value="${sent.phone}"
          /><input type="hidden" name="reference" value="${sent.reference}" />`,
        codeInput({ lang: p.lang, name: "code", label: w.code, hint: w.codeHint, error: errorFor(errors, "code") }),
        actions(button(w.enter)),
      )}
      ${disclosure(
        w.nothing,
        html`<p>${w.nothingText(sent.resendAfter)}</p>
          ${form(
            { action: "/connexion", hidden: p.csrf },
            hiddenOnward(onward),
            html`<input type="hidden" name="phone" value="${sent.phone}" />`,
            actions(button(w.again, { kind: "second" }), html`<a href="${query("/connexion", { ...onward })}">${w.other}</a>`),
          )}`,
      )}
    </div>`,
  });
}

export const signInPage = page({
  id: "portal.sign-in",
  path: "/connexion",
  who: anyone(),
  input: T.Object({ ...onwardFields, level: T.Optional(T.String({ maxLength: 20 })) }),
  render: (p, onward) => {
    // Someone signed in who comes here to go on elsewhere goes on at once.
    if (p.caller.kind === "person" && !onward.interaction) return goTo(safeReturn(onward.retour));
    return phoneView(p, onward);
  },
});

const phoneMissing = { fr: words("fr").phoneMissing, en: words("en").phoneMissing };
const codeMissing = { fr: words("fr").codeMissing, en: words("en").codeMissing };

export const phoneAction = action({
  id: "portal.sign-in-phone",
  path: "/connexion",
  who: anyone(),
  calls: [startPhoneSignIn],
  form: T.Object({ ...onwardFields, phone: T.String({ maxLength: 64 }) }),
  handle: async (a, { phone, ...onward }) => {
    if (!phone.trim()) throw invalidInput({ fields: [{ path: "phone", message: phoneMissing }] });
    const sent = await a.call(startPhoneSignIn, { phone: phone.trim(), ...(a.device ? { device: a.device } : {}) });
    return codeView(a, onward, sent);
  },
  failed: (a, sent, problem) => phoneView(a, sent as Onward, String(sent.phone ?? ""), problem),
});

export const codeAction = action({
  id: "portal.sign-in-code",
  path: "/connexion/code",
  who: anyone(),
  calls: [verifyPhoneCode],
  form: T.Object({
    ...onwardFields,
    challenge: T.String({ maxLength: 128 }),
    phone: T.String({ maxLength: 64 }),
    reference: T.Optional(T.String({ maxLength: 16 })),
    code: T.String({ maxLength: 32 }),
  }),
  handle: async (a, sent) => {
    // People copy codes with spaces; the code itself never holds one.
    const code = sent.code.replace(/\s+/g, "");
    if (!code) throw invalidInput({ fields: [{ path: "code", message: codeMissing }] });
    const session = await a.call(verifyPhoneCode, { challenge: sent.challenge, code, ...(a.device ? { device: a.device } : {}) });
    return enter(a, session, sent);
  },
  failed: (a, form, problem) =>
    codeView(
      a,
      form as Onward,
      {
        challenge: String(form.challenge ?? ""),
        phone: String(form.phone ?? ""),
        reference: String(form.reference ?? ""),
        resendAfter: 30,
        sendsIn: 0,
      },
      problem,
    ),
});

/** After a refresh of the code page there is no form to show again: begin anew. */
export const codePage = page({
  id: "portal.sign-in-code",
  path: "/connexion/code",
  who: anyone(),
  render: () => goTo("/connexion"),
});
