import {
  listMembers,
  listRights,
  listServices,
  manageServices,
  readRights,
  readService,
  setServiceState,
  type RightView,
  type ServiceView,
} from "#exchange/api";
import { html, official, seeOther, T, type Form, type Html, type PageContext } from "#kernel";
import { button, date, disclosure, empty, facts, form, number, table, tag, textarea, may, officialOf } from "#ui";
import { consoleAction, consolePage, sent, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { Find, findForm, matches, slice } from "./find.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

const Identifier = T.String({ minLength: 3, maxLength: 255 });
const serviceHref = (id: string) => `/console/echanges/service?id=${encodeURIComponent(id)}`;

function how(p: PageContext, one: ServiceView): string {
  const w = words(p.lang);
  return one.answersInDays ? `${w[`kind-${one.kind}`]}, ${w.inDays(one.answersInDays)}` : w[`kind-${one.kind}`];
}

const state = (p: PageContext, one: ServiceView): Html =>
  one.enabled ? tag(words(p.lang).open, "good") : tag(words(p.lang).closed, "bad");

export const directoryPage = consolePage({
  id: "console.exchange",
  path: "/console/echanges",
  who: official(readRights),
  input: Find,
  screen: {
    reads: [listServices, listMembers],
    async view(p, { q, page }) {
      const w = words(p.lang);
      const { services: all } = await p.call(listServices, {});
      const found = q ? all.filter((one) => matches(q, one.title, one.provider.name, one.id)) : all;
      const { shown: services, paging } = slice(p, "/console/echanges", found, q, page);
      const { members, instance } = await p.call(listMembers, {});
      return {
        title: w.title,
        current: "exchange",
        main: html`<h1>${w.title}</h1>
          <p class="t-soft">${w.lead}</p>
          ${exchangeTabs(p, "directory")}
          <p class="t-soft">${w.published(number(p, all.length))} · ${w.members(number(p, members.length))} (${instance})</p>
          ${findForm(p, "/console/echanges", q)}
          ${
            services.length
              ? html`<div class="t-dense">
                    ${table({
                      caption: w.found(number(p, found.length)),
                      columns: [{ head: w.service }, { head: w.provider }, { head: w.kind }, { head: w.state }],
                      rows: services.map((one) => [
                        html`<a href="${serviceHref(one.id)}">${one.title}</a>
                          <div class="t-source t-mono d-wrap">${one.id}</div>`,
                        html`<a href="/console/institutions/${one.provider.institution}">${one.provider.name}</a>`,
                        how(p, one),
                        state(p, one),
                      ]),
                    })}
                  </div>
                  ${paging}`
              : empty(q ? w.nothing : w.noService, html`<p>${q ? w.nothingText : w.noServiceText}</p>`)
          }`,
      };
    },
  },
});

const serviceScreen: Screen<{ id: string }> = {
  reads: [readService, listRights],
  async view(p, { id }, again) {
    const w = words(p.lang);
    const one = await p.call(readService, { id });
    const { rights } = await p.call(listRights, { service: id });
    return {
      title: one.title,
      current: "exchange",
      crumbs: [{ href: "/console/echanges", text: w.title }],
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <p class="t-overline"><span class="t-mono d-wrap">${one.id}</span></p>
        <h1>${one.title} ${state(p, one)}</h1>
        <div class="t-panes">
          <section>
            ${facts(p.lang, [
              { key: w.provider, value: html`<a href="/console/institutions/${one.provider.institution}">${one.provider.name}</a>` },
              { key: w.kind, value: how(p, one) },
              one.endpoints.length > 0 && {
                key: w.endpoints,
                value: one.endpoints.map((e) => html`<div><code>${e.method} ${e.path}</code></div>`),
              },
              one.query.length > 0 && { key: w.query, value: html`<code>${one.query.join(", ")}</code>` },
              one.fields.length > 0 && {
                key: w.fields,
                value: one.fields.map(
                  (f) => html`<div>${f.label}${f.required ? html` <span class="t-source">${w.required}</span>` : ""}</div>`,
                ),
              },
              Boolean(one.source) && { key: w.source, value: one.source },
              Boolean(one.notice) && { key: w.notice, value: one.notice },
            ])}
            ${manage(p, one)}
          </section>
          <section>
            <h2>${w.rightsOf}</h2>
            ${rights.length ? rightsTable(p, rights, false) : html`<p>${w.noRight}</p>`}
          </section>
        </div>`,
    };
  },
};

/** Opening and closing is for the institution that publishes it. */
function manage(p: PageContext, one: ServiceView): Html | "" {
  if (!may(p.caller, manageServices.id) || officialOf(p.caller).institution !== one.provider.institution) return "";
  const w = words(p.lang);
  const hidden = html`${p.csrf}<input type="hidden" name="id" value="${one.id}" /><input
      type="hidden"
      name="enabled"
      value="${String(!one.enabled)}"
    />`;
  if (!one.enabled)
    return form({ action: "/console/echanges/service", hidden }, html`<div class="t-actions">${button(w.openService)}</div>`);
  return disclosure(
    w.closeService,
    form(
      { action: "/console/echanges/service", hidden },
      html`<p>${w.closeLead}</p>`,
      textarea({ lang: p.lang, name: "notice", label: w.notice, hint: w.noticeHint, rows: 2, maxlength: 300 }),
      html`<div class="t-actions">${button(w.closeService, { kind: "warn" })}</div>`,
    ),
  );
}

export function rightsTable(p: PageContext, rights: readonly RightView[], withService: boolean): Html {
  const w = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.rights,
      hideCaption: true,
      columns: [
        { head: w.who },
        ...(withService ? [{ head: w.what }] : []),
        { head: w.purposes },
        { head: w.kept },
        { head: w.basis },
        { head: w.valid },
      ],
      rows: rights.map((one) => [
        html`<code class="d-wrap">${one.subject}</code>`,
        ...(withService ? [html`<a class="d-wrap" href="${serviceHref(one.service)}">${one.service}</a>`] : []),
        one.purposes.map((purpose) => html`<div>${purpose.label}</div>`),
        one.fields
          ? html`<code class="d-wrap">${one.fields.map((f) => f.replace(/^\/(rows\/\*\/)?/, "").replaceAll("/", ".")).join(", ")}</code>`
          : w.allFields,
        one.basis,
        html`${w.since(date(p, one.from))}${one.until ? html`<br />${w.until(date(p, one.until))}` : ""}`,
      ]),
    })}
  </div>`;
}

export const servicePage = consolePage({
  id: "console.exchange-service",
  path: "/console/echanges/service",
  who: official(readRights),
  input: T.Object({ id: Identifier }),
  screen: serviceScreen,
});

export const serviceAction = consoleAction({
  id: "console.set-service-state",
  path: "/console/echanges/service",
  who: official(manageServices),
  form: T.Object({ id: Identifier, enabled: T.Boolean(), notice: T.Optional(T.String({ maxLength: 300 })) }),
  calls: [setServiceState],
  async handle(a, { id, enabled, notice }) {
    await a.call(setServiceState, { id, enabled, ...(notice?.trim() ? { notice: notice.trim() } : {}) });
    return seeOther(serviceHref(id));
  },
  back: serviceScreen,
  backInput: (form: Form) => ({ id: sent(form, "id") }),
});

export const rightsPage = consolePage({
  id: "console.exchange-rights",
  path: "/console/echanges/droits",
  who: official(readRights),
  input: Find,
  screen: {
    reads: [listRights],
    async view(p, { q, page }) {
      const w = words(p.lang);
      const { rights: all } = await p.call(listRights, {});
      const found = q ? all.filter((one) => matches(q, one.subject, one.service, one.basis, ...one.purposes.map((x) => x.label))) : all;
      const { shown: rights, paging } = slice(p, "/console/echanges/droits", found, q, page);
      return {
        title: w.rights,
        current: "exchange",
        main: html`<h1>${w.title}</h1>
          ${exchangeTabs(p, "rights")} ${findForm(p, "/console/echanges/droits", q)}
          ${
            rights.length
              ? html`<p class="t-soft">${w.rightsFound(number(p, found.length))}</p>
                  ${rightsTable(p, rights, true)}${paging}`
              : empty(q ? w.nothing : w.noRights, q ? html`<p>${w.nothingText}</p>` : "")
          }`,
      };
    },
  },
});
