import { changePassword, endOtherSessions, endSession, readMyAccount, removePasskey, type AccountView } from "#identity/api";
import { myRoles } from "#registry/api";
import { html, official, seeOther, T, type Html, type PageContext } from "#kernel";
import { banner, button, date, dateTime, form, hiddenText, input, table } from "#ui";
import { deskAction, deskPage, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { words } from "./words.ts";

const Uuid = T.String({ pattern: "^[0-9a-f-]{36}$" });

export const accountScreen: Screen<{ fait?: string }> = {
  reads: [readMyAccount, myRoles],
  async view(p, { fait }, again) {
    const w = words(p.lang);
    const me = await p.call(readMyAccount, {});
    const { roles } = await p.call(myRoles, {});
    return {
      title: w.title,
      current: "account",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)} ${fait === "mot-de-passe" ? banner(p.lang, "success", html`<p>${w.changed}</p>`) : ""}
        <h1>${me.name ?? w.title}</h1>
        ${me.username ? html`<p class="t-soft"><code>${me.username}</code></p>` : ""}
        <div class="t-panes">
          <section>
            <h2>${w.roles}</h2>
            <ul class="t-plainlist">
              ${roles.map(
                (one) =>
                  html`<li>
                    <b>${one.roleName}</b> · ${one.institutionName}
                    <div class="t-source">${one.until ? w.until(date(p, one.until)) : w.noEnd}${one.lent ? html` · ${w.lent}` : ""}</div>
                  </li> `,
              )}
            </ul>
            ${passkeys(p, me)} ${password(p, again)}
          </section>
          <section>${sessions(p, me)}</section>
        </div>`,
    };
  },
};

function passkeys(p: PageContext, me: AccountView): Html {
  const w = words(p.lang);
  return html`<h2>${w.passkeys}</h2>
    <p>${w.passkeysLead}</p>
    ${
      me.passkeys.length
        ? html`<ul class="t-plainlist d-rows">
            ${me.passkeys.map(
              (key) =>
                html`<li>
                  <div>
                    <b>${key.label}</b>
                    <div class="t-source">
                      ${w.addedAt(date(p, key.addedAt))} · ${key.usedAt ? w.usedAt(dateTime(p, key.usedAt)) : w.never}
                    </div>
                  </div>
                  ${form({ action: `/bureau/compte/cles/${key.id}/retrait`, hidden: p.csrf }, button(html`${w.remove}${hiddenText(` ${w.removeWhat(key.label)}`)}`, { kind: "plain" }))}
                </li> `,
            )}
          </ul>`
        : html`<p class="t-soft">${w.noPasskey}</p>`
    }
    ${form(
      { action: "/bureau/compte/cles", hidden: p.csrf },
      input({ lang: p.lang, name: "label", label: w.label, hint: w.labelHint, width: 20, maxlength: 60, autocomplete: "off" }),
      html`<div class="t-actions">${button(w.add, { kind: "second" })}</div>`,
    )}`;
}

function password(p: PageContext, again: Again | undefined): Html {
  const w = words(p.lang);
  const error = again?.problem.more.fields?.find((f) => f.path === "next");
  return html`<h2>${w.password}</h2>
    ${form(
      { action: "/bureau/compte/mot-de-passe", hidden: p.csrf },
      input({
        lang: p.lang,
        name: "current",
        label: w.current,
        type: "password",
        width: 20,
        autocomplete: "current-password",
        maxlength: 256,
      }),
      input({
        lang: p.lang,
        name: "next",
        label: w.next,
        hint: w.nextHint,
        type: "password",
        width: 20,
        autocomplete: "new-password",
        maxlength: 256,
        error: error ? p.say(error.message) : undefined,
      }),
      html`<div class="t-actions">${button(w.change, { kind: "second" })}</div>`,
    )}`;
}

function methodName(p: PageContext, method: AccountView["sessions"][number]["method"]): string {
  return words(p.lang)[`method-${method}`];
}

function sessions(p: PageContext, me: AccountView): Html {
  const w = words(p.lang);
  return html`<h2>${w.sessions}</h2>
    ${table({
      caption: w.sessions,
      hideCaption: true,
      columns: [{ head: w.session }, { head: w.started }, { head: w.seen }, { head: hiddenText(w.end), label: false }],
      rows: me.sessions.map((one) => [
        methodName(p, one.method),
        dateTime(p, one.startedAt),
        dateTime(p, one.seenAt),
        one.current
          ? html`<span class="t-soft">${w.thisOne}</span>`
          : form(
              { action: `/bureau/compte/sessions/${one.id}/fin`, hidden: p.csrf },
              button(html`${w.end}${hiddenText(` ${w.endWhat(dateTime(p, one.startedAt))}`)}`, { kind: "plain" }),
            ),
      ]),
    })}
    ${
      me.sessions.length > 1
        ? form(
            { action: "/bureau/compte/sessions", hidden: p.csrf },
            html`<div class="t-actions">${button(w.endOthers, { kind: "second" })}</div>`,
          )
        : ""
    }`;
}

export const accountPage = deskPage({
  id: "desk.account",
  path: "/bureau/compte",
  who: official(),
  input: T.Object({ fait: T.Optional(T.String({ maxLength: 20 })) }),
  screen: accountScreen,
});

const backHere = { back: accountScreen, backInput: () => ({}) };

export const accountActions = [
  deskAction({
    id: "desk.remove-passkey",
    path: "/bureau/compte/cles/{passkey}/retrait",
    who: official(),
    form: T.Object({ passkey: Uuid }),
    calls: [removePasskey],
    async handle(a, input) {
      await a.call(removePasskey, input);
      return seeOther("/bureau/compte");
    },
    ...backHere,
  }),
  deskAction({
    id: "desk.change-password",
    path: "/bureau/compte/mot-de-passe",
    who: official(),
    form: T.Object({ current: T.String({ maxLength: 256 }), next: T.String({ maxLength: 256 }) }),
    calls: [changePassword],
    async handle(a, input) {
      await a.call(changePassword, input);
      return seeOther("/bureau/compte?fait=mot-de-passe");
    },
    ...backHere,
  }),
  deskAction({
    id: "desk.end-session",
    path: "/bureau/compte/sessions/{session}/fin",
    who: official(),
    form: T.Object({ session: Uuid }),
    calls: [endSession],
    async handle(a, input) {
      await a.call(endSession, input);
      return seeOther("/bureau/compte");
    },
    ...backHere,
  }),
  deskAction({
    id: "desk.end-other-sessions",
    path: "/bureau/compte/sessions",
    who: official(),
    form: T.Object({}),
    calls: [endOtherSessions],
    async handle(a) {
      await a.call(endOtherSessions, {});
      return seeOther("/bureau/compte");
    },
    ...backHere,
  }),
];
