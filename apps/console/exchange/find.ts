import { html, T, type Html, type PageContext } from "#kernel";
import { button, fold, input, pagination } from "#ui";
import { withQuery } from "../screen.ts";
import { words } from "./words.ts";

const perPage = 40;
export const Find = T.Object({ q: T.Optional(T.String({ maxLength: 100 })), page: T.Optional(T.Integer({ minimum: 1, maximum: 1000 })) });

/** Every word somewhere in one of the texts; accents and case do not matter. */
export function matches(q: string, ...texts: readonly string[]): boolean {
  const all = texts.map(fold).join(" ");
  return fold(q)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

export function findForm(p: PageContext, path: string, q: string | undefined): Html {
  const w = words(p.lang);
  return html`<form method="get" action="${path}" class="d-find" role="search">
    ${input({ lang: p.lang, name: "q", label: w.find, value: q, width: 20, maxlength: 100, autocomplete: "off", type: "search" })}
    ${button(w.findButton, { kind: "second" })}
  </form>`;
}

/** The directory is one answer of some hundred lines: what is shown of it at once, and the way to the rest. */
export function slice<R>(
  p: PageContext,
  path: string,
  all: readonly R[],
  q: string | undefined,
  page = 1,
): { shown: readonly R[]; paging: Html | "" } {
  const pages = Math.max(1, Math.ceil(all.length / perPage));
  const now = Math.min(page, pages);
  const href = (n: number) => withQuery(path, { q, page: String(n) });
  return { shown: all.slice((now - 1) * perPage, now * perPage), paging: pagination({ lang: p.lang, page: now, pages, href }) };
}
