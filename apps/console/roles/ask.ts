import { findOfficials } from "#identity/api";
import type { listColleagues, listRoles } from "#registry/api";
import { html, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, dateInput, errorSummary, form, input, may, select } from "#ui";
import { sent, type Again } from "../screen.ts";
import { words } from "./words.ts";

type Colleagues = OutputOf<typeof listColleagues>["colleagues"];
type Roles = OutputOf<typeof listRoles>["roles"];

/** Ask for a role for a colleague, from a day to another. */
export function askForm(p: PageContext, colleagues: Colleagues, roles: Roles, again: Again | undefined): Html {
  const w = words(p.lang);
  const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path, message: p.say(f.message) }));
  const error = (path: string) => errors.find((e) => e.path === path)?.message;
  const value = (name: string) => sent(again?.form, name);
  const day = (name: string) => ({ day: value(`${name}.day`), month: value(`${name}.month`), year: value(`${name}.year`) });
  const people = [...new Map(colleagues.map((one) => [one.account, one.holder])).entries()];
  return html`<section class="t-box d-ask" aria-labelledby="ask">
    <h2 id="ask">${w.ask}</h2>
    ${errorSummary(p.lang, errors)}
    <p class="t-source">${w.askLead}</p>
    ${form(
      { action: "/console/roles", hidden: p.csrf },
      html`<div class="d-fields">
        ${select({
          lang: p.lang,
          name: "account",
          label: w.colleague,
          value: value("account"),
          error: error("account"),
          items: people.map(([account, holder]) => ({ value: account, text: holder })),
        })}
        ${
          may(p.caller, findOfficials.id)
            ? input({
                lang: p.lang,
                name: "username",
                label: w.username,
                hint: w.usernameHint,
                width: 20,
                maxlength: 64,
                autocomplete: "off",
                spellcheck: false,
                value: value("username"),
                error: error("username"),
              })
            : ""
        }
        ${select({
          lang: p.lang,
          name: "role",
          label: w.role,
          value: value("role"),
          error: error("role"),
          items: roles.map((role) => ({ value: role.id, text: role.sensitive ? `${role.name} (${w.sensitive})` : role.name })),
        })}
        ${dateInput({ lang: p.lang, name: "from", label: w.fromDay, optional: true, error: error("from"), value: day("from") })}
        ${dateInput({ lang: p.lang, name: "until", label: w.untilDay, optional: true, error: error("until"), value: day("until") })}
      </div>`,
      html`<p class="t-source">${w.needsTwo}</p>
        <div class="t-actions">${button(w.askButton)}</div>`,
    )}
    <details>
      <summary>${w.details}</summary>
      <ul>
        ${roles.map((role) => html`<li><b>${role.name}</b> : ${role.about}</li>`)}
      </ul>
    </details>
  </section>`;
}
