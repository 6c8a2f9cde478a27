import { action, html, page, person, T, type Form, type Html, type OutputOf, type PageContext, type Problem } from "#kernel";
import { readCase, readForm, saveAnswers, type SectionView } from "#services/api";
import { actions, button, errorSummary, form, steps, type FieldError } from "#ui";
import { fieldErrors, problemBanner } from "../problems.ts";
import { goTo, query } from "../shell.ts";
import { answersFrom, ask, known } from "./fields.ts";
import { caseNumber, casePath, hiddenVersion, showCase } from "./parts.ts";
import { words } from "./words.ts";

type FormView = OutputOf<typeof readForm>;
const who = person({ level: "substantial" });
const section = T.String({ pattern: "^[A-Za-z0-9-]{1,64}$" });
const silent = new Set(["title", "explanation", "computed"]);

/** Sections that ask something; what registers filled whole is shown on the next page that asks. */
export function asking(view: FormView): SectionView[] {
  return view.sections.filter((one) => one.fields.some((field) => !field.locked && !silent.has(field.type)));
}

/** The first page with a question open or wrong, else the last one. */
function firstOpen(view: FormView): SectionView | undefined {
  const list = asking(view);
  const wrong = (one: SectionView) =>
    one.fields.some(
      (field) =>
        view.problems.some((problem) => problem.path === field.path || problem.path.startsWith(`${field.path}[`)) ||
        (field.required && !field.locked && !silent.has(field.type) && field.type !== "group" && field.value === undefined),
    );
  return list.find(wrong) ?? (view.complete ? undefined : list.at(-1));
}

export const questionsPage = page({
  id: "portal.questions",
  path: "/dossiers/{number}/questions",
  who,
  reads: [readForm],
  input: T.Object({ number: caseNumber }),
  render: async (p, { number }) => {
    const next = firstOpen(await p.call(readForm, { number }));
    return goTo(next ? casePath(number, `/questions/${next.id}`) : casePath(number, "/relire"));
  },
});

function sectionView(
  p: PageContext,
  view: FormView,
  title: string,
  id: string,
  errors: FieldError[],
  sent?: Form,
  problem?: Problem,
): Html {
  const w = words(p.lang);
  const list = asking(view);
  const index = Math.max(
    list.findIndex((one) => one.id === id),
    0,
  );
  const one = list[index];
  const locked = view.sections.flatMap((other) => other.fields).filter((field) => field.locked && field.type !== "group");
  const questions = one?.fields.filter((field) => !field.locked) ?? [];
  return showCase(
    p,
    { number: view.number, title },
    {
      title: one?.title ?? title,
      failed: errors.length > 0 || problem !== undefined,
      main: html`<div class="t-text">
        ${errorSummary(p.lang, errors)} ${problemBanner(p, problem)}
        ${list.length > 1 ? steps(p.lang, index + 1, list.length) : html`<p class="t-overline">${title}</p>`}
        <h1>${one?.title ?? title}</h1>
        ${one?.intro ? html`<p>${one.intro}</p>` : ""}
        ${
          index === 0 && locked.length
            ? html`<details class="t-known">
                <summary>${w.knownTitle}</summary>
                <div>${known(p, locked)}</div>
              </details>`
            : ""
        }
        ${form(
          { action: casePath(view.number, `/questions/${id}`), hidden: p.csrf },
          hiddenVersion(view.version),
          questions.map((field) => ask(p, field, errors, sent)),
          actions(button(w.go), button(w.later2, { kind: "plain", name: "_later", value: "oui" })),
        )}
      </div>`,
    },
  );
}

export const sectionPage = page({
  id: "portal.section",
  path: "/dossiers/{number}/questions/{section}",
  who,
  reads: [readForm, readCase],
  input: T.Object({ number: caseNumber, section }),
  render: async (p, { number, section: id }) => {
    const view = await p.call(readForm, { number });
    if (!asking(view).some((one) => one.id === id)) return goTo(casePath(number, "/questions"));
    const { procedure } = await p.call(readCase, { number });
    return sectionView(p, view, procedure.title, id, []);
  },
});

/** Required questions of this page left empty: a draft may have holes, a page one leaves by "Continuer" may not. */
function holes(p: PageContext, one: SectionView | undefined, answers: Record<string, unknown>): FieldError[] {
  const empty = (value: unknown) => value === undefined || value === "" || value === "no" || (Array.isArray(value) && value.length === 0);
  return (one?.fields ?? [])
    .filter((field) => field.required && !field.locked && !silent.has(field.type) && field.type !== "group" && field.type !== "yes-no")
    .filter((field) => (field.type === "checkbox" ? false : empty(answers[field.path])))
    .map((field) => ({ path: field.path, message: words(p.lang).missing }));
}

export const sectionAction = action({
  id: "portal.section",
  path: "/dossiers/{number}/questions/{section}",
  who,
  limit: 256 * 1024,
  calls: [readForm, readCase, saveAnswers],
  handle: async (a, sent) => {
    const number = String(sent.number);
    const id = String(sent.section);
    const before = await a.call(readForm, { number });
    const one = asking(before).find((other) => other.id === id);
    const answers = answersFrom(sent);
    const saved = await a.call(saveAnswers, { number, version: Number(sent.version) || before.version, answers });
    if (sent._later !== undefined) return goTo(casePath(number), { fait: "oui" });
    const mine = (path: string) => one?.fields.some((field) => path === field.path || path.startsWith(`${field.path}[`)) ?? false;
    const wrong: FieldError[] = saved.problems.filter((problem) => mine(problem.path));
    const open = holes(a, one, answers).filter((hole) => !wrong.some((other) => other.path === hole.path));
    if (wrong.length || open.length) {
      const { procedure } = await a.call(readCase, { number });
      return sectionView(a, await a.call(readForm, { number }), procedure.title, id, [...wrong, ...open], sent);
    }
    const after = asking(await a.call(readForm, { number }));
    const next = after[after.findIndex((other) => other.id === id) + 1];
    return goTo(next ? casePath(number, `/questions/${next.id}`) : casePath(number, "/relire"));
  },
  failed: async (a, sent, problem) => {
    const number = String(sent.number);
    const { procedure } = await a.call(readCase, { number });
    return sectionView(
      a,
      await a.call(readForm, { number }),
      procedure.title,
      String(sent.section),
      fieldErrors(a, problem),
      sent,
      problem,
    );
  },
});

/** Where a line of the summary may be changed. */
export function sectionPath(number: string, id: string): string {
  return query(casePath(number, `/questions/${id}`), {});
}
