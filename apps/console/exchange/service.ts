/** One service: what it offers, how it is reached, who may ask it; its own institution acts on it here. */
import {
  listMembers,
  listRights,
  manageServices,
  readDataClass,
  readOperations,
  readPolicies,
  readPublication,
  readRights,
  readService,
  refreshDescription,
  setServiceState,
  type RightView,
  type ServiceView,
} from "#exchange/api";
import { html, official, seeOther, T, type Form, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, button, buttonLink, dateTime, disclosure, facts, form, input, may, officialOf, select, tag, textarea } from "#ui";
import { consoleAction, consolePage, sent, type Screen } from "../screen.ts";
import { pre, refusalOf } from "../site.ts";
import { classifyAction, className, classOfService } from "./classes.ts";
import { classWords } from "./classes-words.ts";
import { examine } from "./diagnosis.ts";
import { diagnosisWords } from "./diagnosis-words.ts";
import { endRightAction } from "./grant.ts";
import { how, Identifier, serviceHref, state } from "./parts.ts";
import { publishHref } from "./publish.ts";
import { publishWords } from "./publish-words.ts";
import { type Names, namesOf, rightsTable, subjectName } from "./rights.ts";
import { words } from "./words.ts";

/** One's own institution's: only it changes what it publishes. */
const isOwn = (p: PageContext, one: ServiceView): boolean =>
  may(p.caller, manageServices.id) && officialOf(p.caller).institution === one.provider.institution;

const serviceScreen: Screen<{ id: string; fait?: string }> = {
  reads: [readService, listRights, readPublication, readPolicies, readDataClass, listMembers],
  async view(p, { id, fait }, again) {
    const w = words(p.lang);
    const one = await p.call(readService, { id });
    const { rights } = await p.call(listRights, { service: id });
    const names = namesOf((await p.call(listMembers, {})).members);
    const dataClass = await p.call(readDataClass, { id });
    return {
      title: one.title,
      current: "exchange",
      crumbs: [{ href: "/console/echanges", text: w.title }],
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)} ${fait ? banner(p.lang, "success", html`<p>${publishWords(p.lang).refreshed}</p>`) : ""}
        <p class="t-overline"><span class="t-mono d-wrap">${one.id}</span></p>
        <h1>${one.title} ${state(p, one)}</h1>
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
            {
              key: classWords(p.lang).ofService,
              value: html`${className(p, dataClass.dataClass)}
                <div class="t-source">${classWords(p.lang).days} : ${classWords(p.lang).day(dataClass.days)}</div>`,
            },
          ])}
          ${may(p.caller, readOperations.id) ? html`<div class="t-actions">${examine(p, { service: id }, diagnosisWords(p.lang).examineNow)}</div>` : ""}
          ${publication(p, one, await p.call(readPublication, { id }))} ${manage(p, one)} ${classOfService(p, dataClass)}
        </section>
        <section>
          <h2>${w.rightsOf}</h2>
          ${rights.length ? rightsTable(p, rights, false, names) : html`<p>${w.noRight}</p>`}
          ${isOwn(p, one) ? ownRights(p, one, rights, names) : ""}
          ${
            rights.length
              ? disclosure(
                  publishWords(p.lang).policies,
                  pre(publishWords(p.lang).policies, (await p.call(readPolicies, { service: id })).text),
                )
              : ""
          }
        </section> `,
    };
  },
};

/** How it came into the directory, and how the gateway and the system know each other. */
function publication(p: PageContext, one: ServiceView, known: OutputOf<typeof readPublication>): Html {
  const w = publishWords(p.lang);
  const d = known.description;
  return html`<h2>${w.how}</h2>
    ${facts(p.lang, [
      { key: w.origin, value: w[`origin-${known.origin}`] },
      Boolean(known.baseUrl) && { key: w.baseUrl, value: html`<code class="d-wrap">${known.baseUrl}</code>` },
      one.kind === "http" && { key: w.timeout, value: w.seconds(known.timeoutSeconds) },
      one.kind === "http" && {
        key: w.tls,
        value: html`${!known.verifyTls ? tag(w.tlsNot, "bad") : known.ownAuthority ? w.tlsOwn : w.tlsVerified}${known.clientCertificate ? html`<div>${w.mutual}</div>` : ""}`,
      },
      Boolean(known.subject) && { key: w.person, value: html`<code class="d-wrap">${known.subject}</code>` },
      Boolean(d) && {
        key: w.description,
        value: html`${d?.url ? html`<div><code class="d-wrap">${d.url}</code></div>` : ""}
          <div class="t-source">${d ? w.readAt(dateTime(p, d.readAt)) : ""}</div>
          ${d?.fault ? tag(d.fault, "bad") : ""}`,
      },
      Boolean(known.waiting) && {
        key: w.proposal,
        value: html`<a href="/console/echanges/propositions/${known.waiting}">${w.waits}</a>`,
      },
    ])}
    ${
      isOwn(p, one) && one.kind === "http"
        ? html`<div class="t-actions">
            ${buttonLink(publishHref(one.id), w.change, "second")}
            ${
              d?.url
                ? form(
                    {
                      action: "/console/echanges/service/relire",
                      hidden: html`${p.csrf}<input type="hidden" name="id" value="${one.id}" />`,
                    },
                    button(w.refresh, { kind: "second" }),
                  )
                : ""
            }
          </div>`
        : ""
    }`;
}

function ownRights(p: PageContext, one: ServiceView, rights: readonly RightView[], names: Names): Html {
  const w = publishWords(p.lang);
  return html`<div class="t-actions">${buttonLink(`/console/echanges/accorder?service=${encodeURIComponent(one.id)}`, w.grant)}</div>
    ${
      rights.length
        ? disclosure(
            w.end,
            form(
              { action: "/console/echanges/droits/fin", hidden: html`${p.csrf}<input type="hidden" name="service" value="${one.id}" />` },
              html`<div class="t-text">
                <p>${w.endLead}</p>
                ${select({ lang: p.lang, name: "right", label: w.endWhich, items: rights.map((r) => ({ value: `${r.id} ${r.subject}`, text: `${subjectName(p, r.subject, names)} : ${r.purposes.map((x) => x.label).join(", ")}` })) })}
                ${input({ lang: p.lang, name: "reason", label: w.reason, maxlength: 500, autocomplete: "off" })}
                <div class="t-actions">${button(w.end, { kind: "warn" })}</div>
              </div>`,
            ),
          )
        : ""
    }`;
}

/** Opening and closing is for the institution that publishes it. */
function manage(p: PageContext, one: ServiceView): Html | "" {
  if (!isOwn(p, one)) return "";
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

export const servicePage = consolePage({
  id: "console.exchange-service",
  path: "/console/echanges/service",
  who: official(readRights),
  input: T.Object({ id: Identifier, fait: T.Optional(T.String({ maxLength: 10 })) }),
  screen: serviceScreen,
});

export const refreshAction = consoleAction({
  id: "console.refresh-description",
  path: "/console/echanges/service/relire",
  who: official(manageServices),
  form: T.Object({ id: Identifier }),
  calls: [refreshDescription],
  async handle(a, { id }) {
    await a.call(refreshDescription, { id });
    return seeOther(`${serviceHref(id)}&fait=relue`);
  },
  back: serviceScreen,
  backInput: (sentForm: Form) => ({ id: sent(sentForm, "id") }),
});

export const rightEndAction = endRightAction(serviceScreen);
export const serviceClassAction = classifyAction(serviceScreen);

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
