import {
  answerByHand,
  answerHandRequest,
  declineHandRequest,
  declineReasons,
  readHandRequest,
  type FieldView,
  type HandRequestView,
} from "#exchange/api";
import { action, html, invalidInput, official, seeOther, T, type Form, type Html, type PageContext } from "#kernel";
import {
  banner,
  button,
  buttonLink,
  dateFrom,
  dateInput,
  dateTime,
  disclosure,
  errorSummary,
  facts,
  form,
  input,
  radios,
  select,
  tag,
  textarea,
} from "#ui";
import { deskAction, deskPage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf, shell } from "../site.ts";
import { readStanding, standingReads } from "../standing.ts";
import { handTones } from "./list.ts";
import { words } from "./words.ts";

const Id = T.String({ maxLength: 40 });

const screen: Screen<{ id: string }> = {
  reads: [readHandRequest],
  async view(p, { id }, again) {
    const w = words(p.lang);
    const one = await p.call(readHandRequest, { id });
    const open = one.state === "waiting";
    return {
      title: one.service.title,
      current: "requests",
      crumbs: [{ href: "/bureau/demandes", text: w.title }],
      failed: Boolean(again),
      keys: open ? [{ keys: "1", text: html`<kbd>9</kbd> ${w.keyField}` }] : [],
      main: html`${again?.problem.more.fields ? "" : refusalOf(p, again?.problem)}
        <div class="d-head">
          <div>
            <p class="t-overline">${w.askedBy(one.client.name)}</p>
            <h1>${one.service.title}</h1>
            <p class="t-soft">
              ${tag(w[one.state], handTones[one.state])} ${w.received(dateTime(p, one.askedAt))} · ${w.due(dateTime(p, one.expectedBy))}
              ${one.overdue ? tag(w.overdue, "bad") : ""}
            </p>
          </div>
        </div>
        <div class="t-panes">
          <section class="t-narrow">
            <h2>${w.about}</h2>
            ${facts(
              p.lang,
              one.asked.map((row) => ({ key: row.name, value: row.value })),
            )}
            <h2>${w.why}</h2>
            ${facts(p.lang, [
              { key: w.purpose, value: one.purpose },
              { key: w.basis, value: one.basis },
              Boolean(one.issue) && { key: w.issue, value: html`<span class="t-mono">${one.issue}</span>` },
            ])}
          </section>
          <section>${open ? answering(p, one, again) : closed(p, one)}</section>
        </div>`,
    };
  },
};

function closed(p: PageContext, one: HandRequestView): Html {
  const w = words(p.lang);
  const reason = declineReasons.find((r) => r === one.declineReason);
  const sentence = reason
    ? w.doneDeclined(w[`reason-${reason}`])
    : one.answeredAt
      ? w.doneAnswered(dateTime(p, one.answeredAt))
      : w[one.state];
  return html`${banner(p.lang, one.state === "expired" ? "problem" : "success", html`<p>${sentence}</p>`)}
    <div class="t-actions">
      ${buttonLink("/bureau/demandes/suivante", w.next, "second", "n")} <a href="/bureau/demandes" data-key="q" accesskey="q">${w.back}</a>
    </div>`;
}

function answering(p: PageContext, one: HandRequestView, again: Again | undefined): Html {
  const w = words(p.lang);
  const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path, message: p.say(f.message) }));
  const noReason = errors.some((e) => e.path === "reason");
  return html`${errorSummary(p.lang, errors)}
    <h2>${w.record}</h2>
    <p>${w.recordLead}</p>
    ${form(
      { action: `/bureau/demandes/${one.id}/reponse`, hidden: p.csrf },
      html`<div class="d-record">
        ${one.fields.map((field, i) => control(p, field, i, again, errors.find((e) => e.path === `v:${field.name}`)?.message))}
      </div>`,
      html`<div class="t-actions">
        ${button(w.answer, { key: "t" })}
        <a href="/bureau/demandes" data-key="q" accesskey="q">${w.back} <kbd aria-hidden="true">Q</kbd></a>
      </div>`,
    )}
    ${disclosure(
      w.cannot,
      form(
        { action: `/bureau/demandes/${one.id}/impossible`, hidden: p.csrf },
        html`<p>${w.cannotLead}</p>`,
        radios({
          lang: p.lang,
          name: "reason",
          label: w.reason,
          value: sent(again?.form, "reason"),
          error: noReason ? w.reasonMissing : undefined,
          items: declineReasons.map((reason) => ({ value: reason, text: w[`reason-${reason}`] })),
        }),
        textarea({ lang: p.lang, name: "note", label: w.note, optional: true, rows: 2, maxlength: 500, value: sent(again?.form, "note") }),
        html`<div class="t-actions">${button(w.decline, { kind: "second" })}</div>`,
      ),
      noReason,
    )}`;
}

