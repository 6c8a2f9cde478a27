import { addNote, closeTicket, followService, handleTickets, listTickets, readPlant, readTicket, reopenTicket, resolveTicket, takeTicket } from "#network/api"; // prettier-ignore
import { anyOf, html, official, seeOther, T, type Form, type Html, type OutputOf, type PageContext, type Reply } from "#kernel";
import { button, checkbox, dateTime, disclosure, empty, facts, form, may, number, select, table, tag, textarea, timeline } from "#ui";
import { consoleAction, consolePage, sent, withQuery, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { path } from "./parts.ts";
import { choice, frame, severityTag, ticketTag } from "./watch-parts.ts";
import { words } from "./words-watch.ts";
import { words as all } from "./words.ts";

const here = `${path}/tickets`;
const Id = T.String({ pattern: "^[0-9a-f-]{36}$" });
const Version = T.Integer({ minimum: 1 });
const limit = 50;
type Line = OutputOf<typeof listTickets>["tickets"][number];
type One = OutputOf<typeof readTicket>;
const either = anyOf(official(handleTickets), official(followService));

export function ticketTable(p: PageContext, list: readonly Line[]): Html {
  const w = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.tickets(number(p, list.length)),
      columns: [{ head: w.subject }, { head: w.state }, { head: w.severity }, { head: w.who }, { head: w.opened }],
      rows: list.map((t) => [
        html`<a href="${here}/${t.id}">n° ${number(p, t.number)} – ${t.title}</a>`,
        html`${ticketTag(p, t.state)} ${t.assignee ? html`<div class="t-source">${t.assignee}</div>` : ""}`,
        severityTag(p, t.severity),
        t.institution?.name ?? (t.origin === "alarm" ? w.byAlarm : w.byOperator),
        dateTime(p, t.openedAt),
      ]),
    })}
  </div>`;
}

export const ticketsPage = consolePage({
  id: "console.network-tickets",
  path: here,
  who: either,
  input: T.Object({ vue: T.Optional(T.Enum(["tous"])), avant: T.Optional(T.Integer({ minimum: 1, maximum: 2_000_000_000 })) }),
  screen: {
    reads: [listTickets],
    async view(p, { vue, avant }) {
      const w = words(p.lang);
      const { tickets, next } = await p.call(listTickets, {
        limit,
        ...(vue ? {} : { state: "pending" as const }),
        ...(avant ? { before: avant } : {}),
      });
      const f = frame(p, "tickets");
      return {
        ...f,
        title: all(p.lang).tickets,
        main: html`<h1>${all(p.lang).tickets}</h1>
          ${f.tabs}
          <p>${w.ticketsLead}</p>
          ${choice(all(p.lang).tickets, [
            { href: here, text: w.pending, here: !vue },
            { href: `${here}?vue=tous`, text: w.all, here: vue !== undefined },
          ])}
          ${tickets.length ? ticketTable(p, tickets) : empty(w.noTickets, html`<p>${w.noTicketsText}</p>`)}
          ${
            next
              ? html`<nav class="t-pages" aria-label="${w.pages}">
                  <span></span><a rel="next" href="${withQuery(here, { vue, avant: String(next) })}">${w.older} →</a>
                </nav>`
              : ""
          }`,
      };
    },
  },
});

const screen: Screen<{ id: string }> = {
  reads: [readTicket],
  async view(p, { id }, again) {
    const w = words(p.lang);
    const t = await p.call(readTicket, { id });
    const f = frame(p, "tickets", { href: here, text: all(p.lang).tickets });
    const title = `n° ${number(p, t.number)} – ${t.title}`;
    const now = p.clock.now().getTime();
    const promise = (key: string, by: string, kept: string | undefined) => ({
      key,
      value: html`${dateTime(p, by)} ${Date.parse(kept ?? new Date(now).toISOString()) > Date.parse(by) ? tag(w.late, "bad") : ""}`,
    });
    return {
      ...f,
      title,
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${title}</h1>
        ${f.tabs}
        ${facts(p.lang, [
          {
            key: w.state,
            value: html`${ticketTag(p, t.state)}
            ${t.reopened ? html`<span class="t-source">${w.reopened(number(p, t.reopened))}</span>` : ""}`,
          },
          { key: w.severity, value: severityTag(p, t.severity) },
          { key: w.who, value: t.institution?.name ?? (t.origin === "alarm" ? w.byAlarm : w.byOperator) },
          t.place !== undefined && {
            key: w.place,
            value: may(p.caller, readPlant.id) ? html`<a href="${path}/sites/${t.place.id}">${t.place.name}</a>` : t.place.name,
          },
          t.alarm !== undefined && {
            key: w.cause,
            value: html`<a href="${path}/alarmes/${t.alarm.id}">${w[`kind-${t.alarm.kind as "cut"}`]}</a>
              ${t.alarm.ended ? tag(w.cleared, "good") : tag(w.lasting, "bad")}`,
          },
          may(p.caller, handleTickets.id) && { key: w.assignee, value: t.assignee ?? w.nobody },
          { key: w.opened, value: dateTime(p, t.openedAt) },
          t.answeredAt !== undefined && { key: w.answeredAt, value: dateTime(p, t.answeredAt) },
          t.respondBy !== undefined && promise(w.respondBy, t.respondBy, t.answeredAt),
          t.repairBy !== undefined && promise(w.repairBy, t.repairBy, t.resolvedAt),
        ])}
        ${acts(p, t)}
        <h2>${w.notes}</h2>
        ${timeline(
          p.lang,
          t.notes.map((n) => ({
            title: w[`note-${n.what}`],
            when: `${dateTime(p, n.at)} · ${n.by ?? w[`side-${n.side}`]}`,
            at: n.at,
            state: n.what === "reopened" ? ("bad" as const) : ("done" as const),
            text: html`${n.internal ? tag(w.internal, "act") : ""} ${n.text ? html`<p class="d-said">${n.text}</p>` : ""}`,
          })),
        )}
        ${t.state === "closed" ? "" : noteForm(p, t, again)}`,
    };
  },
};

