import {
  acceptDifference,
  adoptDifferences,
  approveEquipment,
  editEquipment,
  operateFabric,
  planChanges,
  readEquipment,
  refreshEquipment,
  removeEquipment,
} from "#network/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, button, checkbox, dateTime, disclosure, empty, facts, form, input, may, table, tag, time, warning, type Tone } from "#ui";
import { consoleAction, consolePage, sent, sentAll, type Again, type Screen } from "../screen.ts";
import { refusalOf, span } from "../site.ts";
import { edition, EquipmentForm, fields, typed } from "./equipment-form.ts";
import { here, stateOf } from "./equipment-list.ts";
import { seen } from "./equipment-seen.ts";
import { networkTabs, path } from "./parts.ts";
import { words } from "./words-equipment.ts";
import { words as all } from "./words.ts";

type Whole = OutputOf<typeof readEquipment>;
type Difference = Whole["list"][number];
const Id = T.String({ pattern: "^[0-9a-f-]{36}$" });
const tones: Record<Difference["severity"], Tone> = { serious: "bad", warning: "act", note: "neutral" };

const screen: Screen<{ id: string }> = {
  reads: [readEquipment],
  async view(p, { id }, again) {
    const w = words(p.lang);
    const e = await p.call(readEquipment, { id });
    const runs = may(p.caller, operateFabric.id);
    const waiting = !e.trouble && !e.reading && !e.paused;
    return {
      title: e.name,
      current: "network",
      failed: Boolean(again),
      crumbs: [
        { href: path, text: all(p.lang).title },
        { href: here, text: w.title },
      ],
      ...(waiting ? { refresh: 3 } : {}),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${e.name}</h1>
        ${networkTabs(p, "equipment")}
        <p>
          ${stateOf(p, e)} <span class="t-mono d-wrap">${e.address}</span> · ${w[`p-${e.protocol}`]} ·
          ${e.readAt ? time(p, e.readAt) : w.never}
        </p>
        ${e.weak ? warning(p.lang, html`<p>${w.weak}. ${w.weakHint}</p>`) : ""} ${trouble(p, e, runs)}
        ${
          runs || may(p.caller, planChanges.id)
            ? form({ action: `${here}/${e.id}/lire`, hidden: p.csrf }, button(w.readNow, { kind: "second" }))
            : ""
        }
        ${e.reading ? differences(p, e, again) : empty(w.notRead, html`<p>${w.notReadText}</p>`)} ${e.reading ? seen(p, e.reading) : ""}
        ${e.history.length > 1 ? history(p, e) : ""} ${runs ? settings(p, e, again) : ""}`,
    };
  },
};

/** What is wrong, what to do, and the decision where it is one. */
function trouble(p: PageContext, e: Whole, runs: boolean): Html {
  const w = words(p.lang);
  const t = e.trouble;
  const approval = e.met
    ? html`${facts(p.lang, [
        e.identity ? { key: w.identity, value: html`<span class="t-mono d-wrap">${e.identity}</span>` } : undefined,
        { key: w.met, value: html`<span class="t-mono d-wrap">${e.met.identity}</span> · ${dateTime(p, e.met.at)}` },
      ])}
      ${
        runs
          ? html`<p>${w.compare}</p>
              ${form(
                {
                  action: `${here}/${e.id}/identite`,
                  hidden: html`${p.csrf}<input type="hidden" name="identite" value="${e.met.identity}" />`,
                },
                button(w.approve),
              )}`
          : ""
      }`
    : "";
  if (!t) return html`${approval}`;
  return banner(
    p.lang,
    t.cause === "identity-unknown" ? "information" : "problem",
    html`<p><b>${t.words}</b> ${time(p, t.since)}</p>
      <p>${t.remedy}</p>
      ${approval}`,
    w.remedy,
  );
}

function differences(p: PageContext, e: Whole, again: Again | undefined): Html {
  const w = words(p.lang);
  if (e.list.length === 0)
    return html`<h2>${w.listOf}</h2>
      ${empty(w.same, html`<p>${w.sameText}</p>`)}`;
  const plans = may(p.caller, planChanges.id);
  const chosen = sentAll(again?.form, "ecart");
  const open = e.list.filter((d) => !d.accepted);
  const list = html`<div class="t-dense">
    ${table({
      caption: w.listOf,
      hideCaption: true,
      columns: [{ head: w.severity }, { head: w.what }, ...(plans ? [{ head: w.adopt }] : [])],
      rows: e.list.map((d, i) => [
        tag(w[`sev-${d.severity}`], d.accepted ? "neutral" : tones[d.severity]),
        html`${d.words} ${d.accepted ? html`<div class="t-source">${w.acceptedAs(d.accepted.reason)}</div>` : ""}`,
        ...(plans
          ? [d.adoptable && !d.accepted ? checkbox("ecart", `ecart-${i}`, { value: d.key, text: html`<span class="govuk-visually-hidden">${d.words}</span>` }, chosen.includes(d.key)) : ""] // prettier-ignore
          : []),
      ]),
    })}
  </div>`;
  if (!plans)
    return html`<h2>${w.listOf}</h2>
      ${list}`;
  const stranger = open.some((d) => d.kind === "unknown-device");
  return html`<h2>${w.listOf}</h2>
    ${form(
      { action: `${here}/${e.id}/reprendre`, hidden: p.csrf },
      list,
      open.some((d) => d.adoptable)
        ? html`<p>${w.adoptText}</p>
            ${stranger ? input({ lang: p.lang, name: "lieu", label: w.node, hint: w.nodeHint, value: sent(again?.form, "lieu"), width: 20, maxlength: 120, autocomplete: "off", spellcheck: false }) : ""}
            ${button(w.adopt)}`
        : "",
    )}
    ${disclosure(
      w.accept,
      html`${e.list.map((d, i) =>
        d.accepted
          ? form(
              { action: `${here}/${e.id}/accepter`, hidden: html`${p.csrf}<input type="hidden" name="ecart" value="${d.key}" />` },
              html`<p>${d.words}</p>`,
              button(w.withdraw, { kind: "second" }),
            )
          : form(
              { action: `${here}/${e.id}/accepter`, hidden: html`${p.csrf}<input type="hidden" name="ecart" value="${d.key}" />` },
              input({
                lang: p.lang,
                name: "raison",
                id: `raison-${i}`,
                label: html`${d.words} ${w.reason}`,
                width: 20,
                maxlength: 500,
                autocomplete: "off",
              }),
              button(w.accept, { kind: "second" }),
            ),
      )}`,
    )}`;
}

function history(p: PageContext, e: Whole): Html {
  const w = words(p.lang);
  return disclosure(
    w.history,
    html`<ul>
      ${e.history.map((h, i) => html`<li>${dateTime(p, h.at)} : ${i === e.history.length - 1 ? w.first : h.parts.length ? h.parts.map((x) => w[`part-${x}` as "part-system"]).join(", ") : w.daily}</li>`)}
    </ul>`,
  );
}

function settings(p: PageContext, e: Whole, again: Again | undefined): Html {
  const w = words(p.lang);
  const wrong = again !== undefined && sent(again.form, "adresse") !== "";
  const v = typed(wrong ? again.form : undefined, {
    protocol: e.protocol,
    name: e.name,
    address: e.address,
    port: String(e.port),
    device: e.device?.id,
    profile: e.profile,
    seconds: String(e.seconds),
    weak: e.weak,
    paused: e.paused,
  });
  return html`${disclosure(
    w.edit,
    html`${facts(p.lang, [
        e.identity ? { key: w.identity, value: html`<span class="t-mono d-wrap">${e.identity}</span>` } : undefined,
        { key: w.every, value: span(p, e.seconds) },
      ])}
      ${form({ action: `${here}/${e.id}`, hidden: p.csrf }, fields(p, v, { editing: true }), button(w.save))}
      <p>${w.removeText}</p>
      ${form({ action: `${here}/${e.id}/retirer`, hidden: p.csrf }, button(w.remove, { kind: "warn" }))}`,
    wrong,
  )}`;
}

export const equipmentPage = consolePage({
  id: "console.network-one-equipment",
  path: `${here}/{id}`,
  who: official(),
  input: T.Object({ id: Id }),
  screen,
});

const back = { back: screen, backInput: (f: Record<string, unknown>) => ({ id: String(f.id) }) };
const to = (id: string) => seeOther(`${here}/${id}`);
export const equipmentActions = [
  consoleAction({
    id: "console.network-equipment-read",
    path: `${here}/{id}/lire`,
    who: official(),
    form: T.Object({ id: Id }),
    calls: [refreshEquipment],
    async handle(a, f) {
      await a.call(refreshEquipment, f);
      return to(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-equipment-approve",
    path: `${here}/{id}/identite`,
    who: official(operateFabric),
    form: T.Object({ id: Id, identite: T.String({ maxLength: 120 }) }),
    calls: [approveEquipment],
    async handle(a, f) {
      await a.call(approveEquipment, { id: f.id, identity: f.identite });
      return to(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-equipment-adopt",
    path: `${here}/{id}/reprendre`,
    who: official(planChanges),
    form: T.Object({
      id: Id,
      ecart: T.Optional(T.Union([T.String({ maxLength: 500 }), T.Array(T.String({ maxLength: 500 }), { maxItems: 500 })])),
      lieu: T.Optional(T.String({ maxLength: 120 })),
    }),
    calls: [adoptDifferences],
    async handle(a, f) {
      const keys = [f.ecart ?? []].flat();
      const { branch } = await a.call(adoptDifferences, { id: f.id, keys, ...(f.lieu ? { node: f.lieu } : {}) });
      return seeOther(`${path}/projets/${branch}`);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-equipment-accept",
    path: `${here}/{id}/accepter`,
    who: official(planChanges),
    form: T.Object({ id: Id, ecart: T.String({ maxLength: 500 }), raison: T.Optional(T.String({ maxLength: 500 })) }),
    calls: [acceptDifference],
    async handle(a, f) {
      await a.call(acceptDifference, { id: f.id, key: f.ecart, ...(f.raison === undefined ? {} : { reason: f.raison }) });
      return to(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-equipment-remove",
    path: `${here}/{id}/retirer`,
    who: official(operateFabric),
    form: T.Object({ id: Id }),
    calls: [removeEquipment],
    async handle(a, f) {
      await a.call(removeEquipment, f);
      return seeOther(here);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-equipment-edit",
    path: `${here}/{id}`,
    who: official(operateFabric),
    form: T.Object({ id: Id, ...EquipmentForm.properties }),
    calls: [editEquipment],
    async handle(a, f) {
      await a.call(editEquipment, edition(f.id, f));
      return to(f.id);
    },
    ...back,
  }),
];
