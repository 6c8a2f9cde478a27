import { approveRoles, assignRoles, listAssignments, listColleagues, listRoles, readAssignments } from "#registry/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, button, date, disclosure, form, input, tag, type Tone, may } from "#ui";
import type { Again, Screen } from "../screen.ts";
import { consolePage } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { askForm } from "./ask.ts";
import { words } from "./words.ts";

export type Assignment = OutputOf<typeof listAssignments>["assignments"][number];
const tones: Record<Assignment["state"], Tone> = { requested: "act", approved: "good", refused: "bad", ended: "neutral" };

export const rolesScreen: Screen<{ fait?: string }> = {
  reads: [listAssignments, listColleagues, listRoles],
  async view(p, { fait }, again?: Again) {
    const w = words(p.lang);
    const { assignments } = await p.call(listAssignments, {});
    const { colleagues } = await p.call(listColleagues, {});
    const { roles } = await p.call(listRoles, {});
    const waiting = assignments.filter((one) => one.state === "requested");
    const lending = assignments.flatMap((one) => one.delegations.filter((d) => d.state === "requested").map((d) => ({ one, d })));
    const now = assignments.filter((one) => one.state === "approved");
    const past = assignments.filter((one) => one.state === "refused" || one.state === "ended");
    return {
      title: w.title,
      current: "roles",
      failed: Boolean(again),
      main: html`${again?.problem.more.fields ? "" : refusalOf(p, again?.problem)}
        ${fait === "demande" ? banner(p.lang, "success", html`<p>${w.askedDone}</p>`) : ""}
        <h1>${w.title}</h1>
        <p class="t-soft">${w.lead}</p>
        <h2>${w.waiting}</h2>
        ${
          waiting.length + lending.length
            ? html`${waiting.map((one) => request(p, one))}${lending.map(({ one, d }) => loan(p, one, d))}`
            : html`<p>${w.noWaiting}</p>`
        }
        <h2>${w.inForce}</h2>
        ${now.length ? list(p, now, true) : html`<p>${w.noInForce}</p>`}
        ${may(p.caller, assignRoles.id) ? askForm(p, colleagues, roles, again) : ""}
        ${past.length ? disclosure(`${w.past} (${past.length})`, list(p, past, false)) : ""}`,
    };
  },
};

/** Who asked or decided: by working name; what the program did by itself says so. */
function by(p: PageContext, name: string | undefined, account: string | undefined): string {
  if (!account) return "–";
  return account.startsWith("system:") ? words(p.lang).platform : (name ?? account);
}

const hidden = (p: PageContext, version: number): Html => html`${p.csrf}<input type="hidden" name="version" value="${version}" />`;

function reasonField(p: PageContext, id: string, who: string, role: string): Html {
  const w = words(p.lang);
  return input({
    lang: p.lang,
    name: "reason",
    id: `reason-${id}`,
    label: w.reasonFor(who, role),
    width: 20,
    maxlength: 500,
    autocomplete: "off",
  });
}

/** A request with its two answers; whoever asked or would hold it sees why the buttons are not there. */
function request(p: PageContext, one: Assignment): Html {
  const w = words(p.lang);
  return html`<article class="d-piece" aria-labelledby="a-${one.id}">
    <header>
      <h3 id="a-${one.id}">${one.holder} · ${one.roleName}</h3>
      ${one.sensitive ? tag(w.sensitive, "act") : ""}
    </header>
    <p class="t-source">
      ${w.asked} ${by(p, one.requestedByName, one.requestedBy)} · ${w.from} ${date(p, one.from)}
      ${one.until ? `${w.until} ${date(p, one.until)}` : w.noEnd}
    </p>
    ${
      !may(p.caller, approveRoles.id)
        ? ""
        : one.mayDecide
          ? html`<div class="d-decide">
              ${form({ action: `/console/roles/${one.id}/approbation`, hidden: hidden(p, one.version) }, button(w.approve))}
              ${form(
                { action: `/console/roles/${one.id}/refus`, hidden: hidden(p, one.version) },
                reasonField(p, one.id, one.holder, one.roleName),
                button(w.refuse, { kind: "second" }),
              )}
            </div>`
          : html`<p>${w.cannot}</p>`
    }
  </article>`;
}

