import { html, page, person, type PageContext } from "#kernel";
import { listCases, type CaseState, type CaseSummary } from "#services/api";
import { buttonLink, date, dateTime, empty, results, tag, type Tone } from "#ui";
import { show } from "../shell.ts";
import { words } from "./words.ts";

/** How a state looks: someone must act, it ended well, it ended badly, or it simply goes on. */
export function toneOf(state: CaseState, yourTurn = false): Tone {
  if (state === "issued") return "good";
  if (state === "refused" || state === "abandoned") return "bad";
  return yourTurn || state === "correction-requested" ? "act" : "neutral";
}

function line(p: PageContext, one: CaseSummary) {
  const w = words(p.lang);
  const facts = [
    one.office ? w.at(one.office) : "",
    w.started(date(p, one.startedAt)),
    one.dueAt ? w.dueBy(dateTime(p, one.dueAt)) : "",
  ].filter(Boolean);
  return {
    href: `/dossiers/${one.number}`,
    title: one.title,
    text: html`${tag(one.stateLabel, toneOf(one.state, one.yourTurn))} ${one.yourTurn ? tag(w.yourTurn, "act") : ""}`,
    meta: html`<span class="t-mono">${one.number}</span> · ${facts.join(" · ")}`,
  };
}

export const casesPage = page({
  id: "portal.cases",
  path: "/dossiers",
  who: person({ level: "substantial" }),
  reads: [listCases],
  render: async (p) => {
    const w = words(p.lang);
    const { cases } = await p.call(listCases, {});
    return show(p, {
      title: w.mine,
      main: html`<div class="t-text">
        <h1>${w.mine}</h1>
        ${
          cases.length
            ? html`${results(cases.map((one) => line(p, one)))}
                <p><a href="/demarches">${w.find}</a></p>`
            : empty(
                w.none,
                html`<p>${w.noneText}</p>
                  ${buttonLink("/demarches", w.find)}`,
              )
        }
      </div>`,
    });
  },
});
