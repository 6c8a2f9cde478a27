import { provePersons, reportSimChangeFor, startProofing } from "#identity/api";
import { html, official, seeOther, T, type Form } from "#kernel";
import { banner, button, columns, disclosure, form, input } from "#ui";
import { deskAction, deskPage, sent, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { words } from "./words.ts";

const Phone = T.String({ minLength: 4, maxLength: 32 });

const screen: Screen<{ signale?: string }> = {
  reads: [],
  async view(p, { signale }, again) {
    const w = words(p.lang);
    const phone = (value: string, id: string) =>
      input({
        lang: p.lang,
        name: "phone",
        id,
        label: w.phone,
        hint: w.phoneHint,
        type: "tel",
        inputmode: "tel",
        autocomplete: "off",
        width: 20,
        maxlength: 32,
        value,
      });
    return {
      title: w.title,
      current: "counter",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)} ${signale === "1" ? banner(p.lang, "success", html`<p>${w.simDone}</p>`) : ""}
        <h1>${w.title}</h1>
        <p class="t-lead">${w.lead}</p>
        ${columns(
          form(
            { action: "/bureau/guichet", hidden: p.csrf },
            phone(sent(again?.form, "phone"), "phone"),
            input({
              lang: p.lang,
              name: "identityNumber",
              label: w.number,
              hint: w.numberHint,
              inputmode: "numeric",
              autocomplete: "off",
              spellcheck: false,
              width: 20,
              maxlength: 40,
              value: sent(again?.form, "identityNumber"),
            }),
            html`<div class="t-actions">${button(w.start)}</div>`,
          ),
          disclosure(
            w.simTitle,
            form(
              { action: "/bureau/guichet/carte-sim", hidden: p.csrf },
              html`<p>${w.simLead}</p>`,
              phone("", "sim-phone"),
              html`<div class="t-actions">${button(w.simConfirm, { kind: "second" })}</div>`,
            ),
          ),
        )}`,
    };
  },
};

export const counterPage = deskPage({
  id: "desk.counter",
  path: "/bureau/guichet",
  who: official(provePersons),
  input: T.Object({ signale: T.Optional(T.String({ maxLength: 1 })) }),
  screen,
});

export const counterAction = deskAction({
  id: "desk.start-proofing",
  path: "/bureau/guichet",
  who: official(provePersons),
  form: T.Object({ phone: Phone, identityNumber: T.String({ minLength: 3, maxLength: 40 }) }),
  calls: [startProofing],
  async handle(a, { phone, identityNumber }) {
    const { proofing } = await a.call(startProofing, { phone: phone.trim(), identityNumber: identityNumber.replace(/[\s.-]/g, "") });
    return seeOther(`/bureau/guichet/${proofing}`);
  },
  back: screen,
  backInput: (_form: Form) => ({}),
});

export const simAction = deskAction({
  id: "desk.report-sim-change",
  path: "/bureau/guichet/carte-sim",
  who: official(provePersons),
  form: T.Object({ phone: Phone }),
  calls: [reportSimChangeFor],
  async handle(a, { phone }) {
    await a.call(reportSimChangeFor, { phone: phone.trim() });
    return seeOther("/bureau/guichet?signale=1");
  },
  back: screen,
  backInput: (_form: Form) => ({}),
});
