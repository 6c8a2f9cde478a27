import { handleCases, readDeskCase, reviewCandidate, type Candidate, type Conviction, type DeskCase } from "#services/api";
import { html, invalidInput, notFound, official, seeOther, T, type Form, type Html, type PageContext } from "#kernel";
import { attributes, banner, button, dateTime, facts, form, tag, textarea } from "#ui";
import { deskAction, deskPage, sent, sentAll, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { colleagueNames, colleagueReads } from "../standing.ts";
import { words } from "./candidate.words.ts";
import { caseCrumbs, caseHead } from "./page.ts";
import { words as caseWords } from "./words.ts";

interface Input {
  number: string;
  candidate: string;
}
const tones = { same: "act", near: "act", different: "good", unknown: "neutral" } as const;

const screen: Screen<Input> = {
  reads: [readDeskCase, ...colleagueReads],
  async view(p, input, again) {
    const w = words(p.lang);
    const file = await p.call(readDeskCase, { number: input.number });
    const at = file.search.candidates.findIndex((one) => one.id === input.candidate);
    const one = file.search.candidates[at];
    if (!one) throw notFound();
    return {
      title: `${w.title} – ${file.number}`,
      current: "cases",
      crumbs: caseCrumbs(p, file.number),
      keys: [{ keys: "1", text: html`<kbd>9</kbd> ${w.keyRow}` }],
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}${caseHead(p, file, await colleagueNames(p), w.title)}
        <p class="t-overline">${w.position(at + 1, file.search.candidates.length)} · ${one.reference}</p>
        ${one.verdict && one.reviewedAt ? reviewed(p, one) : ""}
        <p>${w.lead}</p>
        ${comparison(p, file, one, again)}`,
    };
  },
};

function reviewed(p: PageContext, one: Candidate): Html {
  const w = words(p.lang);
  const verdict = one.verdict === "same-person" ? w.keep : w.exclude;
  return banner(
    p.lang,
    "information",
    html`<p>${w.decided(verdict, dateTime(p, one.reviewedAt ?? ""))}</p>
      ${one.reason ? html`<p class="t-source">${one.reason}</p>` : ""}`,
  );
}

/** Two identities side by side; the lines that decide are ticked, and become the reason. */
function comparison(p: PageContext, file: DeskCase, one: Candidate, again: Again | undefined): Html {
  const w = words(p.lang);
  const open = file.actions.includes("review");
  const ticked = sentAll(again?.form, "rows");
  const table = html`<table class="t-stack t-dense d-compare">
    <caption class="govuk-visually-hidden">
      ${w.caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${w.what}</th>
        <th scope="col">${w.asked}</th>
        <th scope="col">${w.found}</th>
        <th scope="col">${w.alike}</th>
        ${open ? html`<th scope="col">${w.decides}</th>` : ""}
      </tr>
    </thead>
    <tbody>
      ${one.matches.map(
        (match, i) =>
          html`<tr class="d-${match.alike}">
            <th scope="row">${match.label}</th>
            <td data-label="${w.asked}">${match.asked || "–"}</td>
            <td data-label="${w.found}">${match.found || "–"}</td>
            <td data-label="${w.alike}">${tag(w[match.alike], tones[match.alike])}</td>
            ${open ? html`<td data-label="${w.decides}">${tick(w.decidesRow(match.label), i, ticked)}</td>` : ""}
          </tr> `,
      )}
    </tbody>
  </table>`;
  const below = html`<p class="t-source">${w.score(one.score)}</p>
    ${convictions(p, one.convictions)}`;
  if (!open) return html`${table}${below}`;
  return form(
    {
      action: `/bureau/dossiers/${file.number}/homonymes/${one.id}`,
      hidden: html`${p.csrf}<input type="hidden" name="version" value="${file.version}" />`,
    },
    table,
    below,
    textarea({
      lang: p.lang,
      name: "note",
      label: html`${w.note} <kbd aria-hidden="true">P</kbd>`,
      hint: w.noteHint,
      optional: true,
      rows: 2,
      maxlength: 300,
      key: "p",
      value: sent(again?.form, "note"),
      error: again?.problem.more.fields?.some((f) => f.path === "reason") ? w.reasonMissing : undefined,
    }),
    html`<div class="t-actions t-sticky">
      ${button(w.exclude, { name: "verdict", value: "other-person", key: "e" })}
      ${button(w.keep, { kind: "second", name: "verdict", value: "same-person", key: "g" })}
      <a href="/bureau/dossiers/${file.number}" data-key="q" accesskey="q">${caseWords(p.lang).number} ${file.number}</a>
    </div>`,
  );
}

function tick(label: string, index: number, ticked: readonly string[]): Html {
  const key = index < 9 ? String(index + 1) : null;
  return html`<label class="d-tick"
    ><input${attributes({ type: "checkbox", name: "rows", value: index, checked: ticked.includes(String(index)), "data-key": key, accesskey: key, "aria-keyshortcuts": key, "aria-label": label })} />${key ? html` <kbd aria-hidden="true">${key}</kbd>` : ""}</label
  >`;
}

function convictions(p: PageContext, list: readonly Conviction[]): Html {
  const w = words(p.lang);
  if (list.length === 0) return html`<p>${w.none}</p>`;
  return html`<h2>${w.convictions}</h2>
    ${list.map((one) => conviction(p, one))}`;
}

/** Also on the decision page: what the law lets stand, and why the rest does not. */
export function conviction(p: PageContext, one: Conviction): Html {
  const w = words(p.lang);
  return html`<article class="d-piece">
    <p>
      ${tag(one.disclosable ? w.disclosable : w.hidden, one.disclosable ? "bad" : "neutral")}${one.reason ? html` <span class="t-source">${one.reason}</span>` : ""}
    </p>
    ${facts(
      p.lang,
      one.rows.map((row) => ({ key: row.label, value: row.value })),
    )}
  </article>`;
}

export const candidatePage = deskPage({
  id: "desk.candidate",
  path: "/bureau/dossiers/{number}/homonymes/{candidate}",
  who: official(handleCases),
  input: T.Object({ number: T.String({ minLength: 6, maxLength: 32 }), candidate: T.String({ maxLength: 64 }) }),
  screen,
});

export const candidateAction = deskAction({
  id: "desk.review-candidate",
  path: "/bureau/dossiers/{number}/homonymes/{candidate}",
  who: official(handleCases),
  form: T.Object({
    number: T.String({ minLength: 6, maxLength: 32 }),
    candidate: T.String({ maxLength: 64 }),
    version: T.Integer({ minimum: 1 }),
    verdict: T.Enum(["same-person", "other-person"]),
    rows: T.Optional(T.Union([T.Array(T.String({ maxLength: 4 }), { maxItems: 60 }), T.String({ maxLength: 4 })])),
    note: T.Optional(T.String({ maxLength: 300 })),
  }),
  calls: [reviewCandidate, readDeskCase],
  async handle(a, { number, candidate, version, verdict, rows, note }) {
    const w = words(a.lang);
    const file = await a.call(readDeskCase, { number });
    const one = file.search.candidates.find((c) => c.id === candidate);
    if (!one) throw notFound();
    const ticked = rows === undefined ? [] : Array.isArray(rows) ? rows : [rows];
    const deciding = ticked.flatMap((i) => one.matches[Number(i)] ?? []);
    const reason = [
      deciding.length ? w.reason(deciding.map((m) => `${m.label.toLowerCase()} (${m.asked || "–"} / ${m.found || "–"})`).join(", ")) : "",
      note?.trim() ?? "",
    ]
      .filter(Boolean)
      .join(". ")
      .slice(0, 500);
    if (!reason)
      throw invalidInput({ fields: [{ path: "reason", message: { fr: words("fr").reasonMissing, en: words("en").reasonMissing } }] });
    await a.call(reviewCandidate, { number, version, candidate, verdict, reason });
    const next = file.search.candidates.find((c) => !c.verdict && c.id !== candidate);
    return seeOther(next ? `/bureau/dossiers/${number}/homonymes/${next.id}` : `/bureau/dossiers/${number}`);
  },
  back: screen,
  backInput: (form: Form) => ({ number: sent(form, "number"), candidate: sent(form, "candidate") }),
});
