import { assignCase, assignCases, handleCases } from "#services/api";
import { listColleagues, listRoles } from "#registry/api";
import { html, invalidInput, official, seeOther, T } from "#kernel";
import { button, errorSummary, form, radios } from "#ui";
import { deskAction, sent } from "../screen.ts";
import { words as common } from "../words.ts";
import { words } from "./decide.words.ts";
import { caseRefOf, movingForm, stepPage, stepScreen, versionOf, wrongField } from "./step.ts";

const screen = stepScreen({
  title: (p) => words(p.lang).assignTitle,
  reads: [listColleagues, listRoles],
  async body(p, file, again) {
    const w = words(p.lang);
    const handling = new Set(
      (await p.call(listRoles, {})).roles.filter((role) => role.permissions.includes(handleCases.id)).map((role) => role.id),
    );
    const people = (await p.call(listColleagues, {})).colleagues.filter((one) => handling.has(one.role) && one.account !== file.assignee);
    if (people.length === 0) return html`<p>${w.noColleague}</p>`;
    const error = wrongField(again, "account") ? w.assignMissing : undefined;
    return html`${errorSummary(p.lang, error ? [{ path: "account", message: error }] : [])}
      <p class="t-lead">${w.assignLead}</p>
      ${form(
        { action: `/bureau/dossiers/${file.number}/attribution`, hidden: versionOf(p, file) },
        radios({
          lang: p.lang,
          name: "account",
          label: w.colleague,
          error,
          value: sent(again?.form, "account"),
          items: people.map((one, i) => ({
            value: one.account,
            text: html`${one.holder}${i < 9 ? html` <kbd aria-hidden="true">${i + 1}</kbd>` : ""}`,
            hint: one.roleName,
            ...(i < 9 ? { key: String(i + 1) } : {}),
          })),
        }),
        html`<div class="t-actions">
          ${button(w.assignConfirm, { key: "a" })}
          <a href="/bureau/dossiers/${file.number}" data-key="q" accesskey="q">${common(p.lang).back} <kbd aria-hidden="true">Q</kbd></a>
        </div>`,
      )}`;
  },
});

export const assignmentPage = stepPage("desk.assignment", "attribution", screen, assignCases);
export const assignmentAction = deskAction({
  id: "desk.assign",
  path: "/bureau/dossiers/{number}/attribution",
  who: official(assignCases),
  form: T.Object({ ...movingForm, account: T.Optional(T.String({ maxLength: 64 })) }),
  calls: [assignCase],
  async handle(a, { number, version, account }) {
    if (!account)
      throw invalidInput({ fields: [{ path: "account", message: { fr: words("fr").assignMissing, en: words("en").assignMissing } }] });
    await a.call(assignCase, { number, version, account });
    return seeOther(`/bureau/dossiers/${number}`);
  },
  back: screen,
  backInput: caseRefOf,
});
