import { handleCases, listMessages, writeMessage, type MessageView } from "#services/api";
import { html, invalidInput, official, seeOther, T, type Html, type PageContext } from "#kernel";
import { button, dateTime, empty, form, textarea } from "#ui";
import { deskAction, sent } from "../screen.ts";
import { words as common } from "../words.ts";
import { words } from "./decide.words.ts";
import { caseRefOf, stepPage, stepScreen, wrongField } from "./step.ts";

function bubble(p: PageContext, one: MessageView): Html {
  const mine = one.from === "office";
  return html`<li class="t-message${mine ? " t-mine" : ""}">
    <p class="t-source">
      <b>${mine ? one.author : words(p.lang).fromApplicant}</b> · <time datetime="${one.at}">${dateTime(p, one.at)}</time>
    </p>
    ${one.text.split(/\n{2,}/).map((part) => html`<p>${part}</p>`)}
  </li>`;
}

const screen = stepScreen({
  title: (p) => words(p.lang).messagesTitle,
  reads: [listMessages],
  keys: (p) => [{ keys: "E", text: words(p.lang).keyWrite }],
  async body(p, file, again) {
    const w = words(p.lang);
    const { messages } = await p.call(listMessages, { number: file.number });
    return html`${
      messages.length
        ? html`<ol class="t-plainlist">
            ${messages.map((one) => bubble(p, one))}
          </ol>`
        : empty(w.noMessage, html`<p>${w.noMessageText}</p>`)
    }
    ${form(
      { action: `/bureau/dossiers/${file.number}/messages`, hidden: p.csrf },
      textarea({
        lang: p.lang,
        name: "text",
        label: html`${w.write} <kbd aria-hidden="true">E</kbd>`,
        hint: w.messagesLead,
        rows: 4,
        maxlength: 4000,
        key: "e",
        value: sent(again?.form, "text"),
        error: wrongField(again, "text") ? w.messageMissing : undefined,
      }),
      html`<div class="t-actions">
        ${button(w.send)}
        <a href="/bureau/dossiers/${file.number}" data-key="q" accesskey="q">${common(p.lang).back} <kbd aria-hidden="true">Q</kbd></a>
      </div>`,
    )}`;
  },
});

export const conversationPage = stepPage("desk.conversation", "messages", screen);
export const conversationAction = deskAction({
  id: "desk.write-message",
  path: "/bureau/dossiers/{number}/messages",
  who: official(handleCases),
  form: T.Object({ number: T.String({ minLength: 6, maxLength: 32 }), text: T.String({ maxLength: 4000 }) }),
  calls: [writeMessage],
  async handle(a, { number, text }) {
    if (!text.trim())
      throw invalidInput({ fields: [{ path: "text", message: { fr: words("fr").messageMissing, en: words("en").messageMissing } }] });
    await a.call(writeMessage, { number, text: text.trim() });
    return seeOther(`/bureau/dossiers/${number}/messages`);
  },
  back: screen,
  backInput: caseRefOf,
});
