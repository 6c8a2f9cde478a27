import {
  action,
  download,
  html,
  invalidInput,
  page,
  person,
  T,
  type Form,
  type Html,
  type OutputOf,
  type PageContext,
  type Problem,
} from "#kernel";
import { downloadDocument, listMessages, readCase, writeMessage } from "#services/api";
import { actions, banner, button, dateTime, errorFor, errorSummary, form, textarea } from "#ui";
import { fieldErrors, problemBanner } from "../problems.ts";
import { goTo } from "../shell.ts";
import { caseNumber, casePath, showCase } from "./parts.ts";
import { words } from "./words.ts";

const who = person({ level: "substantial" });

function view(
  p: PageContext,
  title: string,
  list: OutputOf<typeof listMessages>,
  o: { sent?: Form; problem?: Problem; done?: boolean } = {},
): Html {
  const w = words(p.lang);
  const errors = fieldErrors(p, o.problem);
  return showCase(
    p,
    { number: list.number, title },
    {
      title: w.messages,
      failed: o.problem !== undefined,
      main: html`<div class="t-text">
        ${errorSummary(p.lang, errors)} ${problemBanner(p, o.problem)} ${o.done ? banner(p.lang, "success", html`<p>${w.sent}</p>`) : ""}
        <h1>${w.messages}</h1>
        ${
          list.messages.length
            ? list.messages.map(
                (one) =>
                  html`<article class="${one.from === "applicant" ? "t-message t-mine" : "t-message"}">
                    <p class="t-source">${one.from === "applicant" ? w.you : one.author} · ${dateTime(p, one.at)}</p>
                    ${one.text.split(/\n+/).map((line) => html`<p>${line}</p>`)}
                  </article>`,
              )
            : html`<p class="t-soft">${w.messagesNone}</p>`
        }
        ${form(
          { action: casePath(list.number, "/messages"), hidden: p.csrf },
          textarea({
            lang: p.lang,
            name: "text",
            label: w.write,
            maxlength: 4000,
            value: typeof o.sent?.text === "string" ? o.sent.text : "",
            error: errorFor(errors, "text"),
          }),
          actions(button(w.send)),
        )}
      </div>`,
    },
  );
}

export const messagesPage = page({
  id: "portal.messages",
  path: "/dossiers/{number}/messages",
  who,
  reads: [readCase, listMessages],
  input: T.Object({ number: caseNumber, fait: T.Optional(T.String({ maxLength: 5 })) }),
  render: async (p, { number, fait }) => {
    const { procedure } = await p.call(readCase, { number });
    return view(p, procedure.title, await p.call(listMessages, { number }), { done: fait !== undefined });
  },
});

export const messageAction = action({
  id: "portal.message",
  path: "/dossiers/{number}/messages",
  who,
  calls: [readCase, listMessages, writeMessage],
  form: T.Object({ number: caseNumber, text: T.String() }),
  handle: async (a, { number, text }) => {
    if (!text.trim())
      throw invalidInput({ fields: [{ path: "text", message: { fr: words("fr").messageMissing, en: words("en").messageMissing } }] });
    await a.call(writeMessage, { number, text: text.trim() });
    return goTo(casePath(number, "/messages"), { fait: "oui" });
  },
  failed: async (a, sent, problem) => {
    const number = String(sent.number);
    const { procedure } = await a.call(readCase, { number });
    return view(a, procedure.title, await a.call(listMessages, { number }), { sent, problem });
  },
});

export const documentPage = page({
  id: "portal.document",
  path: "/dossiers/{number}/documents/{kind}",
  who,
  reads: [downloadDocument],
  input: T.Object({ number: caseNumber, kind: T.Enum(["act", "receipt", "letter"]) }),
  render: async (p, input) => {
    const file = await p.call(downloadDocument, input);
    return download(Buffer.from(file.content, "base64"), file.mediaType, file.fileName);
  },
});
