import { chooseRole, myRoles } from "#registry/api";
import { html, official, seeOther, T } from "#kernel";
import { button, date, form, hiddenText, officialOf, tag } from "#ui";
import { deskAction, deskPage, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { words } from "./words.ts";

const screen: Screen<object> = {
  reads: [myRoles],
  async view(p, _input, again) {
    const w = words(p.lang);
    const caller = officialOf(p.caller);
    const { roles } = await p.call(myRoles, {});
    return {
      title: w.roleTitle,
      current: "account",
      main: html`${refusalOf(p, again?.problem)}
        <h1>${w.roleTitle}</h1>
        <p class="t-lead">${w.roleLead}</p>
        <ul class="t-plainlist d-rows t-text">
          ${roles.map((one, i) => {
            const now = one.institution === caller.institution && one.role === caller.role;
            return html`<li>
              <div>
                <b>${one.roleName}</b> · ${one.institutionName}
                <div class="t-source">${one.until ? w.until(date(p, one.until)) : ""} ${one.lent ? w.lent : ""}</div>
              </div>
              ${
                now
                  ? tag(w.roleNow, "good")
                  : form(
                      {
                        action: "/bureau/role",
                        hidden: html`${p.csrf}<input type="hidden" name="assignment" value="${one.assignment}" />`,
                      },
                      button(html`${w.roleUse}${hiddenText(` ${one.roleName}, ${one.institutionName}`)}`, {
                        kind: "second",
                        ...(i < 9 ? { key: String(i + 1) } : {}),
                      }),
                    )
              }
            </li> `;
          })}
        </ul>`,
    };
  },
};

export const rolePage = deskPage({ id: "desk.role", path: "/bureau/role", who: official(), input: T.Object({}), screen });
export const roleAction = deskAction({
  id: "desk.choose-role",
  path: "/bureau/role",
  who: official(),
  form: T.Object({ assignment: T.String({ maxLength: 64 }) }),
  calls: [chooseRole],
  async handle(a, input) {
    await a.call(chooseRole, input);
    return seeOther("/bureau");
  },
  back: screen,
  backInput: () => ({}),
});
