import { handleCases, requestCorrection, type DeskCase } from "#services/api";
import { action, html, invalidInput, official, seeOther, type Form } from "#kernel";
import { button, errorSummary, form, hiddenText, textarea } from "#ui";
import { sent } from "../screen.ts";
import { shell } from "../site.ts";
import { readStanding, standingReads } from "../standing.ts";
import { words as common } from "../words.ts";
import { words } from "./decide.words.ts";
import { caseRefOf, stepPage, stepScreen, versionOf, wrongField } from "./step.ts";

/** The answer as the applicant gave it, found by its field. */
function given(file: DeskCase, path: string): string {
  return file.answers.flatMap((section) => section.rows).find((row) => row.path === path)?.value ?? "–";
}

const screen = stepScreen({
  title: (p) => words(p.lang).correctTitle,
  keys: (p) => [{ keys: "1", text: html`<kbd>9</kbd> ${words(p.lang).keyField}` }],
  body(p, file, again) {
    const w = words(p.lang);
    if (file.correctable.length === 0) return html`<p>${w.noneCorrectable}</p>`;
    const first = file.correctable[0];
    const errors = wrongField(again, "fields") && first ? [{ path: `field:${first.path}`, message: w.correctMissing }] : [];
    return html`${errorSummary(p.lang, errors)}
      <p class="t-lead">${w.correctLead}</p>
      ${form(
        { action: `/bureau/dossiers/${file.number}/correction`, hidden: versionOf(p, file) },
        file.correctable.map(
          (field, i) =>
            html`<div class="d-field">
              <p><b>${field.label}</b> ${i < 9 ? html`<kbd aria-hidden="true">${i + 1}</kbd>` : ""}<br />${given(file, field.path)}</p>
              ${textarea({
                lang: p.lang,
                name: `field:${field.path}`,
                label: html`<span class="t-part">${w.wrong}</span>${hiddenText(`: ${field.label}`)}`,
                rows: 2,
                maxlength: 500,
                value: sent(again?.form, `field:${field.path}`),
                ...(i < 9 ? { key: String(i + 1) } : {}),
              })}
            </div>`,
        ),
        textarea({ lang: p.lang, name: "note", label: w.note, optional: true, rows: 3, maxlength: 2000, value: sent(again?.form, "note") }),
        html`<div class="t-actions t-sticky">
          ${button(w.correctConfirm, { key: "c" })}
          <a href="/bureau/dossiers/${file.number}" data-key="q" accesskey="q">${common(p.lang).back} <kbd aria-hidden="true">Q</kbd></a>
        </div>`,
      )}`;
  },
});

export const correctionPage = stepPage("desk.correction", "correction", screen);

/** Field names come from the procedure, so this form has no schema of its own: the contract checks what it is given. */
export const correctionAction = action({
  id: "desk.request-correction",
  path: "/bureau/dossiers/{number}/correction",
  who: official(handleCases),
  calls: [requestCorrection, ...screen.reads, ...standingReads],
  async handle(a, sentForm: Form) {
    const fields = Object.keys(sentForm)
      .filter((name) => name.startsWith("field:"))
      .map((name) => ({ path: name.slice("field:".length), message: sent(sentForm, name).trim() }))
      .filter((field) => field.message.length >= 3);
    if (fields.length === 0)
      throw invalidInput({ fields: [{ path: "fields", message: { fr: words("fr").correctMissing, en: words("en").correctMissing } }] });
    const note = sent(sentForm, "note").trim();
    const { number } = caseRefOf(sentForm);
    await a.call(requestCorrection, { number, version: Number(sent(sentForm, "version")), fields, ...(note ? { note } : {}) });
    return seeOther(`/bureau/dossiers/${number}`);
  },
  async failed(a, sentForm, problem) {
    const view = await screen.view(a, caseRefOf(sentForm), { problem, form: sentForm });
    return "kind" in view ? view : shell(a, await readStanding(a), view);
  },
});
