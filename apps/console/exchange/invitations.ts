/** Invitations of gateways: one person makes the token, another admits who asks with it. */
import { approveServers, listInvitations, manageServers } from "#exchange/api";
import { html, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, dateTime, facts, form, input, may, tag, type Tone } from "#ui";
import { sent, type Again } from "../screen.ts";
import { serverWords } from "./server-words.ts";

export const serversPath = "/console/echanges/passerelles";
const path = serversPath;
type Invitation = OutputOf<typeof listInvitations>["invitations"][number];
const invitationTones: Record<Invitation["state"], Tone> = {
  open: "neutral",
  waiting: "act",
  approved: "good",
  joined: "good",
  refused: "bad",
  withdrawn: "neutral",
  expired: "neutral",
};

export function invitation(p: PageContext, one: Invitation): Html {
  const w = serverWords(p.lang);
  const hidden = (outcome: string) => html`${p.csrf}<input type="hidden" name="outcome" value="${outcome}" />`;
  const decides = one.state === "waiting" && may(p.caller, approveServers.id);
  return html`<article class="d-piece" aria-labelledby="i-${one.id}">
    <header>
      <h3 id="i-${one.id}">${one.institution.name}</h3>
      ${tag(w[`invitation-${one.state}`], invitationTones[one.state])}
    </header>
    ${facts(p.lang, [
      { key: w.server, value: html`<code class="d-wrap">${one.server}</code>` },
      { key: w.invitedAt, value: html`<time datetime="${one.invitedAt}">${dateTime(p, one.invitedAt)}</time>` },
      one.state === "open" && { key: w.expiresAt, value: html`<time datetime="${one.expiresAt}">${dateTime(p, one.expiresAt)}</time>` },
      Boolean(one.address) && { key: w.address, value: html`<code class="d-wrap">${one.address}</code>` },
      Boolean(one.fingerprint) && { key: w.fingerprint, value: html`<code class="d-wrap">${one.fingerprint}</code>` },
      Boolean(one.reason) && { key: w.reason, value: one.reason },
    ])}
    ${
      !decides
        ? ""
        : one.mine
          ? html`<div class="d-decide">
              ${form(
                { action: `${path}/invitations/${one.id}`, hidden: hidden("approved") },
                input({
                  lang: p.lang,
                  name: "fingerprint",
                  id: `fp-${one.id}`,
                  label: w.compare,
                  hint: w.compareHint,
                  width: 20,
                  maxlength: 40,
                  autocomplete: "off",
                  spellcheck: false,
                }),
                button(w.admit),
              )}
              ${form(
                { action: `${path}/invitations/${one.id}`, hidden: hidden("refused") },
                input({
                  lang: p.lang,
                  name: "reason",
                  id: `why-${one.id}`,
                  label: w.reason,
                  width: 20,
                  maxlength: 300,
                  autocomplete: "off",
                }),
                button(w.refuse, { kind: "second" }),
              )}
            </div>`
          : html`<p class="t-soft">${w.notYou}</p>`
    }
    ${
      (one.state === "open" || one.state === "waiting") && may(p.caller, manageServers.id)
        ? form(
            { action: `${path}/invitations/${one.id}/retrait`, hidden: p.csrf },
            html`<div class="t-actions">${button(w.withdraw, { kind: "second" })}</div>`,
          )
        : ""
    }
  </article>`;
}

export function invite(p: PageContext, members: readonly { institution: string; name: string }[], again: Again | undefined): Html | "" {
  if (!may(p.caller, manageServers.id)) return "";
  const w = serverWords(p.lang);
  return html`<section class="t-box t-text d-ask" aria-labelledby="invite">
    <h2 id="invite">${w.invite}</h2>
    <p class="t-soft">${w.inviteLead}</p>
    ${form(
      { action: path, hidden: p.csrf },
      html`<div class="t-field">
        <label class="t-label" for="institution">${w.institution}</label>
        <input
          class="govuk-input"
          id="institution"
          name="institution"
          list="members"
          maxlength="120"
          autocomplete="off"
          value="${sent(again?.form, "institution")}"
        />
        <datalist id="members">${members.map((m) => html`<option value="${m.institution}">${m.name}</option>`)}</datalist>
      </div>`,
      input({
        lang: p.lang,
        name: "code",
        label: w.code,
        hint: w.codeHint,
        width: 10,
        maxlength: 20,
        value: sent(again?.form, "code") || "GW1",
        spellcheck: false,
        autocomplete: "off",
      }),
      html`<div class="t-actions">${button(w.inviteButton)}</div>`,
    )}
  </section>`;
}
