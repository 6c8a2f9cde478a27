/** What waits for a second person: the list, one proposal whole, and the two answers. */
import {
  decideProposal,
  listProposals,
  manageServices,
  readProposal,
  readRights,
  withdrawProposal,
  approveProposals,
  approveDirectory,
  type ProposalDetail,
  type ProposalView,
} from "#exchange/api";
import { anyOf, html, official, seeOther, T, type Form, type Html, type PageContext } from "#kernel";
import { banner, button, buttonLink, dateTime, empty, facts, form, input, may, table, tag, type Tone } from "#ui";
import { consoleAction, consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { publishWords } from "./publish-words.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

const path = "/console/echanges/propositions";
const tones: Record<ProposalView["state"], Tone> = {
  reading: "act",
  waiting: "act",
  approved: "good",
  refused: "bad",
  withdrawn: "neutral",
  failed: "bad",
};
const state = (p: PageContext, one: ProposalView): Html => tag(publishWords(p.lang)[`state-${one.state}`], tones[one.state]);

function list(p: PageContext, caption: string, proposals: readonly ProposalView[]): Html {
  const w = publishWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption,
      hideCaption: true,
      columns: [{ head: w.proposal }, { head: w.institution }, { head: w.by }, { head: words(p.lang).state }],
      rows: proposals.map((one) => [
        html`<a href="${path}/${one.id}">${w[`kind-${one.kind}`]} : ${one.title}</a>
          <div class="t-source t-mono d-wrap">${one.about}</div>`,
        one.institution.name,
        html`${one.proposedBy}
          <div class="t-source"><time datetime="${one.proposedAt}">${dateTime(p, one.proposedAt)}</time></div>`,
        state(p, one),
      ]),
    })}
  </div>`;
}

export const proposalsPage = consolePage({
  id: "console.exchange-proposals",
  path,
  who: official(readRights),
  input: T.Object({}),
  screen: {
    reads: [listProposals],
    async view(p) {
      const w = publishWords(p.lang);
      const { proposals, waiting } = await p.call(listProposals, {});
      const open = proposals.filter((one) => one.state === "waiting" || one.state === "reading");
      const done = proposals.filter((one) => !open.includes(one));
      return {
        title: w.title,
        current: "exchange",
        main: html`<h1>${words(p.lang).title}</h1>
          ${exchangeTabs(p, "proposals", waiting)}
          <p class="t-soft">${w.lead}</p>
          ${may(p.caller, manageServices.id) ? html`<div class="t-actions">${buttonLink("/console/echanges/publier", w.publish)}</div>` : ""}
          <h2>${w.waitingTitle}</h2>
          ${open.length ? list(p, w.waitingTitle, open) : empty(w.noWaiting, html`<p>${w.noWaitingText}</p>`)}
          <h2>${w.doneTitle}</h2>
          ${done.length ? list(p, w.doneTitle, done) : html`<p>${w.noDone}</p>`}`,
      };
    },
  },
});

const codes = (list: readonly string[]): Html[] => list.map((one) => html`<div><code class="d-wrap">${one}</code></div>`);

function serviceFacts(p: PageContext, s: NonNullable<ProposalDetail["service"]>): Html {
  const w = publishWords(p.lang);
  const shared = words(p.lang);
  return html`${facts(p.lang, [
    Boolean(s.baseUrl) && { key: w.baseUrl, value: html`<code class="d-wrap">${s.baseUrl}</code>` },
    { key: w.timeout, value: w.seconds(s.timeoutSeconds) },
    {
      key: w.tls,
      value: html`${!s.verifyTls ? tag(w.tlsNot, "bad") : s.ownAuthority ? w.tlsOwn : w.tlsVerified}${s.clientCertificate ? html`<div>${w.mutual}</div>` : ""}`,
    },
    { key: shared.endpoints, value: codes(s.endpoints.map((e) => `${e.method} ${e.path}`)) },
    s.query.length > 0 && { key: shared.query, value: html`<code class="d-wrap">${s.query.join(", ")}</code>` },
    s.fields.length > 0 && {
      key: shared.fields,
      value: s.fields.map((f) => html`<div>${f.label} <code class="t-source d-wrap">${f.pointer}</code></div>`),
    },
    Boolean(s.subject) && { key: w.person, value: html`<code class="d-wrap">${s.subject}</code>` },
    Boolean(s.openapiUrl) && { key: w.description, value: html`<code class="d-wrap">${s.openapiUrl}</code>` },
    s.left.length > 0 && {
      key: w.left,
      value: s.left.map((one) => html`<div>${leftWord(p, one.what)} <code class="t-source d-wrap">${one.where}</code></div>`),
    },
  ])}`;
}

function leftWord(p: PageContext, what: string): string {
  const w = publishWords(p.lang);
  return what === "external-reference" || what === "path" || what === "too-many-fields" ? w[`left-${what}`] : what;
}

function rightFacts(p: PageContext, r: NonNullable<ProposalDetail["right"]>): Html {
  const shared = words(p.lang);
  const w = publishWords(p.lang);
  return facts(p.lang, [
    { key: shared.who, value: html`<code class="d-wrap">${r.subject}</code>` },
    { key: shared.purposes, value: r.purposes.map((one) => html`<div>${one.label}</div>`) },
    { key: shared.kept, value: r.fields ? codes(r.fields) : html`<strong>${shared.allFields}</strong>` },
    { key: w.methods, value: html`<code>${r.methods.join(" ")} ${r.path}</code>` },
    { key: shared.basis, value: r.basis },
    { key: shared.valid, value: html`${shared.since(r.from)}${r.until ? html`<br />${shared.until(r.until)}` : ""}` },
  ]);
}

function difference(p: PageContext, d: NonNullable<ProposalDetail["difference"]>): Html {
  const w = publishWords(p.lang);
  const line = (e: { method: string; path: string }) => `${e.method} ${e.path}`;
  const added = [...d.endpoints.added.map(line), ...d.query.added.map((q) => `?${q}`), ...d.fields.added];
  const removed = [...d.endpoints.removed.map(line), ...d.query.removed.map((q) => `?${q}`), ...d.fields.removed];
  if (added.length + removed.length === 0) return html`<p>${w.noDifference}</p>`;
  return facts(p.lang, [
    added.length > 0 && { key: tag(w.added, "act"), value: codes(added) },
    removed.length > 0 && { key: tag(w.removed), value: codes(removed) },
  ]);
}

function answers(p: PageContext, one: ProposalDetail, again: Again | undefined): Html | "" {
  const w = publishWords(p.lang);
  const hidden = (approve: boolean) => html`${p.csrf}<input type="hidden" name="approve" value="${String(approve)}" />`;
  const decide = one.mayDecide
    ? html`<div class="d-decide">
        ${form({ action: `${path}/${one.id}`, hidden: hidden(true) }, button(w.approve))}
        ${form(
          { action: `${path}/${one.id}`, hidden: hidden(false) },
          input({
            lang: p.lang,
            name: "reason",
            label: w.refuseReason,
            width: 20,
            maxlength: 500,
            autocomplete: "off",
            value: sent(again?.form, "reason"),
          }),
          button(w.refuse, { kind: "second" }),
        )}
      </div>`
    : one.state === "waiting"
      ? html`<p class="t-soft">${one.mayWithdraw ? w.cannotOwn : w.notYou}</p>`
      : "";
  const withdraw = one.mayWithdraw
    ? form(
        { action: `${path}/${one.id}/retrait`, hidden: p.csrf },
        html`<div class="t-actions">${button(w.withdraw, { kind: "warn" })}</div>`,
      )
    : "";
  return html`${decide}${withdraw}`;
}

const oneScreen: Screen<{ id: string; fait?: string }> = {
  reads: [readProposal, listProposals],
  async view(p, { id, fait }, again?: Again) {
    const w = publishWords(p.lang);
    const one = await p.call(readProposal, { id });
    return {
      title: one.title,
      current: "exchange",
      crumbs: [
        { href: "/console/echanges", text: words(p.lang).title },
        { href: path, text: w.title },
      ],
      failed: Boolean(again),
      ...(one.state === "reading" ? { refresh: 3 } : {}),
      main: html`${refusalOf(p, again?.problem)} ${fait ? banner(p.lang, "success", html`<p>${w.proposed}</p>`) : ""}
        <p class="t-overline">${w[`kind-${one.kind}`]}</p>
        <h1>${one.title} ${state(p, one)}</h1>
        <p class="t-source t-mono d-wrap">${one.about}</p>
        ${facts(p.lang, [
          { key: w.institution, value: one.institution.name },
          { key: w.by, value: html`${one.proposedBy}, ${w.at} <time datetime="${one.proposedAt}">${dateTime(p, one.proposedAt)}</time>` },
          { key: w.decidedWhere, value: w[`approver-${one.approver}`] },
          Boolean(one.decidedBy) && {
            key: w.decided,
            value: html`${one.decidedBy}${one.decidedAt ? html`, ${w.at} <time datetime="${one.decidedAt}">${dateTime(p, one.decidedAt)}</time>` : ""}`,
          },
          Boolean(one.reason) && { key: w.refusedFor, value: one.reason },
          Boolean(one.fault) && { key: w.fault, value: one.fault },
        ])}
        ${
          one.difference
            ? html`<h2>${w.difference}</h2>
                ${difference(p, one.difference)}`
            : ""
        }
        ${
          one.service
            ? html`<h2>${words(p.lang).service}</h2>
                ${serviceFacts(p, one.service)}`
            : ""
        }
        ${
          one.right
            ? html`<h2>${w["kind-right"]}</h2>
                ${rightFacts(p, one.right)}`
            : ""
        }
        ${answers(p, one, again)}`,
    };
  },
};

const Id = T.String({ maxLength: 40 });
export const proposalPage = consolePage({
  id: "console.exchange-proposal",
  path: `${path}/{id}`,
  who: official(readRights),
  input: T.Object({ id: Id, fait: T.Optional(T.String({ maxLength: 10 })) }),
  screen: oneScreen,
});

const back = { back: oneScreen, backInput: (sentForm: Form) => ({ id: sent(sentForm, "id") }) };
export const proposalActions = [
  consoleAction({
    id: "console.decide-proposal",
    path: `${path}/{id}`,
    who: anyOf(official(approveProposals), official(approveDirectory)),
    form: T.Object({ id: Id, approve: T.Boolean(), reason: T.Optional(T.String({ maxLength: 500 })) }),
    calls: [decideProposal],
    async handle(a, { id, approve, reason }) {
      await a.call(decideProposal, { id, approve, ...(reason?.trim() ? { reason: reason.trim() } : {}) });
      return seeOther(`${path}/${id}`);
    },
    ...back,
  }),
  consoleAction({
    id: "console.withdraw-proposal",
    path: `${path}/{id}/retrait`,
    who: official(manageServices),
    form: T.Object({ id: Id }),
    calls: [withdrawProposal],
    async handle(a, { id }) {
      await a.call(withdrawProposal, { id });
      return seeOther(`${path}/${id}`);
    },
    ...back,
  }),
];
