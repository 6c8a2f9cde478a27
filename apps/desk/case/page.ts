import { handleCases, readDeskCase, readQueue, verifyNumber, type DeskCase } from "#services/api";
import { html, official, page, seeOther, T, type Html, type PageContext } from "#kernel";
import { dateTime, tag, type Content } from "#ui";
import { clockBlock } from "../clock.ts";
import { deskPage, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { colleagueNames, colleagueReads } from "../standing.ts";
import { tones } from "../tones.ts";
import { answersPart, decisionPart, evidencePart, feesPart, historyPart, registerPart } from "./parts.ts";
import { awaits, refreshSeconds, todo } from "./todo.ts";
import { words } from "./words.ts";

export const CaseInput = T.Object({ number: T.String({ minLength: 6, maxLength: 32 }), fixe: T.Optional(T.String({ maxLength: 1 })) });

/** The head every page of a case wears: who, what, how long still. */
export function caseHead(p: PageContext, file: DeskCase, names: ReadonlyMap<string, string>, title?: Content): Html {
  const w = words(p.lang);
  const holder = file.mine ? w.holderMe : file.assignee ? w.holder(names.get(file.assignee) ?? w.aColleague) : w.nobody;
  return html`<div class="d-head">
    <div>
      <p class="t-overline">${w.number} <span class="t-mono">${file.number}</span> · ${file.procedure.title}</p>
      <h1>${title ?? file.applicant.name}</h1>
      <p class="t-soft">
        ${tag(file.stateLabel, tones[file.state])}
        ${title ? html`<b>${file.applicant.name}</b> · ` : ""}${w.received(dateTime(p, file.submittedAt))} · ${holder}
      </p>
    </div>
    ${clockBlock(p, file.clock)}
  </div>`;
}

export function caseCrumbs(p: PageContext, number?: string) {
  const w = words(p.lang);
  return [{ href: "/bureau/dossiers", text: w.queue }, ...(number ? [{ href: `/bureau/dossiers/${number}`, text: number }] : [])];
}

export const caseScreen: Screen<{ number: string; fixe?: string }> = {
  reads: [readDeskCase, verifyNumber, ...colleagueReads],
  async view(p, { number, fixe }, again?: Again) {
    const w = words(p.lang);
    const file = await p.call(readDeskCase, { number });
    const names = await colleagueNames(p);
    // what anybody who verifies this act is told today
    const revoked = file.act ? (await p.call(verifyNumber, { number: file.act.number.replace(/\D/g, "") })).verdict === "revoked" : false;
    return {
      title: `${file.applicant.name} – ${file.number}`,
      current: "cases",
      crumbs: caseCrumbs(p),
      keys: [{ keys: "Q", text: w.keyQueue }],
      ...(awaits(file) && fixe !== "1" ? { refresh: refreshSeconds } : {}),
      main: html`${refusalOf(p, again?.problem)}${caseHead(p, file, names)}
        <div class="d-case">
          <div class="d-side">${todo(p, file, file.assignee ? names.get(file.assignee) : undefined)}</div>
          <div class="d-file">
            ${decisionPart(p, file, revoked)} ${registerPart(p, file)} ${evidencePart(p, file)} ${answersPart(p, file)} ${feesPart(p, file)}
          </div>
          <div class="d-past">
            ${historyPart(p, file, names)}
            <p>
              <a href="/bureau/dossiers" data-key="q" accesskey="q">← ${w.queue} <kbd aria-hidden="true">Q</kbd></a>
            </p>
          </div>
        </div>`,
    };
  },
};

export const casePage = deskPage({
  id: "desk.case",
  path: "/bureau/dossiers/{number}",
  who: official(handleCases),
  input: CaseInput,
  screen: caseScreen,
});

/** The most urgent case that is mine, else the most urgent that nobody took, else the queue. */
export const nextCasePage = page({
  id: "desk.next-case",
  path: "/bureau/dossiers/suivant",
  who: official(handleCases),
  reads: [readQueue],
  async render(p) {
    for (const view of ["mine", "to-take"] as const) {
      const [first] = (await p.call(readQueue, { view })).items;
      if (first) return seeOther(`/bureau/dossiers/${first.number}`);
    }
    return seeOther("/bureau/dossiers");
  },
});