/** One item of the record, as the service's own description types it. */
function control(p: PageContext, field: FieldView, index: number, again: Again | undefined, error: string | undefined): Html {
  const w = words(p.lang);
  const name = `v:${field.name}`;
  const key = index < 9 ? String(index + 1) : undefined;
  const common = {
    lang: p.lang,
    name,
    label: html`${field.label}${key ? html` <kbd aria-hidden="true">${key}</kbd>` : ""}`,
    optional: !field.required,
    error,
    ...(key ? { key } : {}),
  };
  const value = sent(again?.form, name);
  if (field.type === "date") {
    const part = (which: string) => sent(again?.form, `${name}.${which}`);
    return dateInput({ ...common, value: { day: part("day"), month: part("month"), year: part("year") } });
  }
  if (field.type === "boolean")
    return radios({
      ...common,
      value,
      items: [
        { value: "true", text: w.yes },
        { value: "false", text: w.no },
      ],
    });
  if (field.type === "choice")
    return select({ ...common, value, items: (field.options ?? []).map((o) => ({ value: o.value, text: o.label })) });
  return input({
    ...common,
    value,
    spellcheck: false,
    maxlength: 1000,
    ...(field.type === "number" ? { inputmode: "numeric" as const, width: 10 as const } : {}),
  });
}

/** The record as typed: dates come in three boxes, empty optional items are left out. */
export function typedValues(form: Form, fields: readonly FieldView[]): Record<string, string> {
  const values: Record<string, string> = {};
  const wrong: { path: string; message: { fr: string; en: string } }[] = [];
  for (const field of fields) {
    const name = `v:${field.name}`;
    const value = field.type === "date" ? dateFrom(form, name) : sent(form, name).trim();
    if (value === undefined) wrong.push({ path: name, message: { fr: words("fr").dateWrong, en: words("en").dateWrong } });
    else if (value) values[field.name] = value;
    else if (field.required) wrong.push({ path: name, message: { fr: words("fr").required, en: words("en").required } });
  }
  if (wrong.length) throw invalidInput({ fields: wrong });
  return values;
}

export const handRequestPage = deskPage({
  id: "desk.hand-request",
  path: "/bureau/demandes/{id}",
  who: official(answerByHand),
  input: T.Object({ id: Id }),
  screen,
});

/** The items to type are the service's, not ours: no schema here; the exchange checks them again. */
export const handAnswer = action({
  id: "desk.answer-hand-request",
  path: "/bureau/demandes/{id}/reponse",
  who: official(answerByHand),
  calls: [readHandRequest, answerHandRequest, ...standingReads],
  async handle(a, form: Form) {
    const id = sent(form, "id");
    const one = await a.call(readHandRequest, { id });
    await a.call(answerHandRequest, { id, values: typedValues(form, one.fields) });
    return seeOther(`/bureau/demandes/${encodeURIComponent(id)}`);
  },
  async failed(a, form, problem) {
    const view = await screen.view(a, { id: sent(form, "id") }, { problem, form });
    return "kind" in view ? view : shell(a, await readStanding(a), view);
  },
});

export const handDecline = deskAction({
  id: "desk.decline-hand-request",
  path: "/bureau/demandes/{id}/impossible",
  who: official(answerByHand),
  form: T.Object({
    id: Id,
    reason: T.Union([T.Literal("not-found"), T.Literal("unreadable"), T.Literal("not-competent"), T.Literal("ambiguous")]),
    note: T.Optional(T.String({ maxLength: 500 })),
  }),
  calls: [declineHandRequest],
  async handle(a, { id, reason, note }) {
    await a.call(declineHandRequest, { id, reason, ...(note?.trim() ? { note: note.trim() } : {}) });
    return seeOther(`/bureau/demandes/${encodeURIComponent(id)}`);
  },
  back: screen,
  backInput: (form: Form) => ({ id: sent(form, "id") }),
});
