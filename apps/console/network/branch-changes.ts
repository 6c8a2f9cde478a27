import { planChanges } from "#network/api";
import { html, type Html, type PageContext } from "#kernel";
import { button, buttonLink, disclosure, form, input, may, number, table, textarea } from "#ui";
import { sent, type Again } from "../screen.ts";
import type { Branch } from "./branch-parts.ts";
import { path } from "./parts.ts";
import { change as ownWords } from "./words-change.ts";
import { words } from "./words-plan.ts";

const mostByHand = 200;

/** What the branch does, in order, each to be corrected or dropped; and all of it as text, for who prefers that. */
export function changeList(p: PageContext, b: Branch, again: Again | undefined): Html | "" {
  const open = b.state !== "merged" && b.state !== "withdrawn";
  if (!open || !may(p.caller, planChanges.id) || b.changes.length > mostByHand) return "";
  const [w, own] = [words(p.lang), ownWords(p.lang)];
  const kinds = w as unknown as Record<string, string>;
  const version = html`<input type="hidden" name="version" value="${b.version}" />`;
  const here = `${path}/projets/${b.id}`;
  const which = (rang: number) => html`<span class="govuk-visually-hidden"> ${own.change(String(rang))}</span>`;
  const drop = (rang: number) =>
    form(
      { action: `${here}/changement/retrait`, hidden: html`${p.csrf}${version}<input type="hidden" name="rang" value="${rang}" />` },
      button(html`${own.drop}${which(rang)}`, { kind: "plain" }),
    );
  return html`<section id="changements" aria-label="${w.edit}">
    ${
      b.changes.length
        ? html`<div class="t-dense">
            ${table({
              caption: own.list(number(p, b.changes.length)),
              columns: [{ head: "N°", numeric: true }, { head: w.element }, { head: own.phaseField, numeric: true }, { head: w.edit }],
              rows: b.changes.map((c, i) => [
                number(p, i + 1),
                html`<b>${w[`op-${c.op}`]}</b> ${kinds[`kind-${c.kind}`] ?? c.kind}
                  <div class="t-source t-mono d-wrap">${c.id}</div>`,
                c.phase ? number(p, c.phase) : "–",
                html`<div class="d-pair"><a href="${here}/changement?rang=${i + 1}">${own.correct}${which(i + 1)}</a></div>
                  ${drop(i + 1)}`,
              ]),
            })}
          </div>`
        : html`<p>${own.none}</p>`
    }
    <div class="t-actions">${buttonLink(`${here}/changement`, own.add)}</div>
    ${asText(p, b, again, version)}
  </section>`;
}

function asText(p: PageContext, b: Branch, again: Again | undefined, version: Html): Html {
  const [w, own] = [words(p.lang), ownWords(p.lang)];
  const now = `[\n${b.changes.map((c) => JSON.stringify(c)).join(",\n")}\n]`;
  const typed = sent(again?.form, "changes");
  return disclosure(
    own.asText,
    form(
      { action: `${path}/projets/${b.id}`, hidden: html`${p.csrf}${version}` },
      input({ lang: p.lang, name: "title", label: w.titleField, value: sent(again?.form, "title") || b.title, maxlength: 200 }),
      textarea({ lang: p.lang, name: "changes", label: w.changes, hint: w.editHint, rows: 12, maxlength: 200_000, value: typed || now }),
      button(w.save, { kind: "second" }),
    ),
    Boolean(typed),
  );
}
