import { listEquipment, operateFabric, registerEquipment, searchEquipment } from "#network/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, buttonLink, disclosure, empty, form, input, may, number, table, tag, time } from "#ui";
import { consoleAction, consolePage, sent, withQuery, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { EquipmentForm, fields, protocols, registration, typed, type Protocol } from "./equipment-form.ts";
import { networkTabs, path } from "./parts.ts";
import { words } from "./words-equipment.ts";
import { words as all } from "./words.ts";

export const here = `${path}/equipements`;
type List = OutputOf<typeof listEquipment>;
type Line = List["equipment"][number];

/** One word for how it stands: what cannot be read first, then what differs. */
export function stateOf(p: PageContext, e: Pick<Line, "trouble" | "readAt" | "paused" | "differences">): Html {
  const w = words(p.lang);
  if (e.paused) return tag(w.paused);
  if (e.trouble) return e.trouble.cause === "identity-unknown" ? tag(w.toApprove, "act") : tag(w.unreadable, "bad");
  if (!e.readAt) return tag(w.never);
  if (e.differences.serious) return tag(w["sev-serious"], "bad");
  return e.differences.warning ? tag(w["sev-warning"], "act") : tag(w.fine, "good");
}

const screen: Screen<{ q?: string; apres?: number; prefixe?: string }> = {
  reads: [listEquipment],
  async view(p, { q, apres }, again) {
    const w = words(p.lang);
    const list = await p.call(listEquipment, { limit: 50, ...(q ? { q } : {}), ...(apres ? { from: apres } : {}) });
    const figure = (name: string, value: number) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${number(p, value)}</dd>
      </div>`;
    const mine = may(p.caller, operateFabric.id);
    const running = list.search && !list.search.ended;
    return {
      title: w.title,
      current: "network",
      failed: Boolean(again),
      crumbs: [{ href: path, text: all(p.lang).title }],
      ...(running ? { refresh: 5 } : {}),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${w.title}</h1>
        ${networkTabs(p, "equipment")}
        <p>${w.lead}</p>
        <dl class="t-figures">${figure(w.total, list.total)} ${figure(w.troubled, list.troubled)} ${figure(w.serious, list.serious)}</dl>
        ${mine ? html`<div class="t-actions">${buttonLink(`${here}/inscrire`, w.register)}</div>` : ""} ${lines(p, list, q)}
        ${list.search ? sweep(p, list.search) : ""}
        ${
          mine && !running
            ? disclosure(
                w.sweep,
                html`<p>${w.sweepText}</p>
                  ${form(
                    { action: `${here}/chercher`, hidden: p.csrf },
                    input({
                      lang: p.lang,
                      name: "prefixe",
                      label: w.prefix,
                      value: sent(again?.form, "prefixe"),
                      width: 20,
                      maxlength: 49,
                      autocomplete: "off",
                      spellcheck: false,
                      offers: list.prefixes.slice(0, 20).map((x) => ({ value: x, text: x })),
                    }),
                    button(w.startSweep, { kind: "second" }),
                  )}`,
                Boolean(again),
              )
            : ""
        }`,
    };
  },
};

function lines(p: PageContext, list: List, q: string | undefined): Html {
  const w = words(p.lang);
  if (list.total === 0 && !q) return empty(w.none, html`<p>${w.noneText}</p>`);
  return html`<form method="get" action="${here}" class="d-find" role="search">
      ${input({ lang: p.lang, name: "q", label: w.find, value: q ?? "", width: 20, maxlength: 100, autocomplete: "off", type: "search" })}
      ${button(w.search, { kind: "second" })}
    </form>
    ${
      list.total === 0
        ? html`<p>${w.noMatch}</p>`
        : html`<div class="t-dense">
            ${table({
              caption: w.caption,
              columns: [{ head: w.equipment }, { head: w.address }, { head: w.state }, { head: w.differences }, { head: w.readAt }],
              rows: list.equipment.map((e) => [
                html`<a href="${here}/${e.id}">${e.name}</a>
                  <div class="t-source">
                    ${e.device ? html`<a href="${path}/sites/${e.device.node}">${e.device.nodeName}</a>` : w.unlinked}
                    ${e.weak ? html`<div>${w.weak}</div>` : ""}
                  </div>`,
                html`<span class="t-mono d-wrap">${e.address}</span>
                  <div class="t-source">${w[`p-${e.protocol}`]}</div>`,
                html`${stateOf(p, e)} ${e.trouble ? html`<div class="t-source">${e.trouble.words}</div>` : ""}`,
                html`${e.readAt ? w.counts(number(p, e.differences.serious), number(p, e.differences.warning), number(p, e.differences.note)) : "–"}
                ${e.differences.accepted ? html`<div class="t-source">${w.accepted(number(p, e.differences.accepted))}</div>` : ""}`,
                e.readAt ? time(p, e.readAt) : "–",
              ]),
            })}
          </div>`
    }
    ${
      list.next
        ? html`<nav class="t-pages" aria-label="${w.pages}">
            <span></span><a rel="next" href="${withQuery(here, { q, apres: String(list.next) })}">${w.more} →</a>
          </nav>`
        : ""
    }`;
}

