import { elementKinds, findElements, planChanges, readBranch } from "#network/api";
import { html, official, T, type Html, type PageContext } from "#kernel";
import { button, checkbox, empty, errorSummary, form, input, number, radios, select, table, textarea } from "#ui";
import { consolePage, sent, withQuery, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import type { Branch } from "./branch-parts.ts";
import { fieldsOf, type FieldOf, type Kind } from "./change-fields.ts";
import { path } from "./parts.ts";
import { change as ownWords } from "./words-change.ts";
import { words as plan } from "./words-plan.ts";
import { words as all } from "./words.ts";

export const ops = ["add", "change", "remove"] as const;
export type Op = (typeof ops)[number];
export interface Asked {
  id: string;
  op?: Op;
  kind?: Kind;
  element?: string;
  /** Place of the change in the branch, from 1, when it is one that stands there already. */
  rang?: number;
  q?: string;
}
const Kinds = T.Enum([...elementKinds]);
export const Element = T.String({ maxLength: 120 });
export const asked = {
  id: T.String({ pattern: "^[0-9a-f-]{36}$" }),
  op: T.Optional(T.Enum([...ops])),
  kind: T.Optional(Kinds),
  element: T.Optional(Element),
  rang: T.Optional(T.Integer({ minimum: 1, maximum: 5000 })),
};
const shown = 30;
const mostOffers = 300;
type Words = Record<string, string> & ReturnType<typeof ownWords>;
const words = (p: PageContext) => ownWords(p.lang) as unknown as Words;
const kindName = (p: PageContext, kind: Kind) => (plan(p.lang) as unknown as Record<string, string>)[`kind-${kind}`] ?? kind;

export const changeScreen: Screen<Asked> = {
  reads: [readBranch, findElements],
  async view(p, input, again) {
    const w = words(p);
    const b = await p.call(readBranch, { id: input.id });
    const standing = input.rang ? b.changes[input.rang - 1] : undefined;
    const op = standing?.op ?? input.op;
    const kind = (standing?.kind ?? input.kind) as Kind | undefined;
    const element = standing?.id ?? input.element;
    const name = op && kind ? `${w[`do-${op}`]} – ${kindName(p, kind)}` : w.add;
    const body = async () => {
      if (!op || !kind) return choose(p, input);
      if (op !== "add" && !element) return which(p, input, op, kind);
      return one(p, b, { op, kind, ...(element ? { element } : {}), ...(input.rang ? { rang: input.rang } : {}) }, standing, again);
    };
    return {
      title: name,
      current: "network",
      failed: Boolean(again),
      crumbs: [
        { href: path, text: all(p.lang).title },
        { href: `${path}/projets`, text: all(p.lang).branches },
        { href: `${path}/projets/${b.id}`, text: plan(p.lang).title(String(b.number), b.title) },
      ],
      main: html`${refusals(p, again)}
        <h1>${name}</h1>
        ${await body()}`,
    };
  },
};

export const changePage = consolePage({
  id: "console.network-change",
  path: `${path}/projets/{id}/changement`,
  who: official(planChanges),
  input: T.Object({ ...asked, q: T.Optional(T.String({ maxLength: 100 })) }),
  screen: changeScreen as Screen<never>,
});

/** Each fault leads to its box; what concerns none of them stands above. */
function refusals(p: PageContext, again: Again | undefined): Html | "" {
  const own = (again?.problem.more.fields ?? []).filter((f) => f.path.startsWith("f-") || f.path === "element" || f.path === "phase");
  if (own.length === 0) return refusalOf(p, again?.problem);
  const name = (f: string) => (words(p) as Record<string, unknown>)[f];
  return errorSummary(
    p.lang,
    own.map((f) => ({
      path: f.path,
      message: `${typeof name(f.path) === "string" ? `${String(name(f.path))} – ` : ""}${p.say(f.message)}`,
    })),
  );
}

function choose(p: PageContext, { id }: Asked): Html {
  const w = words(p);
  return html`<form method="get" action="${path}/projets/${id}/changement">
    ${radios({ lang: p.lang, name: "op", label: w.what, items: ops.map((o) => ({ value: o, text: w[`do-${o}`]! })), value: "add" })}
    ${select({ lang: p.lang, name: "kind", label: w.kind, items: elementKinds.map((k) => ({ value: k, text: kindName(p, k) })), value: "node", empty: false })}
    ${button(w.go)}
  </form>`;
}

async function which(p: PageContext, { id, q }: Asked, op: Op, kind: Kind): Promise<Html> {
  const w = words(p);
  const here = `${path}/projets/${id}/changement`;
  const found = await p.call(findElements, { kind, branch: id, limit: shown, ...(q ? { q } : {}) });
  return html`<form method="get" action="${here}" class="d-find" role="search">
      <input type="hidden" name="op" value="${op}" /><input type="hidden" name="kind" value="${kind}" />
      ${input({ lang: p.lang, name: "q", label: w.find, value: q ?? "", width: 20, maxlength: 100, autocomplete: "off", type: "search" })}
      ${button(w.search, { kind: "second" })}
    </form>
    ${
      found.total
        ? html`<div class="t-dense">
              ${table({
                caption: w.found(number(p, found.total)),
                columns: [{ head: w.which }, { head: w.id }],
                rows: found.elements.map((e) => [
                  html`<a href="${withQuery(here, { op, kind, element: e.id })}">${called(e)}</a>`,
                  html`<span class="t-mono d-wrap">${e.id}</span>`,
                ]),
              })}
            </div>
            ${found.total > shown ? html`<p class="t-soft">${w.refine}</p>` : ""}`
        : empty(w.nothing, html`<p>${w.refine}</p>`)
    }`;
}

const called = (e: { id: string; name?: string; fields: Record<string, unknown> }) =>
  e.name ?? (typeof e.fields.a === "string" ? `${e.fields.a} – ${String(e.fields.b)}` : e.id);

interface One {
  op: Op;
  kind: Kind;
  element?: string;
  rang?: number;
}

async function one(
  p: PageContext,
  b: Branch,
  o: One,
  standing: Branch["changes"][number] | undefined,
  again: Again | undefined,
): Promise<Html> {
  const w = words(p);
  // a change that stands is read against today's network, a new one against what the branch makes of it
  const found =
    o.op === "add" ? undefined : await p.call(findElements, { kind: o.kind, id: o.element!, ...(standing ? {} : { branch: b.id }) });
  const before = found?.elements[0]?.fields;
  if (o.op !== "add" && !before && !standing)
    return empty(w.gone, html`<p><a href="${path}/projets/${b.id}">${plan(p.lang).project}</a></p>`);
  const values = { ...before, ...standing?.fields };
  const faults = again?.problem.more.fields ?? [];
  const fault = (name: string) => faults.find((f) => f.path === name);
  const said = (name: string) => (fault(name) ? p.say(fault(name)!.message) : null);
  const line = Array.isArray(values.path) ? values.path.length : 0;
  const hidden = html`${p.csrf} <input type="hidden" name="version" value="${b.version}" /><input type="hidden" name="op" value="${o.op}" />
    <input type="hidden" name="kind" value="${o.kind}" />
    ${o.op === "add" ? "" : html`<input type="hidden" name="element" value="${o.element}" />`}
    ${o.rang ? html`<input type="hidden" name="rang" value="${o.rang}" />` : ""}`;
  return form(
    { action: `${path}/projets/${b.id}/changement`, hidden },
    o.op === "add"
      ? input({
          lang: p.lang,
          name: "element",
          label: w.id,
          hint: w.idHint,
          value: sent(again?.form, "element") || o.element,
          maxlength: 120,
          spellcheck: false,
          autocomplete: "off",
          error: said("element"),
        })
      : html`<p><b>${String(before?.name ?? o.element)}</b> <span class="t-source t-mono d-wrap">${o.element}</span></p>`,
    o.op === "remove"
      ? html`<p>${w.removeText}</p>`
      : html`${await Promise.all(fieldsOf(o.kind).map((f) => box(p, b, f, again ? sent(again.form, `f-${f.name}`) : asText(values[f.name]), said(`f-${f.name}`))))}
        ${line ? html`<p class="t-soft">${w.untold(number(p, line))}</p>` : ""}`,
    input({
      lang: p.lang,
      name: "phase",
      label: w.phaseField,
      hint: w.phaseHint,
      optional: true,
      width: 4,
      inputmode: "numeric",
      maxlength: 2,
      value: again ? sent(again.form, "phase") : asText(standing?.phase),
      error: said("phase"),
    }),
    button(w.put),
  );
}

const asText = (value: unknown): string =>
  value === undefined || value === null
    ? ""
    : Array.isArray(value)
      ? value.join(", ")
      : value === true
        ? "yes"
        : value === false
          ? ""
          : String(value);

async function box(p: PageContext, b: Branch, f: FieldOf, value: string, error: string | null): Promise<Html> {
  const w = words(p);
  const name = `f-${f.name}`;
  const label = w[name]!;
  const base = { lang: p.lang, name, label, error, optional: !f.required };
  if (f.type === "yes") return html`<div class="t-field">${checkbox(name, name, { value: "yes", text: label }, value === "yes")}</div>`;
  if (f.type === "choice") return select({ ...base, items: f.choices!.map((c) => ({ value: c, text: w[`o-${c}`]! })), value });
  if (f.type === "list") return textarea({ ...base, hint: w.listHint, rows: 2, value });
  if (f.type === "number") return input({ ...base, value, width: 10, inputmode: "decimal", autocomplete: "off" });
  if (!f.refers) return input({ ...base, value, maxlength: f.most ?? 200, autocomplete: "off" });
  const lists = await Promise.all(f.refers.map((kind) => p.call(findElements, { kind, branch: b.id, limit: mostOffers })));
  const offers = lists.flatMap((l) => l.elements.map((e) => ({ value: e.id, text: e.name ?? e.id })));
  return input({ ...base, value, maxlength: 120, autocomplete: "off", spellcheck: false, offers });
}
