import { html, say, type Html, type PageContext, type Problem } from "#kernel";
import { banner, type FieldError } from "#ui";

/** The wrong fields of a problem, in the caller's words. */
export function fieldErrors(p: PageContext, problem: Problem | undefined): FieldError[] {
  return (problem?.more.fields ?? []).map((field) => ({ path: field.path, message: say(field.message, p.lang) }));
}

/** The sentence of a problem: the particular one if there is one, else the general. */
export function sentence(p: PageContext, problem: Problem): string {
  return problem.more.detail ? say(problem.more.detail, p.lang) : say(problem.kind.title, p.lang);
}

/** At the top of a page shown again: the sentence, when no field carries it. */
export function problemBanner(p: PageContext, problem: Problem | undefined): Html | "" {
  if (!problem || (problem.more.fields?.length ?? 0) > 0) return "";
  return banner(p.lang, "problem", html`<p>${sentence(p, problem)}</p>`);
}
