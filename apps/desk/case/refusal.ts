import { decideCases, readProcedure, refuseCase, signActs } from "#services/api";
import { html, invalidInput, official, seeOther, T } from "#kernel";
import { button, checkboxes, errorSummary, form, inset, textarea } from "#ui";
import { deskAction, sent, sentAll } from "../screen.ts";
import { words as common } from "../words.ts";
import { words } from "./decide.words.ts";
import { caseRefOf, movingForm, stepPage, stepScreen, versionOf, wrongField } from "./step.ts";

const screen = stepScreen({
  title: (p) => words(p.lang).refuseTitle,
  reads: [readProcedure],
  async body(p, file, again) {
    const w = words(p.lang);
    if (file.grounds.length === 0) return html`<p>${w.refuseNoGrounds}</p>`;
    const { appeal } = await p.call(readProcedure, { slug: file.procedure.slug });
    const grounds = wrongField(again, "grounds") ? w.groundsMissing : undefined;
    const explanation = wrongField(again, "explanation") ? w.explanationMissing : undefined;
    const errors = [
      ...(grounds ? [{ path: "grounds", message: grounds }] : []),
      ...(explanation ? [{ path: "explanation", message: explanation }] : []),
    ];
    return html`${errorSummary(p.lang, errors)}
      <p class="t-lead">${w.refuseLead}</p>
      ${form(
        { action: `/bureau/dossiers/${file.number}/refus`, hidden: versionOf(p, file) },
        checkboxes({
          lang: p.lang,
          name: "grounds",
          label: w.grounds,
          error: grounds,
          values: sentAll(again?.form, "grounds"),
          items: file.grounds.map((g, i) => ({
            value: g.code,
            text: html`${g.text}${i < 9 ? html` <kbd aria-hidden="true">${i + 1}</kbd>` : ""}`,
            ...(g.legalBasis ? { hint: g.legalBasis } : {}),
            ...(i < 9 ? { key: String(i + 1) } : {}),
          })),
        }),
        textarea({
          lang: p.lang,
          name: "explanation",
          label: html`${w.explanation} <kbd aria-hidden="true">E</kbd>`,
          hint: w.explanationHint,
          rows: 5,
          maxlength: 4000,
          key: "e",
          value: sent(again?.form, "explanation"),
          error: explanation,
        }),
        appeal.length
          ? inset(
              html`<p><b>${w.appeal}</b></p>
                ${appeal.map((line) => html`<p>${line}</p>`)}`,
            )
          : "",
        html`<div class="t-actions t-sticky">
          ${button(w.refuseConfirm, { kind: "warn", key: "x" })}
          <a href="/bureau/dossiers/${file.number}" data-key="q" accesskey="q">${common(p.lang).back} <kbd aria-hidden="true">Q</kbd></a>
        </div>`,
      )}`;
  },
});

export const refusalPage = stepPage("desk.refusal", "refus", screen, decideCases);
export const refusalAction = deskAction({
  id: "desk.refuse",
  path: "/bureau/dossiers/{number}/refus",
  who: official(decideCases),
  form: T.Object({
    ...movingForm,
    grounds: T.Optional(T.Union([T.Array(T.String({ maxLength: 60 }), { maxItems: 10 }), T.String({ maxLength: 60 })])),
    explanation: T.String({ maxLength: 4000 }),
  }),
  calls: [refuseCase],
  async handle(a, { number, version, grounds, explanation }) {
    const chosen = grounds === undefined ? [] : Array.isArray(grounds) ? grounds : [grounds];
    const text = explanation.trim();
    const fields = [
      ...(chosen.length ? [] : [{ path: "grounds", message: { fr: words("fr").groundsMissing, en: words("en").groundsMissing } }]),
      ...(text.length >= 10
        ? []
        : [{ path: "explanation", message: { fr: words("fr").explanationMissing, en: words("en").explanationMissing } }]),
    ];
    if (fields.length) throw invalidInput({ fields });
    await a.call(refuseCase, { number, version, grounds: chosen, explanation: text });
    const signs = a.caller.kind === "official" && a.caller.permissions.has(signActs.id);
    return seeOther(signs ? `/bureau/dossiers/${number}/signature` : `/bureau/dossiers/${number}`);
  },
  back: screen,
  backInput: caseRefOf,
});