function loan(p: PageContext, one: Assignment, d: Assignment["delegations"][number]): Html {
  const w = words(p.lang);
  return html`<article class="d-piece" aria-labelledby="d-${d.id}">
    <header><h3 id="d-${d.id}">${w.lending(d.holder)} · ${one.roleName}</h3></header>
    <p class="t-source">
      ${w.asked} ${by(p, d.requestedByName, d.requestedBy)} · ${w.from} ${date(p, d.from)} ${w.until} ${date(p, d.until)}
    </p>
    ${
      may(p.caller, approveRoles.id)
        ? html`<div class="d-decide">
            ${form(
              {
                action: `/console/roles/prets/${d.id}`,
                hidden: html`${hidden(p, d.version)}<input type="hidden" name="outcome" value="approved" />`,
              },
              button(w.approve),
            )}
            ${form(
              {
                action: `/console/roles/prets/${d.id}`,
                hidden: html`${hidden(p, d.version)}<input type="hidden" name="outcome" value="refused" />`,
              },
              button(w.refuse, { kind: "second" }),
            )}
          </div>`
        : ""
    }
  </article>`;
}

function list(p: PageContext, all: readonly Assignment[], open: boolean): Html {
  const w = words(p.lang);
  const ends = open && may(p.caller, assignRoles.id);
  return html`<table class="t-stack t-dense">
    <caption class="govuk-visually-hidden">
      ${open ? w.inForce : w.past}
    </caption>
    <thead>
      <tr>
        <th scope="col">${w.who}</th>
        <th scope="col">${w.role}</th>
        <th scope="col">${w.from}</th>
        <th scope="col">${w.until}</th>
        <th scope="col">${w.asked}</th>
        <th scope="col">${w.decided}</th>
        <th scope="col">${w.state}</th>
        ${ends ? html`<th scope="col">${w.actions}</th>` : ""}
      </tr>
    </thead>
    <tbody>
      ${all.map(
        (one) =>
          html`<tr>
            <th scope="row">${one.holder}</th>
            <td data-label="${w.role}">
              ${one.roleName}
              ${one.delegations.filter((d) => d.state === "approved").map((d) => html`<div class="t-source">${w.lent(d.holder, date(p, d.until))}</div>`)}
            </td>
            <td data-label="${w.from}">${date(p, one.from)}</td>
            <td data-label="${w.until}">${one.until ? date(p, one.until) : w.noEnd}</td>
            <td data-label="${w.asked}">${by(p, one.requestedByName, one.requestedBy)}</td>
            <td data-label="${w.decided}">${by(p, one.decidedByName, one.decidedBy)}</td>
            <td data-label="${w.state}">
              ${tag(w[one.state], tones[one.state])}${open && !one.effective ? html` <span class="t-source">${w.notYet}</span>` : ""}
            </td>
            ${
              ends
                ? html`<td data-label="${w.actions}">
                    ${disclosure(
                      w.end,
                      form(
                        { action: `/console/roles/${one.id}/fin`, hidden: hidden(p, one.version) },
                        reasonField(p, `end-${one.id}`, one.holder, one.roleName),
                        button(w.end, { kind: "warn" }),
                      ),
                    )}
                  </td>`
                : ""
            }
          </tr> `,
      )}
    </tbody>
  </table>`;
}

export const rolesPage = consolePage({
  id: "console.roles",
  path: "/console/roles",
  who: official(readAssignments),
  input: T.Object({ fait: T.Optional(T.String({ maxLength: 20 })) }),
  screen: rolesScreen,
});
