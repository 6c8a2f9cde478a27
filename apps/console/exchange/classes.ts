/** Classes of data: for how many days each may pass without the centre, which services are of it; the operator sets both. */
import { classifyService, listDataClasses, manageServers, readDataClass, readRights, setOfflinePolicy } from "#exchange/api";
import { html, official, seeOther, T, type Form, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, button, disclosure, form, input, may, number, select, table } from "#ui";
import { consoleAction, consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { classWords } from "./classes-words.ts";
import { Identifier, serviceHref } from "./parts.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

const path = "/console/echanges/classes";
type Classes = OutputOf<typeof listDataClasses>["classes"];
const DataClass = T.String({ pattern: "^[a-z][a-z0-9-]{0,39}$" });

export const className = (p: PageContext, dataClass: string): string =>
  dataClass === "ordinary" ? classWords(p.lang).ordinary : dataClass;

function list(p: PageContext, classes: Classes): Html {
  const w = classWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.tab,
      hideCaption: true,
      columns: [{ head: w.dataClass }, { head: w.days }, { head: w.services }],
      rows: classes.map((one) => [
        className(p, one.dataClass),
        one.days === undefined ? w.asOrdinary : w.day(one.days),
        one.services.length
          ? html`<p>${one.services.map((s, i) => html`${i > 0 ? " · " : ""}<a href="${serviceHref(s.id)}">${s.title}</a>`)}</p>`
          : one.count
            ? w.rest(number(p, one.count))
            : w.none,
      ]),
    })}
  </div>`;
}

function setting(p: PageContext, again: Again | undefined): Html {
  const w = classWords(p.lang);
  const wrong = new Set(again?.problem.more.fields?.map((one) => one.path));
  return html`<h2>${w.set}</h2>
    ${form(
      { action: path, hidden: p.csrf },
      html`<p class="t-soft">${w.setLead}</p>`,
      input({
        lang: p.lang,
        name: "dataClass",
        label: w.code,
        hint: w.codeHint,
        width: 20,
        maxlength: 40,
        spellcheck: false,
        autocomplete: "off",
        value: sent(again?.form, "dataClass"),
        error: wrong.has("dataClass") ? w.codeHint : undefined,
      }),
      input({
        lang: p.lang,
        name: "days",
        label: w.daysField,
        hint: w.daysHint,
        width: 4,
        inputmode: "numeric",
        autocomplete: "off",
        value: sent(again?.form, "days"),
        error: wrong.has("days") ? w.daysHint : undefined,
      }),
      html`<div class="t-actions">${button(w.save)}</div>`,
    )}`;
}

const screen: Screen<{ fait?: string }> = {
  reads: [listDataClasses],
  async view(p, { fait }, again) {
    const w = classWords(p.lang);
    const { classes } = await p.call(listDataClasses, {});
    return {
      title: w.tab,
      current: "exchange",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)} ${fait ? banner(p.lang, "success", html`<p>${w.saved}</p>`) : ""}
        <h1>${words(p.lang).title}</h1>
        ${exchangeTabs(p, "classes")}
        <p class="t-soft">${w.lead}</p>
        ${list(p, classes)} ${may(p.caller, manageServers.id) ? setting(p, again) : ""}`,
    };
  },
};

export const classesPage = consolePage({
  id: "console.exchange-classes",
  path,
  who: official(readRights),
  input: T.Object({ fait: T.Optional(T.String({ maxLength: 10 })) }),
  screen,
});

export const policyAction = consoleAction({
  id: "console.set-offline-policy",
  path,
  who: official(manageServers),
  // as text: an empty field must not read as 0 days
  form: T.Object({ dataClass: DataClass, days: T.String({ pattern: "^[0-9]{1,3}$" }) }),
  calls: [setOfflinePolicy],
  async handle(a, { dataClass, days }) {
    await a.call(setOfflinePolicy, { dataClass, days: Number(days) });
    return seeOther(`${path}?fait=oui`);
  },
  back: screen,
  backInput: () => ({}),
});

/** On a service's own page: its class, and for the operator the others to choose from. */
export function classOfService(p: PageContext, one: OutputOf<typeof readDataClass>): Html {
  const w = classWords(p.lang);
  if (!may(p.caller, manageServers.id)) return html``;
  return disclosure(
    w.change,
    form(
      { action: `${path}/service`, hidden: html`${p.csrf}<input type="hidden" name="id" value="${one.id}" />` },
      html`<p class="t-soft">${w.changeLead}</p>`,
      select({
        lang: p.lang,
        name: "dataClass",
        label: w.dataClass,
        empty: false,
        value: one.dataClass,
        items: one.known.map((value) => ({ value, text: className(p, value) })),
      }),
      html`<div class="t-actions">${button(w.save)}</div>`,
    ),
  );
}

export const classifyAction = (back: Screen<{ id: string }>) =>
  consoleAction({
    id: "console.classify-service",
    path: `${path}/service`,
    who: official(manageServers),
    form: T.Object({ id: Identifier, dataClass: DataClass }),
    calls: [classifyService],
    async handle(a, q) {
      await a.call(classifyService, q);
      return seeOther(serviceHref(q.id));
    },
    back,
    backInput: (f: Form) => ({ id: sent(f, "id") }),
  });
