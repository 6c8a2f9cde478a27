import { findDoubleCuts } from "#network/api";
import { html, official, T, type OutputOf } from "#kernel";
import { empty, number, table } from "#ui";
import { consolePage } from "../screen.ts";
import { networkTabs, path } from "./parts.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

export const doublesPage = consolePage({
  id: "console.network-doubles",
  path: `${path}/doubles`,
  who: official(),
  input: T.Object({}),
  screen: {
    reads: [findDoubleCuts],
    async view(p) {
      const [w, x] = [words(p.lang), all(p.lang)];
      const found = await p.call(findDoubleCuts, { limit: 30 });
      const name = (f: OutputOf<typeof findDoubleCuts>["pairs"][number]["first"]) =>
        html`${f.through ? html`<a href="${path}/liaisons/${f.through}">${f.name}</a>` : f.name}
          <div class="t-source">${x[`kind-${f.kind}`]}</div>`;
      return {
        title: x.doubles,
        current: "network",
        crumbs: [{ href: path, text: x.title }],
        main: html`<h1>${x.doubles}</h1>
          ${networkTabs(p, "doubles")}
          <p>${w.doublesLead}</p>
          ${
            found.pairs.length
              ? html`<div class="t-dense">
                  ${table({
                    caption: x.doubles,
                    hideCaption: true,
                    columns: [{ head: w.first }, { head: w.second }, { head: w.fall, numeric: true }, { head: w.extra, numeric: true }],
                    rows: found.pairs.map((c) => [name(c.first), name(c.second), number(p, c.sites), number(p, c.extra)]),
                  })}
                </div>`
              : empty(x.nobody, html`<p>${x.nobodyText}</p>`)
          }
          <p class="t-source">${w.examined(number(p, found.examined))} ${found.complete ? "" : w.notAll}</p>`,
      };
    },
  },
});
