import { planNext } from "#network/api";
import { html, official, T } from "#kernel";
import { button, input, inset, number, table } from "#ui";
import { consolePage } from "../screen.ts";
import { networkTabs, path, short } from "./parts.ts";
import { words } from "./words.ts";

export const planPage = consolePage({
  id: "console.network-plan",
  path: `${path}/plan`,
  who: official(),
  input: T.Object({ km: T.Optional(T.Number({ minimum: 0.1, maximum: 1000 })) }),
  screen: {
    reads: [planNext],
    async view(p, { km }) {
      const w = words(p.lang);
      const plan = await p.call(planNext, { km: km ?? 200 });
      const node = (n: (typeof plan.stretches)[number]["a"]) => html`<a href="${path}/sites/${n.id}">${n.name}</a>`;
      return {
        title: w.plan,
        current: "network",
        crumbs: [{ href: path, text: w.title }],
        main: html`<h1>${w.plan}</h1>
          ${networkTabs(p, "plan")}
          <p>${w.planLead}</p>
          <form method="get" action="${path}/plan" class="d-find">
            ${input({ lang: p.lang, name: "km", label: w.budget, value: String(plan.km), width: 4, inputmode: "decimal" })}
            ${button(w.work, { kind: "second" })}
          </form>
          ${inset(html`<p>${plan.summary}</p>`)}
          ${
            plan.stretches.length
              ? html`<div class="t-dense">
                  ${table({
                    caption: w.plan,
                    hideCaption: true,
                    columns: [
                      { head: w.ends },
                      { head: w.length, numeric: true },
                      { head: w.freed, numeric: true },
                      { head: w.saved, numeric: true },
                      { head: w.why },
                    ],
                    rows: plan.stretches.map((s) => [
                      html`${node(s.a)} – ${node(s.b)}`,
                      w.km(number(p, s.km)),
                      number(p, s.freed),
                      short(p, s.saved),
                      s.why,
                    ]),
                  })}
                </div>`
              : ""
          }
          <p class="t-source">${w.method}</p>`,
      };
    },
  },
});
