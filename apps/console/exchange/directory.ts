import { listMembers, listServices, manageServices, readRights } from "#exchange/api";
import { html, official } from "#kernel";
import { buttonLink, empty, may, number, table } from "#ui";
import { consolePage } from "../screen.ts";
import { Find, findForm, matches, slice } from "./find.ts";
import { how, serviceHref, state } from "./parts.ts";
import { publishWords } from "./publish-words.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

export const directoryPage = consolePage({
  id: "console.exchange",
  path: "/console/echanges",
  who: official(readRights),
  input: Find,
  screen: {
    reads: [listServices, listMembers],
    async view(p, { q, page }) {
      const w = words(p.lang);
      const { services: all } = await p.call(listServices, {});
      const found = q ? all.filter((one) => matches(q, one.title, one.provider.name, one.id)) : all;
      const { shown: services, paging } = slice(p, "/console/echanges", found, q, page);
      const { members, instance } = await p.call(listMembers, {});
      return {
        title: w.title,
        current: "exchange",
        main: html`<h1>${w.title}</h1>
          <p class="t-soft">${w.lead}</p>
          ${exchangeTabs(p, "directory")}
          <p class="t-soft">${w.published(number(p, all.length))} · ${w.memberCount(number(p, members.length))} (${instance})</p>
          ${
            may(p.caller, manageServices.id)
              ? html`<div class="t-actions">${buttonLink("/console/echanges/publier", publishWords(p.lang).publish)}</div>`
              : ""
          }
          ${findForm(p, "/console/echanges", q)}
          ${
            services.length
              ? html`<div class="t-dense">
                    ${table({
                      caption: w.found(number(p, found.length)),
                      columns: [{ head: w.service }, { head: w.provider }, { head: w.kind }, { head: w.state }],
                      rows: services.map((one) => [
                        html`<a href="${serviceHref(one.id)}">${one.title}</a>
                          <div class="t-source t-mono d-wrap">${one.id}</div>`,
                        html`<a href="/console/institutions/${one.provider.institution}">${one.provider.name}</a>`,
                        how(p, one),
                        state(p, one),
                      ]),
                    })}
                  </div>
                  ${paging}`
              : empty(q ? w.nothing : w.noService, html`<p>${q ? w.nothingText : w.noServiceText}</p>`)
          }`,
      };
    },
  },
});