function noteForm(p: PageContext, t: One, again: Again | undefined): Html {
  const w = words(p.lang);
  return form(
    { action: `${here}/${t.id}/note`, hidden: p.csrf },
    textarea({ lang: p.lang, name: "text", id: "note", label: w.writeNote, rows: 3, maxlength: 2000, value: sent(again?.form, "text") }),
    may(p.caller, handleTickets.id) ? checkbox("internal", "internal", { value: "yes", text: w.internalOnly }) : "",
    button(w.send, { kind: "second" }),
  );
}

/** Only what this person may do in this state. */
function acts(p: PageContext, t: One): Html {
  const w = words(p.lang);
  const engineer = may(p.caller, handleTickets.id);
  const version = html`<input type="hidden" name="version" value="${t.version}" />`;
  const to = (act: string, text: string, kind: "main" | "second" = "second", more: Html | "" = "") =>
    form({ action: `${here}/${t.id}/${act}`, hidden: html`${p.csrf}${version}` }, more, button(text, { kind }));
  const reason = (id: string, label: string) => textarea({ lang: p.lang, name: "text", id, label, rows: 2, maxlength: 2000 });
  const pending = t.state === "open" || t.state === "in-progress";
  return html`<div class="d-acts">
    ${engineer && pending && !t.mine ? to("prise", w.take, "main") : ""}
    ${engineer && pending ? disclosure(w.resolve, to("resolution", w.resolve, "main", reason("done", w.done))) : ""}
    ${
      engineer && pending && t.engineers.length > 1
        ? disclosure(
            w.give,
            to(
              "prise",
              w.assign,
              "second",
              select({ lang: p.lang, name: "to", label: w.give, items: t.engineers.map((e) => ({ value: e.account, text: e.name })) }),
            ),
          )
        : ""
    }
    ${t.state === "resolved" ? to("cloture", w.close, "main") : ""}
    ${pending ? "" : disclosure(w.reopen, to("reouverture", w.reopen, "second", reason("why", w.why)))}
  </div>`;
}

export const ticketPage = consolePage({
  id: "console.network-ticket",
  path: `${here}/{id}`,
  who: either,
  input: T.Object({ id: Id }),
  screen,
});

const back = { back: screen, backInput: (f: Form) => ({ id: sent(f, "id") }) };
const shown = (id: string): Reply => seeOther(`${here}/${id}`);
const Text = T.String({ minLength: 2, maxLength: 2000 });
export const ticketActions = [
  consoleAction({
    id: "console.network-note-ticket",
    path: `${here}/{id}/note`,
    who: either,
    form: T.Object({ id: Id, text: Text, internal: T.Optional(T.String({ maxLength: 10 })) }),
    calls: [addNote],
    async handle(a, f) {
      await a.call(addNote, { id: f.id, text: f.text, internal: f.internal === "yes" });
      return shown(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-take-ticket",
    path: `${here}/{id}/prise`,
    who: official(handleTickets),
    form: T.Object({ id: Id, version: Version, to: T.Optional(T.String({ maxLength: 36 })) }),
    calls: [takeTicket],
    async handle(a, { to, ...f }) {
      await a.call(takeTicket, { ...f, ...(to ? { to } : {}) });
      return shown(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-resolve-ticket",
    path: `${here}/{id}/resolution`,
    who: official(handleTickets),
    form: T.Object({ id: Id, version: Version, text: Text }),
    calls: [resolveTicket],
    async handle(a, f) {
      await a.call(resolveTicket, f);
      return shown(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-close-ticket",
    path: `${here}/{id}/cloture`,
    who: either,
    form: T.Object({ id: Id, version: Version }),
    calls: [closeTicket],
    async handle(a, f) {
      await a.call(closeTicket, f);
      return shown(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-reopen-ticket",
    path: `${here}/{id}/reouverture`,
    who: either,
    form: T.Object({ id: Id, version: Version, text: Text }),
    calls: [reopenTicket],
    async handle(a, f) {
      await a.call(reopenTicket, f);
      return shown(f.id);
    },
    ...back,
  }),
];