function sweep(p: PageContext, s: NonNullable<List["search"]>): Html {
  const w = words(p.lang);
  return html`<h2>${w.sweepOf(s.prefix, number(p, s.done), number(p, s.total))}</h2>
    <p>${tag(s.ended ? w.ended : w.underWay, s.ended ? "neutral" : "act")} ${time(p, s.at)}</p>
    ${
      s.found.length
        ? html`<div class="t-dense">
            ${table({
              caption: w.answers,
              hideCaption: true,
              columns: [{ head: w.address }, { head: w.protocol }, { head: w.answers }, { head: w.state }],
              rows: s.found.map((f) => [
                html`<span class="t-mono d-wrap">${f.address}</span>`,
                w[`p-${f.protocol}`],
                html`<span class="d-wrap">${f.greeting}</span>`,
                f.registered
                  ? html`<a href="${here}/${f.registered}">${w.registered}</a>`
                  : html`<a href="${withQuery(`${here}/inscrire`, { protocole: f.protocol, adresse: f.address })}"
                      >${w.notRegistered} ${f.address}</a
                    >`,
              ]),
            })}
          </div>`
        : s.ended
          ? html`<p>${w.nobody}</p>`
          : ""
    }`;
}

export const equipmentListPage = consolePage({
  id: "console.network-equipment",
  path: here,
  who: official(),
  input: T.Object({
    q: T.Optional(T.String({ maxLength: 100 })),
    apres: T.Optional(T.Integer({ minimum: 0, maximum: 1_000_000 })),
    prefixe: T.Optional(T.String({ maxLength: 49 })),
  }),
  screen: screen as Screen<never>,
});

const registerScreen: Screen<{ protocole?: Protocol; adresse?: string }> = {
  reads: [],
  async view(p, asked, again) {
    const w = words(p.lang);
    const protocol = protocols.find((x) => x === asked.protocole) ?? "snmp";
    const v = typed(again?.form, { protocol, address: asked.adresse });
    return {
      title: w.register,
      current: "network",
      failed: Boolean(again),
      crumbs: [
        { href: path, text: all(p.lang).title },
        { href: here, text: w.title },
      ],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${w.register}</h1>
        ${networkTabs(p, "equipment")}
        <nav aria-label="${w.protocol}">
          <ul class="d-cities">
            ${protocols.map((x) => html`<li>${x === protocol ? html`<b aria-current="page">${w[`p-${x}`]}</b>` : html`<a href="${withQuery(`${here}/inscrire`, { protocole: x, adresse: v.address })}">${w[`p-${x}`]}</a>`}</li> `)}
          </ul>
        </nav>
        ${form({ action: `${here}/inscrire`, hidden: p.csrf }, fields(p, v, { editing: false }), button(w.doRegister))}`,
    };
  },
};
export const equipmentRegisterPage = consolePage({
  id: "console.network-equipment-register",
  path: `${here}/inscrire`,
  who: official(operateFabric),
  input: T.Object({ protocole: T.Optional(T.Enum([...protocols])), adresse: T.Optional(T.String({ maxLength: 45 })) }),
  screen: registerScreen as Screen<never>,
});

export const equipmentListActions = [
  consoleAction({
    id: "console.network-equipment-search",
    path: `${here}/chercher`,
    who: official(operateFabric),
    form: T.Object({ prefixe: T.String({ maxLength: 49 }) }),
    calls: [searchEquipment],
    async handle(a, f) {
      await a.call(searchEquipment, { prefix: f.prefixe.trim() });
      return seeOther(here);
    },
    back: screen,
    backInput: () => ({}),
  }),
  consoleAction({
    id: "console.network-equipment-register",
    path: `${here}/inscrire`,
    who: official(operateFabric),
    form: EquipmentForm,
    calls: [registerEquipment],
    async handle(a, f) {
      const { id } = await a.call(registerEquipment, registration(f));
      return seeOther(`${here}/${id}`);
    },
    back: registerScreen,
    backInput: (f) => ({ protocole: protocols.find((x) => x === sent(f, "protocole")) ?? "snmp" }),
  }),
];
