import { action, html, page, signedIn, T, type Html, type OutputOf, type PageContext } from "#kernel";
import {
  endMyApplication,
  endOtherSessions,
  endSession,
  listMyApplications,
  readMyAccount,
  removePasskey,
  reportSimChange,
  type AccountView,
} from "#identity/api";
import { actions, banner, button, buttonLink, date, dateTime, disclosure, facts, form, tag } from "#ui";
import { goTo, show } from "../shell.ts";
import { words as consentWords } from "./consent-words.ts";
import { words } from "./words.ts";

export const uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });

function phones(p: PageContext, account: AccountView): Html {
  const w = words(p.lang);
  return html`${account.phones.map(
    (one) =>
      html`<div>
        ${one.shown}
        <div class="t-source">
          ${w.since(date(p, one.verifiedAt))}${one.simChangedAt ? html` · ${w.simSince(date(p, one.simChangedAt))}` : ""}
        </div>
      </div>`,
  )}`;
}

function keys(p: PageContext, account: AccountView): Html {
  const w = words(p.lang);
  return html`<h2>${w.passkeys}</h2>
    <p>${w.passkeysText}</p>
    ${
      account.passkeys.length
        ? html`<ul class="t-tasks">
            ${account.passkeys.map(
              (key) =>
                html`<li>
                  <span>${key.label}<span class="t-source"> ${w.added(date(p, key.addedAt))}</span></span>
                  ${form({ action: `/compte/cles/${key.id}/retrait`, hidden: p.csrf }, button(html`${w.remove}<span class="govuk-visually-hidden"> ${key.label}</span>`, { kind: "plain" }))}
                </li>`,
            )}
          </ul>`
        : html`<p class="t-soft">${w.passkeysNone}</p>`
    }
    ${form({ action: "/compte/cles", hidden: p.csrf }, button(w.addKey, { kind: "second" }))}`;
}

function sessions(p: PageContext, account: AccountView): Html {
  const w = words(p.lang);
  const methods = { "phone-code": w.byCode, "password-totp": w.byPassword, passkey: w.byPasskey };
  return html`<h2>${w.sessions}</h2>
    <ul class="t-tasks">
      ${account.sessions.map(
        (one) =>
          html`<li>
            <span
              >${methods[one.method]} ${one.current ? tag(w.thisOne, "good") : ""}
              <div class="t-source">${w.started(dateTime(p, one.startedAt))} · ${w.seen(dateTime(p, one.seenAt))}</div></span
            >
            ${
              one.current
                ? ""
                : form(
                    { action: `/compte/sessions/${one.id}/fin`, hidden: p.csrf },
                    button(
                      html`${w.end}<span class="govuk-visually-hidden">
                          ${methods[one.method]} ${w.started(dateTime(p, one.startedAt))}</span
                        >`,
                      { kind: "plain" },
                    ),
                  )
            }
          </li>`,
      )}
    </ul>
    ${account.sessions.length > 1 ? form({ action: "/compte/sessions/autres", hidden: p.csrf }, button(w.endOthers, { kind: "second" })) : ""}`;
}

/** Applications that recognise the person: what each receives, and a way to take it back. */
function applications(p: PageContext, list: OutputOf<typeof listMyApplications>["applications"]): Html | "" {
  const w = words(p.lang);
  if (list.length === 0) return "";
  return html`<h2>${w.applications}</h2>
    <p>${w.applicationsText}</p>
    <ul class="t-tasks">
      ${list.map(
        (one) =>
          html`<li>
            <span
              >${one.application}
              <div class="t-source">${one.shares.join(", ")} · ${w.started(dateTime(p, one.since))}</div></span
            >
            ${form(
              { action: `/compte/applications/${encodeURIComponent(one.client)}/fin`, hidden: p.csrf },
              button(html`${w.takeBack}<span class="govuk-visually-hidden"> ${one.application}</span>`, { kind: "plain" }),
            )}
          </li>`,
      )}
    </ul>`;
}

export const accountPage = page({
  id: "portal.account",
  path: "/compte",
  who: signedIn(),
  reads: [readMyAccount, listMyApplications],
  input: T.Object({ fait: T.Optional(T.Enum(["sim", "oui"])) }),
  render: async (p, { fait }) => {
    const w = words(p.lang);
    const account = await p.call(readMyAccount, {});
    const allowed = await p.call(listMyApplications, {});
    const low = account.level === "low";
    const consents = consentWords(p.lang);
    return show(p, {
      title: w.title,
      main: html`<div class="t-text">
        ${fait ? banner(p.lang, "success", html`<p>${fait === "sim" ? w.simDone : w.done}</p>`) : ""}
        <h1>${w.title}</h1>
        ${facts(p.lang, [
          account.name ? { key: w.name, value: account.name } : null,
          { key: w.phone, value: phones(p, account), action: { href: "/compte/telephone", text: w.changePhone, hidden: "" } },
          { key: w.level, value: html`${tag(w[account.level], low ? "act" : "good")}` },
        ])}
        ${low ? actions(buttonLink("/compte/identite", w.raise)) : ""} ${keys(p, account)} ${sessions(p, account)}
        ${applications(p, allowed.applications)}
        ${
          low
            ? ""
            : html`<h2>${consents.title}</h2>
                <p>${consents.accountText}</p>
                ${actions(buttonLink("/compte/accords", consents.see, "second"))}`
        }
        ${disclosure(
          w.sim,
          html`<p>${w.simText}</p>
            ${form({ action: "/compte/sim", hidden: p.csrf }, button(w.simButton, { kind: "warn" }))}`,
        )}
      </div>`,
    });
  },
});

const done = () => goTo("/compte", { fait: "oui" });

export const removeKey = action({
  id: "portal.passkey-remove",
  path: "/compte/cles/{passkey}/retrait",
  who: signedIn(),
  calls: [removePasskey],
  form: T.Object({ passkey: uuid }),
  handle: async (a, { passkey }) => {
    await a.call(removePasskey, { passkey });
    return done();
  },
});

export const endOne = action({
  id: "portal.session-end",
  path: "/compte/sessions/{session}/fin",
  who: signedIn(),
  calls: [endSession],
  form: T.Object({ session: uuid }),
  handle: async (a, { session }) => {
    await a.call(endSession, { session });
    return done();
  },
});

export const endOthers = action({
  id: "portal.sessions-end",
  path: "/compte/sessions/autres",
  who: signedIn(),
  calls: [endOtherSessions],
  handle: async (a) => {
    await a.call(endOtherSessions, {});
    return done();
  },
});

export const simAction = action({
  id: "portal.sim-change",
  path: "/compte/sim",
  who: signedIn(),
  calls: [reportSimChange],
  handle: async (a) => {
    await a.call(reportSimChange, {});
    return goTo("/compte", { fait: "sim" });
  },
});

export const endApplication = action({
  id: "portal.application-end",
  path: "/compte/applications/{client}/fin",
  who: signedIn(),
  calls: [endMyApplication],
  form: T.Object({ client: T.String({ maxLength: 64 }) }),
  handle: async (a, { client }) => {
    await a.call(endMyApplication, { client });
    return done();
  },
});
