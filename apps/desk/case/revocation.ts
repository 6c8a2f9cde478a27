import { revokeAct, signActs } from "#services/api";
import { html, invalidInput, official, seeOther, T } from "#kernel";
import { button, errorSummary, form, textarea, warning } from "#ui";
import { deskAction, sent } from "../screen.ts";
import { words as common } from "../words.ts";
import { words } from "./decide.words.ts";
import { revocable } from "./revocable.ts";
import { caseRefOf, movingForm, stepPage, stepScreen, versionOf, wrongField } from "./step.ts";

const screen = stepScreen({
  title: (p) => words(p.lang).revokeTitle,
  body(p, file, again) {
    const w = words(p.lang);
    if (!revocable(p.caller, file)) return html`<p>${w.noProposal}</p>`;
    const error = wrongField(again, "reason") ? w.revokeMissing : undefined;
    return html`${errorSummary(p.lang, error ? [{ path: "reason", message: error }] : [])}
      <p class="t-lead">${w.revokeLead}</p>
      ${warning(p.lang, w.revokeFinal)}
      ${form(
        { action: `/bureau/dossiers/${file.number}/retrait`, hidden: versionOf(p, file) },
        textarea({
          lang: p.lang,
          name: "reason",
          label: html`${w.revokeReason} <kbd aria-hidden="true">E</kbd>`,
          hint: w.revokeHint,
          rows: 3,
          maxlength: 500,
          key: "e",
          value: sent(again?.form, "reason"),
          error,
        }),
        html`<div class="t-actions">
          ${button(w.revokeConfirm, { kind: "warn" })}
          <a href="/bureau/dossiers/${file.number}" data-key="q" accesskey="q">${common(p.lang).back} <kbd aria-hidden="true">Q</kbd></a>
        </div>`,
      )}`;
  },
});

export const revocationPage = stepPage("desk.revocation", "retrait", screen, signActs);
export const revocationAction = deskAction({
  id: "desk.revoke-act",
  path: "/bureau/dossiers/{number}/retrait",
  who: official(signActs),
  form: T.Object({ ...movingForm, reason: T.String({ maxLength: 500 }) }),
  calls: [revokeAct],
  async handle(a, { number, version, reason }) {
    const text = reason.trim();
    if (text.length < 10)
      throw invalidInput({ fields: [{ path: "reason", message: { fr: words("fr").revokeMissing, en: words("en").revokeMissing } }] });
    await a.call(revokeAct, { number, version, reason: text });
    return seeOther(`/bureau/dossiers/${number}`);
  },
  back: screen,
  backInput: caseRefOf,
});
