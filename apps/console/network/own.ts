import { changeContact, followService, listOwnPlaces, listOwnWorks, listTickets, readContact, reportFault } from "#network/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, dateTime, disclosure, empty, form, input, number, select, table, tag, textarea } from "#ui";
import { consoleAction, consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { path } from "./parts.ts";
import { ticketTable } from "./tickets.ts";
import { own } from "./watch-parts.ts";
import { words } from "./words-service.ts";
import { windowOf } from "./works.ts";

type Works = OutputOf<typeof listOwnWorks>["works"];

/** An institution's own connection: its places, what is announced, what it reported, its statement. */
const screen: Screen<object> = {
  reads: [listOwnPlaces, listOwnWorks, listTickets, readContact],
  async view(p, _input, again) {
    const w = words(p.lang);
    const { institution, places } = await p.call(listOwnPlaces, {});
    const { works } = await p.call(listOwnWorks, {});
    const { tickets } = await p.call(listTickets, { limit: 20 });
    const id = p.caller.kind === "official" ? p.caller.institution : "";
    return {
      title: w.ownTitle,
      current: "connection",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${w.ownTitle}</h1>
        <p>${w.ownLead(institution)}</p>
        ${
          places.length
            ? html`<div class="t-dense">
                  ${table({
                    caption: w.sites,
                    columns: [{ head: w.place }, { head: w.network }, { head: w.ticketsOf }],
                    rows: places.map((x) => [
                      x.name,
                      x.since
                        ? html`${tag(w.off, x.planned ? "act" : "bad")}
                            <div class="t-source">${w.offSince(dateTime(p, x.since))}</div>`
                        : html`${tag(w.on, "good")}
                            <div class="t-source">${w.working}</div>`,
                      x.ticket ? html`<a href="${path}/tickets/${x.ticket.id}">n° ${number(p, x.ticket.number)}</a>` : "–",
                    ]),
                  })}
                </div>
                ${report(p, places, again)}`
            : empty(w.noPlaces)
        }
        ${tickets.length ? ticketTable(p, tickets) : ""}
        <h2>${w.ownWorks}</h2>
        ${works.length ? announced(p, works) : html`<p class="t-soft">${w.noOwnWorks}</p>`}
        <h2>${w.statement}</h2>
        <p><a href="${path}/engagements/${id}">${w.seeStatement}</a></p>
        ${await contact(p, again)}`,
    };
  },
};

function report(p: PageContext, places: OutputOf<typeof listOwnPlaces>["places"], again: Again | undefined): Html {
  const w = words(p.lang);
  const free = places.filter((x) => !x.ticket);
  if (free.length === 0) return html``;
  const typed = sent(again?.form, "place") || undefined;
  return disclosure(
    w.report,
    form(
      { action: own, hidden: p.csrf },
      select({
        lang: p.lang,
        name: "place",
        label: w.reportWhich,
        empty: false,
        value: typed ?? free[0]!.id,
        items: free.map((x) => ({ value: x.id, text: x.name })),
      }),
      textarea({ lang: p.lang, name: "text", label: w.reportText, rows: 3, maxlength: 2000, value: sent(again?.form, "text") }),
      button(w.sendReport),
    ),
    typed !== undefined,
  );
}

function announced(p: PageContext, works: Works): Html {
  const w = words(p.lang);
  return html`${works.map((x) =>
    disclosure(
      html`${windowOf(p, x)} ${tag(w[x.effect], x.effect === "down" ? "bad" : x.effect === "none" ? "neutral" : "act")}
      ${x.phase === "ahead" ? "" : tag(w[x.phase], "neutral")}`,
      html`<div class="d-letter">
        <p><b>${x.subject}</b></p>
        ${x.body.split(/\n+/).map((line) => html`<p>${line}</p> `)}
      </div>`,
    ),
  )}`;
}

async function contact(p: PageContext, again: Again | undefined): Promise<Html> {
  const w = words(p.lang);
  const c = await p.call(readContact, {});
  const typed = again && "lang" in again.form ? again.form : undefined;
  const fault = (name: string) => {
    const found = again?.problem.more.fields?.find((f) => f.path === name);
    return found && p.say(found.message);
  };
  return disclosure(
    w.contact,
    form(
      { action: `${own}/adresse`, hidden: p.csrf },
      html`<p class="t-soft">${w.contactText}</p>`,
      input({
        lang: p.lang,
        name: "email",
        label: w.email,
        type: "email",
        value: sent(typed, "email") || c.email,
        maxlength: 254,
        error: fault("email"),
      }),
      input({
        lang: p.lang,
        name: "phone",
        label: w.phone,
        type: "tel",
        optional: true,
        value: sent(typed, "phone") || c.phone,
        maxlength: 30,
        error: fault("phone"),
      }),
      select({ lang: p.lang, name: "lang", label: w.lang, empty: false, value: c.lang, items: [{ value: "fr", text: "français" }, { value: "en", text: "English" }] }), // prettier-ignore
      button(words(p.lang).save, { kind: "second" }),
    ),
    typed !== undefined,
  );
}

export const ownPage = consolePage({ id: "console.own-connection", path: own, who: official(followService), input: T.Object({}), screen });

const back = { back: screen, backInput: () => ({}) };
export const ownActions = [
  consoleAction({
    id: "console.report-fault",
    path: own,
    who: official(followService),
    form: T.Object({ place: T.String({ maxLength: 120 }), text: T.String({ maxLength: 2000 }) }),
    calls: [reportFault],
    async handle(a, f) {
      const { id } = await a.call(reportFault, f);
      return seeOther(`${path}/tickets/${id}`);
    },
    ...back,
  }),
  consoleAction({
    id: "console.change-contact",
    path: `${own}/adresse`,
    who: official(followService),
    form: T.Object({
      email: T.Optional(T.String({ maxLength: 254 })),
      phone: T.Optional(T.String({ maxLength: 30 })),
      lang: T.Enum(["fr", "en"]),
    }),
    calls: [changeContact],
    async handle(a, f) {
      await a.call(changeContact, f);
      return seeOther(own);
    },
    ...back,
  }),
];
