/** One request: how it stands, and at the counter the code the person reads out. */
import { askConsents, concludeConsent, readConsentAsked } from "#exchange/api";
import { html, official, seeOther, T, type Form } from "#kernel";
import { banner, button, codeInput, dateTime, errorSummary, facts, form } from "#ui";
import { deskAction, deskPage, sent, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { path, stateTag } from "./list.ts";
import { words } from "./words.ts";

const uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });

const screen: Screen<{ id: string; guichet?: string; fait?: string }> = {
  reads: [readConsentAsked],
  async view(p, { id, guichet, fait }, again) {
    const w = words(p.lang);
    const one = await p.call(readConsentAsked, { id });
    const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path, message: p.say(f.message) }));
    return {
      title: w.one,
      current: "consents",
      crumbs: [{ href: path, text: w.title }],
      failed: Boolean(again),
      main: html`${errors.length > 0 ? errorSummary(p.lang, errors) : refusalOf(p, again?.problem)}
        ${fait === "1" ? banner(p.lang, "success", html`<p>${w.given}</p>`) : ""}
        <h1>${one.service.title} ${stateTag(p, one.state)}</h1>
        <div class="t-panes">
          <section class="t-narrow">
            ${facts(p.lang, [
              { key: w.what, value: one.fields.join(", ") },
              { key: w.provider, value: one.provider.name },
              { key: w.purpose, value: one.purpose },
              one.issue ? { key: w.issueShort, value: one.issue } : null,
              { key: w.basis, value: one.basis },
              { key: w.when, value: dateTime(p, one.askedAt) },
              one.state === "asked" ? { key: w.lapses, value: dateTime(p, one.lapsesAt) } : null,
              one.until ? { key: w.until, value: dateTime(p, one.until) } : null,
            ])}
          </section>
          ${
            one.state === "asked" && (guichet === "1" || again)
              ? html`<section>
                  <h2>${w.counter}</h2>
                  <p>${w.counterText}</p>
                  ${form(
                    { action: `${path}/${one.id}`, hidden: p.csrf },
                    codeInput({
                      lang: p.lang,
                      name: "code",
                      label: w.code,
                      autocomplete: "off",
                      error: errors.find((e) => e.path === "code")?.message,
                    }),
                    html`<div class="t-actions">${button(w.conclude)}</div>`,
                  )}
                </section>`
              : ""
          }
          ${
            one.state === "given"
              ? html`<section>
                  <h2>${w.use}</h2>
                  <p class="t-mono">${one.id}</p>
                  <p class="t-source">${w.useText}</p>
                </section>`
              : ""
          }
        </div>`,
    };
  },
};

export const consentPage = deskPage({
  id: "desk.consent",
  path: `${path}/{id}`,
  who: official(askConsents),
  input: T.Object({ id: uuid, guichet: T.Optional(T.String({ maxLength: 1 })), fait: T.Optional(T.String({ maxLength: 1 })) }),
  screen,
});

export const consentAction = deskAction({
  id: "desk.conclude-consent",
  path: `${path}/{id}`,
  who: official(askConsents),
  form: T.Object({ id: uuid, code: T.String({ minLength: 1, maxLength: 32 }) }),
  calls: [concludeConsent],
  async handle(a, { id, code }) {
    await a.call(concludeConsent, { id, code: code.replace(/\s/g, "") });
    return seeOther(`${path}/${id}?fait=1`);
  },
  back: screen,
  backInput: (form: Form) => ({ id: sent(form, "id") }),
});
