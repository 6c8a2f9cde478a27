import { action, html, page, person, T, type Form, type Html, type OutputOf, type PageContext, type Problem } from "#kernel";
import { answerCorrection, readCase, readForm, submitCase, type CaseView } from "#services/api";
import { actions, amount, button, dateTime, errorSummary, form, inset, warning, type FieldError } from "#ui";
import { fieldErrors, problemBanner } from "../problems.ts";
import { goTo } from "../shell.ts";
import { answersFrom, ask } from "./fields.ts";
import { answered, caseFees, caseForm, caseInput, caseNumber, casePath, hiddenVersion, provenanceLine, showCase } from "./parts.ts";
import { sectionPath } from "./questions.ts";
import { words } from "./words.ts";

type FormView = OutputOf<typeof readForm>;
const who = person({ level: "substantial" });

function reviewView(p: PageContext, view: CaseView, questions: FormView, problem?: Problem): Html {
  const w = words(p.lang);
  // A wrong line links to the page where it is asked.
  const wrong = [...questions.problems, ...fieldErrors(p, problem)];
  const where = (path: string) =>
    questions.sections.find((one) => one.fields.some((field) => path === field.path || path.startsWith(`${field.path}[`)))?.id;
  return showCase(
    p,
    { number: view.number, title: view.procedure.title },
    {
      title: w.review,
      failed: wrong.length > 0,
      main: html`<div class="t-text">
        ${problemBanner(p, problem)}
        ${
          wrong.length
            ? html`<div class="govuk-error-summary" role="alert" tabindex="-1" autofocus>
                <h2 class="govuk-error-summary__title">${w.reviewWrong}</h2>
                <ul class="govuk-error-summary__list t-plainlist">
                  ${wrong.map((one) => html`<li><a href="${sectionPath(view.number, where(one.path) ?? "")}">${one.message}</a></li>`)}
                </ul>
              </div>`
            : ""
        }
        <p class="t-overline">${view.procedure.title}</p>
        <h1>${w.review}</h1>
        <p>${w.reviewText}</p>
        <h2>${w.answers}</h2>
        ${answered(p, view, (section) => sectionPath(view.number, section))}
        ${view.evidence.map((one) => (one.answeredAt ? html`<p class="t-source"><b>${one.title}</b> · ${provenanceLine(p, one)}</p>` : ""))}
        ${
          view.fees.total
            ? html`<h2>${w.fees}</h2>
                ${caseFees(p, view)}`
            : ""
        }
        ${warning(p.lang, w.false)}
        ${
          wrong.length
            ? ""
            : form(
                { action: casePath(view.number, "/relire"), hidden: p.csrf },
                hiddenVersion(view.version),
                actions(
                  button(view.fees.total ? w.submitPay(amount(p, view.fees.total)) : w.submit),
                  html`<a href="${casePath(view.number)}">${w.later2}</a>`,
                ),
              )
        }
      </div>`,
    },
  );
}

export const reviewPage = page({
  id: "portal.review",
  path: "/dossiers/{number}/relire",
  who,
  reads: [readCase, readForm],
  input: caseInput,
  render: async (p, { number }) => {
    const view = await p.call(readCase, { number });
    if (view.next !== "submit" && view.next !== "fill-form") return goTo(casePath(number));
    return reviewView(p, view, await p.call(readForm, { number }));
  },
});

export const reviewAction = action({
  id: "portal.review",
  path: "/dossiers/{number}/relire",
  who,
  calls: [submitCase, readCase, readForm],
  form: T.Object(caseForm),
  handle: async (a, { number, version }) => {
    const moved = await a.call(submitCase, { number, version });
    return goTo(casePath(number, moved.state === "payment-pending" ? "/paiement" : ""));
  },
  failed: async (a, sent, problem) => {
    const number = String(sent.number);
    return reviewView(a, await a.call(readCase, { number }), await a.call(readForm, { number }), problem);
  },
});

// ---- sent back: only the fields named, each with the office's words
function correctionView(p: PageContext, view: CaseView, questions: FormView, errors: FieldError[], sent?: Form, problem?: Problem): Html {
  const w = words(p.lang);
  const { correction } = view;
  const fields = questions.sections.flatMap((one) => one.fields).filter((field) => !field.locked);
  const message = (path: string) => correction?.fields.filter((one) => one.path === path || one.path.startsWith(`${path}[`)) ?? [];
  return showCase(
    p,
    { number: view.number, title: view.procedure.title },
    {
      title: w.correctTitle,
      failed: errors.length > 0 || problem !== undefined,
      main: html`<div class="t-text">
        ${errorSummary(p.lang, errors)} ${problemBanner(p, problem)}
        <p class="t-overline">${view.procedure.title}</p>
        <h1>${w.correctTitle}</h1>
        ${correction ? html`<p>${w.correctText(dateTime(p, correction.requestedAt))}</p>` : ""}
        ${
          correction?.note
            ? inset(
                html`<p class="t-overline">${w.correctNote}</p>
                  <p>${correction.note}</p>`,
              )
            : ""
        }
        <p class="t-soft">${w.correctOnly}</p>
        ${form(
          { action: casePath(view.number, "/correction"), hidden: p.csrf },
          hiddenVersion(view.version),
          fields.map(
            (field) =>
              html`${message(field.path).map((one) => html`<div class="t-note t-caution"><p>${one.message}</p></div>`)}
              ${ask(p, field, errors, sent)}`,
          ),
          actions(button(w.correctSend), html`<a href="${casePath(view.number)}">${w.later2}</a>`),
        )}
      </div>`,
    },
  );
}

export const correctionPage = page({
  id: "portal.correction",
  path: "/dossiers/{number}/correction",
  who,
  reads: [readCase, readForm],
  input: T.Object({ number: caseNumber }),
  render: async (p, { number }) => {
    const view = await p.call(readCase, { number });
    if (view.next !== "correct") return goTo(casePath(number));
    return correctionView(p, view, await p.call(readForm, { number }), []);
  },
});

export const correctionAction = action({
  id: "portal.correction",
  path: "/dossiers/{number}/correction",
  who,
  limit: 256 * 1024,
  calls: [answerCorrection, readCase, readForm],
  handle: async (a, sent) => {
    const number = String(sent.number);
    await a.call(answerCorrection, { number, version: Number(sent.version) || 1, answers: answersFrom(sent) });
    return goTo(casePath(number));
  },
  failed: async (a, sent, problem) => {
    const number = String(sent.number);
    return correctionView(
      a,
      await a.call(readCase, { number }),
      await a.call(readForm, { number }),
      fieldErrors(a, problem),
      sent,
      problem,
    );
  },
});
