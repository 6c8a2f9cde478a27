/** One other country: what it shows us, and what of ours it may see. */
import { listFederations, manageFederation, openToInstance, readFederation, readServers } from "#exchange/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, form, input, may, table, tag } from "#ui";
import { sent, consoleAction, consolePage, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { age, federationPath as path, time, tones } from "./federation.ts";
import { federationWords } from "./federation-words.ts";
import { words } from "./words.ts";

type One = OutputOf<typeof readFederation>;

function theirs(p: PageContext, { members, services, servers }: One): Html {
  const w = federationWords(p.lang);
  if (members.length === 0) return html`<p>${w.nothingShown}</p>`;
  return html`<div class="t-dense">
      ${table({
        caption: w.theirs,
        hideCaption: true,
        columns: [{ head: w.member }, { head: words(p.lang).subsystems }, { head: w.services }],
        rows: members.map((m) => [
          html`${m.name}
            <div class="t-source t-mono d-wrap">${m.id}</div>`,
          html`${m.subsystems.map((s) => html`<div>${s.name} <span class="t-source t-mono d-wrap">${s.id}</span></div>`)}`,
          html`${services
            .filter((s) => s.id.startsWith(`${m.id}/`))
            .map(
              (s) =>
                html`<div>
                  ${s.title} ${s.enabled ? "" : tag(words(p.lang).closed, "bad")} <span class="t-source t-mono d-wrap">${s.id}</span>
                </div>`,
            )}`,
        ]),
      })}
    </div>
    <p class="t-soft">
      ${w.servers}${p.lang === "fr" ? "\u202f:" : ":"} ${servers.map((s) => html`<code class="d-wrap">${s.id} ${s.address}</code> `)}
    </p>`;
}

function ours(p: PageContext, { federation, openings }: One): Html {
  const w = federationWords(p.lang);
  if (openings.length === 0) return html`<p>${w.closedAll}</p>`;
  const closing = (what: string): Html | "" =>
    may(p.caller, manageFederation.id)
      ? form(
          {
            action: `${path}/${federation.id}/ouvertures`,
            hidden: html`${p.csrf}<input type="hidden" name="what" value="${what}" /><input type="hidden" name="open" value="no" />`,
          },
          button(html`${w.close}<span class="govuk-visually-hidden"> ${what}</span>`, { kind: "second" }),
        )
      : "";
  return html`<div class="t-dense">
    ${table({
      caption: w.ours,
      hideCaption: true,
      columns: [{ head: w.what }, { head: w.since }, { head: html`<span class="govuk-visually-hidden">${w.close}</span>`, label: false }],
      rows: openings.map((o) => [html`<code class="d-wrap">${o.what}</code>`, time(p, o.at), closing(o.what)]),
    })}
  </div>`;
}

const Input = T.Object({ id: T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }) });

const screen: Screen<{ id: string }> = {
  reads: [readFederation],
  async view(p, { id }, again?: Again) {
    const w = federationWords(p.lang);
    const one = await p.call(readFederation, { id });
    const { federation } = one;
    return {
      title: `${federation.name} (${federation.instance})`,
      current: "exchange",
      crumbs: [{ href: path, text: w.back }],
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${federation.name} <span class="t-source t-mono">${federation.instance}</span></h1>
        <p>${tag(w[`state-${federation.state}`], tones[federation.state])} ${age(p, federation)}</p>
        <h2>${w.ours}</h2>
        <p class="t-soft">${w.oursLead}</p>
        ${ours(p, one)}
        ${
          may(p.caller, manageFederation.id)
            ? html`<div class="t-text">
                ${form(
                  { action: `${path}/${id}/ouvertures`, hidden: html`${p.csrf}<input type="hidden" name="open" value="yes" />` },
                  input({
                    lang: p.lang,
                    name: "what",
                    label: w.what,
                    hint: w.whatHint,
                    maxlength: 255,
                    value: sent(again?.form, "what"),
                    spellcheck: false,
                    autocomplete: "off",
                  }),
                  html`<div class="t-actions">${button(w.open)}</div>`,
                )}
              </div>`
            : ""
        }
        <h2>${w.theirs}</h2>
        ${theirs(p, one)}`,
    };
  },
};

export const federationOnePage = consolePage({
  id: "console.exchange-federation-one",
  path: `${path}/{id}`,
  who: official(readServers),
  input: Input,
  screen,
});

export const openingAction = consoleAction({
  id: "console.open-to-instance",
  path: `${path}/{id}/ouvertures`,
  who: official(manageFederation),
  form: T.Object({ ...Input.properties, what: T.String({ maxLength: 255 }), open: T.Enum(["yes", "no"]) }),
  calls: [listFederations, openToInstance],
  async handle(a, { id, what, open }) {
    const { federations } = await a.call(listFederations, {});
    const instance = federations.find((one) => one.id === id)?.instance ?? id;
    await a.call(openToInstance, { instance, what: what.trim(), open: open === "yes" });
    return seeOther(`${path}/${id}`);
  },
  back: screen,
  backInput: (f) => ({ id: f.id as string }),
});
