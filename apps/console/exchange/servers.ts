/** Gateways of institutions: invited by one, admitted by another, their certificates, when last heard, what was distributed. */
import {
  approveServers,
  decideServer,
  inviteServer,
  listConfigurations,
  listInvitations,
  listMembers,
  listServers,
  manageServers,
  readServers,
  retireServer,
  withdrawInvitation,
} from "#exchange/api";
import { html, official, reply, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, button, dateTime, disclosure, empty, facts, form, may, number, table, tag, type Tone } from "#ui";
import { consoleAction, consolePage, draw, type Again, type Screen } from "../screen.ts";
import { ago, pre, refusalOf, type View } from "../site.ts";
import { invitation, invite, serversPath as path } from "./invitations.ts";
import { maintenanceActions, maintenanceForms, maintenanceTag } from "./maintenance.ts";
import { serverWords } from "./server-words.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

type Server = OutputOf<typeof listServers>["servers"][number];
const tones: Record<Server["state"], Tone> = {
  house: "good",
  current: "good",
  behind: "act",
  silent: "bad",
  never: "act",
  retired: "neutral",
};
/** Days before its end from which a certificate is worth a word. */
const soon = 30;

function certificates(p: PageContext, one: Server): Html {
  const w = serverWords(p.lang);
  if (one.certificates.length === 0) return html`–`;
  return html`${one.certificates.map((c) => {
    const days = Math.floor((Date.parse(c.notAfter) - p.clock.now().getTime()) / 86_400_000);
    return html`<div>
      ${w.until}
      <time datetime="${c.notAfter}">${dateTime(p, c.notAfter)}</time> ${days < soon ? tag(w.endsIn(days), days < 7 ? "bad" : "act") : ""}
      <div class="t-source t-mono d-wrap">${c.fingerprint.slice(0, 32)}…</div>
    </div>`;
  })}`;
}

function servers(p: PageContext, list: readonly Server[], newest: number | undefined): Html {
  const w = serverWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.servers,
      hideCaption: true,
      columns: [{ head: w.server }, { head: w.address }, { head: words(p.lang).state }, { head: w.heard }, { head: w.certificates }],
      rows: list.map((one) => [
        html`${one.institution?.name ?? w.house}
          <div class="t-source t-mono d-wrap">${one.id}</div>`,
        html`<code class="d-wrap">${one.address}</code>`,
        html`${tag(w[`state-${one.state}`], tones[one.state])}${maintenanceTag(p, one)}`,
        html`${one.heardAt ? html`<time datetime="${one.heardAt}">${ago(p, one.heardAt)}</time>` : "–"}
        ${one.version === undefined ? "" : html`<div class="t-source">${w.version(number(p, one.version))}${newest !== undefined && one.version < newest ? ` / ${number(p, newest)}` : ""}</div>`}`,
        html`${certificates(p, one)}${maintenanceForms(p, one)}${retire(p, one)}`,
      ]),
    })}
  </div>`;
}

function retire(p: PageContext, one: Server): Html | "" {
  if (one.centre || one.state === "retired" || !may(p.caller, manageServers.id)) return "";
  const w = serverWords(p.lang);
  return disclosure(
    w.retire,
    form(
      { action: `${path}/retrait`, hidden: html`${p.csrf}<input type="hidden" name="id" value="${one.id}" />` },
      html`<p>${w.retireLead}</p>
        <div class="t-actions">${button(w.retire, { kind: "warn" })}</div>`,
    ),
  );
}

const screen: Screen<object> = {
  reads: [listServers, listInvitations, listConfigurations, listMembers],
  async view(p, _input, again?: Again) {
    const w = serverWords(p.lang);
    const { servers: list, version } = await p.call(listServers, {});
    const { invitations } = await p.call(listInvitations, {});
    const { versions, policy } = await p.call(listConfigurations, {});
    const { members } = await p.call(listMembers, {});
    const open = invitations.filter((one) => one.state === "open" || one.state === "waiting");
    const past = invitations.filter((one) => !open.includes(one));
    return {
      title: w.title,
      current: "exchange",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${words(p.lang).title}</h1>
        ${exchangeTabs(p, "servers")}
        <p class="t-soft">${w.lead}</p>
        ${list.length ? servers(p, list, version) : empty(w.none, html`<p>${w.noneText}</p>`)}
        <h2>${w.invitations}</h2>
        ${open.length ? open.map((one) => invitation(p, one)) : html`<p>${w.noInvitation}</p>`}
        ${past.length ? disclosure(`${w.past} (${past.length})`, html`${past.map((one) => invitation(p, one))}`) : ""}
        ${invite(p, members, again)}
        ${
          versions.length
            ? html`<h2>${w.directory}</h2>
                <div class="t-dense">
                  ${table({
                    caption: w.directory,
                    hideCaption: true,
                    columns: [{ head: w.versionHead, numeric: true }, { head: w.issuedAt }, { head: w.digest }],
                    rows: versions
                      .slice(0, 10)
                      .map((v) => [
                        number(p, v.version),
                        html`<time datetime="${v.issuedAt}">${dateTime(p, v.issuedAt)}</time>`,
                        html`<code class="d-wrap">${v.sha256.slice(0, 32)}…</code>`,
                      ]),
                  })}
                </div>`
            : ""
        }
        ${
          policy.length
            ? html`<h2>${w.policy}</h2>
                ${facts(
                  p.lang,
                  policy.map((one) => ({ key: one.dataClass === "ordinary" ? w.ordinary : one.dataClass, value: w.days(one.days) })),
                )}`
            : ""
        }`,
    };
  },
};

