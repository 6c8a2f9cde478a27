/** Other countries' instances: our anchor, theirs, who approved it by telephone, how old their configuration is, how it is stopped. */
import {
  approveFederation,
  decideFederation,
  importAnchor,
  listFederations,
  makeAnchor,
  manageFederation,
  readServers,
  resumeFederation,
  suspendFederation,
  withdrawFederation,
} from "#exchange/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext, type Upload } from "#kernel";
import { button, dateTime, disclosure, empty, facts, fileUpload, form, input, may, number, tag, type Tone } from "#ui";
import { consoleAction, consolePage, type Again, type Screen } from "../screen.ts";
import { ago, refusalOf } from "../site.ts";
import { federationWords } from "./federation-words.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

export const federationPath = "/console/echanges/federation";
const path = federationPath;
export type Federation = OutputOf<typeof listFederations>["federations"][number];
export const tones: Record<Federation["state"], Tone> = {
  waiting: "act",
  approved: "good",
  suspended: "bad",
  refused: "neutral",
  withdrawn: "neutral",
};

export const time = (p: PageContext, at: string): Html => html`<time datetime="${at}">${dateTime(p, at)}</time>`;

/** The digits in one block that breaks between groups only. */
const digits = (text: string): Html =>
  html`<code class="d-wrap">${text.split("-").map((four, i) => html`${i > 0 ? html`-<wbr />` : ""}${four}`)}</code>`;

function ours(p: PageContext, anchor: OutputOf<typeof listFederations>["anchor"], asked: boolean): Html {
  const w = federationWords(p.lang);
  if (!anchor)
    return html`<p>${asked ? w.asked : w.noAnchor}</p>
      ${may(p.caller, manageFederation.id) && !asked ? form({ action: `${path}/ancre`, hidden: p.csrf }, html`<div class="t-actions">${button(w.make)}</div>`) : ""}`;
  return html`<p class="t-soft">${w.ownLead} ${w.renews}</p>
    ${facts(p.lang, [
      { key: w.fingerprint, value: digits(anchor.fingerprint) },
      { key: w.until, value: time(p, anchor.validUntil) },
    ])}
    <p><a href="/exchange/federation/anchor" download="${anchor.instance}.anchor.json">${w.file}</a></p>`;
}

const reasonField = (p: PageContext, id: string): Html => {
  const w = federationWords(p.lang);
  return input({ lang: p.lang, name: "reason", id, label: w.reason, hint: w.reasonHint, maxlength: 300, autocomplete: "off" });
};

function decision(p: PageContext, one: Federation): Html | "" {
  const w = federationWords(p.lang);
  if (one.state !== "waiting" || !may(p.caller, approveFederation.id)) return "";
  if (!one.mine) return html`<p class="t-soft">${w.notYou}</p>`;
  const hidden = (outcome: string) => html`${p.csrf}<input type="hidden" name="outcome" value="${outcome}" />`;
  return html`<div class="d-decide">
    ${form(
      { action: `${path}/${one.id}/decision`, hidden: hidden("approved") },
      input({
        lang: p.lang,
        name: "fingerprint",
        id: `fp-${one.id}`,
        label: w.heardFingerprint,
        hint: w.heardHint,
        maxlength: 80,
        autocomplete: "off",
        spellcheck: false,
      }),
      button(w.approve),
    )}
    ${form({ action: `${path}/${one.id}/decision`, hidden: hidden("refused") }, reasonField(p, `no-${one.id}`), button(w.refuse, { kind: "second" }))}
  </div>`;
}

function stops(p: PageContext, one: Federation): Html | "" {
  const w = federationWords(p.lang);
  if (!may(p.caller, manageFederation.id)) return "";
  const stop = (what: "suspension" | "retrait", title: string, lead: string) =>
    disclosure(
      title,
      form(
        { action: `${path}/${one.id}/${what}`, hidden: p.csrf },
        html`<p>${lead}</p>`,
        reasonField(p, `${what}-${one.id}`),
        html`<div class="t-actions">${button(title, { kind: "warn" })}</div>`,
      ),
    );
  return html`${one.state === "suspended" ? form({ action: `${path}/${one.id}/reprise`, hidden: p.csrf }, html`<div class="t-actions">${button(w.resume, { kind: "second" })}</div>`) : ""}
  ${one.state === "approved" ? stop("suspension", w.suspend, w.suspendLead) : ""}
  ${one.state === "refused" || one.state === "withdrawn" ? "" : stop("retrait", w.withdraw, w.withdrawLead)}`;
}

export function age(p: PageContext, one: Federation): Html {
  const w = federationWords(p.lang);
  if (!one.heardAt) return html`${w.notHeard}`;
  return html`${w.version(number(p, one.version ?? 0))}, ${w.confirmed}
    <time datetime="${one.heardAt}">${ago(p, one.heardAt)}</time> ${one.outdated ? tag(w.outdated, "bad") : ""}`;
}