export const serversPage = consolePage({ id: "console.exchange-servers", path, who: official(readServers), input: T.Object({}), screen });

const Id = T.String({ maxLength: 255 });
const here = { back: screen, backInput: () => ({}) };

/** The token is shown once, on the answer itself: it is kept nowhere. */
function tokenView(p: PageContext, token: string): View {
  const w = serverWords(p.lang);
  return {
    title: w.tokenTitle,
    current: "exchange",
    crumbs: [{ href: path, text: w.title }],
    main: html`${banner(p.lang, "success", html`<p>${w.invited}</p>`)}
      <h1>${w.tokenTitle}</h1>
      <p>${w.tokenLead}</p>
      ${pre(w.tokenTitle, token)}
      <p>${w.tokenCommand}</p>
      ${pre(w.command, `npm run toguna -- gateway --join ${token}`)}`,
  };
}

export const serverActions = [
  ...maintenanceActions(screen),
  consoleAction({
    id: "console.invite-server",
    path,
    who: official(manageServers),
    form: T.Object({ institution: T.String({ maxLength: 120 }), code: T.String({ maxLength: 20 }) }),
    calls: [inviteServer],
    async handle(a, { institution, code }) {
      const { token } = await a.call(inviteServer, { institution: institution.trim(), code: code.trim().toUpperCase() });
      return reply(200, await draw(a, tokenView(a, token)), { "cache-control": "no-store" });
    },
    ...here,
  }),
  consoleAction({
    id: "console.decide-server",
    path: `${path}/invitations/{id}`,
    who: official(approveServers),
    form: T.Object({
      id: Id,
      outcome: T.Enum(["approved", "refused"]),
      fingerprint: T.Optional(T.String({ maxLength: 40 })),
      reason: T.Optional(T.String({ maxLength: 300 })),
    }),
    calls: [decideServer],
    async handle(a, { id, outcome, fingerprint, reason }) {
      await a.call(decideServer, {
        id,
        outcome,
        ...(fingerprint?.trim() ? { fingerprint: fingerprint.trim() } : {}),
        ...(reason?.trim() ? { reason: reason.trim() } : {}),
      });
      return seeOther(path);
    },
    ...here,
  }),
  consoleAction({
    id: "console.withdraw-invitation",
    path: `${path}/invitations/{id}/retrait`,
    who: official(manageServers),
    form: T.Object({ id: Id }),
    calls: [withdrawInvitation],
    async handle(a, { id }) {
      await a.call(withdrawInvitation, { id });
      return seeOther(path);
    },
    ...here,
  }),
  consoleAction({
    id: "console.retire-server",
    path: `${path}/retrait`,
    who: official(manageServers),
    form: T.Object({ id: Id }),
    calls: [retireServer],
    async handle(a, { id }) {
      await a.call(retireServer, { id });
      return seeOther(path);
    },
    ...here,
  }),
];