function piece(p: PageContext, one: Federation): Html {
  const w = federationWords(p.lang);
  const live = one.state === "approved";
  return html`<article class="d-piece" aria-labelledby="f-${one.id}">
    <header>
      <h3 id="f-${one.id}">${one.name} <span class="t-source t-mono">${one.instance}</span></h3>
      ${tag(w[`state-${one.state}`], tones[one.state])}
    </header>
    ${facts(p.lang, [
      // who decides types what she heard: what stands beside the field would be copied, not compared
      !(one.state === "waiting" && one.mine) && { key: w.fingerprint, value: digits(one.fingerprint) },
      { key: w.source, value: html`${one.sources.map((s) => html`<code class="d-wrap">${s}</code> `)}` },
      { key: w.until, value: time(p, one.anchorUntil) },
      live && { key: w.heard, value: age(p, one) },
      live &&
        Boolean(one.fault) && {
          key: w.fault,
          value: html`${one.triedAt ? html`${ago(p, one.triedAt)} · ` : ""}<span class="d-wrap">${one.fault}</span>`,
        },
      live && { key: w.connections, value: w.counts(one.connections.to, one.connections.from) },
      Boolean(one.reason) && { key: w.reason, value: one.reason },
    ])}
    ${
      live || one.state === "suspended"
        ? html`<p>
            <a href="${path}/${one.id}">${w.details}<span class="govuk-visually-hidden"> ${one.name}</span></a>
          </p>`
        : ""
    }
    ${decision(p, one)} ${stops(p, one)}
  </article>`;
}

function importing(p: PageContext): Html | "" {
  const w = federationWords(p.lang);
  if (!may(p.caller, manageFederation.id)) return "";
  return html`<section class="t-box t-text d-ask" aria-labelledby="import">
    <h2 id="import">${w.import}</h2>
    <p class="t-soft">${w.importLead}</p>
    ${form(
      { action: path, hidden: p.csrf, multipart: true },
      fileUpload({ lang: p.lang, name: "file", label: w.importFile, accept: ".json,.anchor,application/json", maxMegabytes: 1 }),
      html`<div class="t-actions">${button(w.importButton)}</div>`,
    )}
  </section>`;
}

const screen: Screen<{ etape?: string | undefined }> = {
  reads: [listFederations],
  async view(p, { etape }, again?: Again) {
    const w = federationWords(p.lang);
    const { anchor, federations } = await p.call(listFederations, {});
    const closed = federations.filter((one) => one.state === "refused" || one.state === "withdrawn");
    const open = federations.filter((one) => !closed.includes(one));
    return {
      title: w.title,
      current: "exchange",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${words(p.lang).title}</h1>
        ${exchangeTabs(p, "federation")}
        <p class="t-soft">${w.lead}</p>
        <h2>${w.own}</h2>
        ${ours(p, anchor, etape === "ancre")}
        <h2>${w.others}</h2>
        ${open.length ? open.map((one) => piece(p, one)) : empty(w.none, html`<p>${w.noneText}</p>`)}
        ${closed.length ? disclosure(`${w.past} (${closed.length})`, html`${closed.map((one) => piece(p, one))}`) : ""} ${importing(p)}`,
    };
  },
};

export const federationPage = consolePage({
  id: "console.exchange-federation",
  path,
  who: official(readServers),
  input: T.Object({ etape: T.Optional(T.String({ maxLength: 20 })) }),
  screen,
});

const Id = T.String({ maxLength: 40 });
const here = { back: screen, backInput: () => ({}) };
const textOf = (file: unknown): string => {
  const upload = file as Upload | undefined;
  return upload && typeof upload === "object" && "bytes" in upload ? Buffer.from(upload.bytes).toString("utf8") : "";
};

export const federationActions = [
  consoleAction({
    id: "console.make-anchor",
    path: `${path}/ancre`,
    who: official(manageFederation),
    form: T.Object({}),
    calls: [makeAnchor],
    async handle(a) {
      await a.call(makeAnchor, {});
      return seeOther(`${path}?etape=ancre`);
    },
    ...here,
  }),
  consoleAction({
    id: "console.import-anchor",
    path,
    limit: 1_000_000,
    who: official(manageFederation),
    form: T.Object({ file: T.Optional(T.Unknown()) }),
    calls: [importAnchor],
    async handle(a, { file }) {
      // an empty or unreadable file gets its sentence from the contract's own judgement
      await a.call(importAnchor, { file: textOf(file).slice(0, 400_000).padEnd(2) });
      return seeOther(path);
    },
    ...here,
  }),
  consoleAction({
    id: "console.decide-federation",
    path: `${path}/{id}/decision`,
    who: official(approveFederation),
    form: T.Object({
      id: Id,
      outcome: T.Enum(["approved", "refused"]),
      fingerprint: T.Optional(T.String({ maxLength: 80 })),
      reason: T.Optional(T.String({ maxLength: 300 })),
    }),
    calls: [decideFederation],
    async handle(a, { id, outcome, fingerprint, reason }) {
      const said = {
        ...(fingerprint?.trim() ? { fingerprint: fingerprint.trim() } : {}),
        ...(reason?.trim() ? { reason: reason.trim() } : {}),
      };
      await a.call(decideFederation, { id, outcome, ...said });
      return seeOther(path);
    },
    ...here,
  }),
  ...(
    [
      ["suspension", suspendFederation],
      ["retrait", withdrawFederation],
    ] as const
  ).map(([what, contract]) =>
    consoleAction({
      id: `console.${what === "retrait" ? "withdraw" : "suspend"}-federation`,
      path: `${path}/{id}/${what}`,
      who: official(manageFederation),
      form: T.Object({ id: Id, reason: T.String({ maxLength: 300 }) }),
      calls: [contract],
      async handle(a, { id, reason }) {
        await a.call(contract, { id, reason: reason.trim() });
        return seeOther(path);
      },
      ...here,
    }),
  ),
  consoleAction({
    id: "console.resume-federation",
    path: `${path}/{id}/reprise`,
    who: official(manageFederation),
    form: T.Object({ id: Id }),
    calls: [resumeFederation],
    async handle(a, { id }) {
      await a.call(resumeFederation, { id });
      return seeOther(path);
    },
    ...here,
  }),
];
