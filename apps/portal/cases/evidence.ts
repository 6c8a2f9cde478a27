import { action, html, page, person, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { authoriseEvidence, readEvidencePlan, type EvidenceView } from "#services/api";
import { actions, banner, button, buttonLink, facts, form, inset, live, progressBar, refreshNote } from "#ui";
import { goTo, query } from "../shell.ts";
import { caseForm, caseNumber, casePath, evidenceProgress, evidenceTag, hiddenVersion, received, showCase } from "./parts.ts";
import { words } from "./words.ts";

type Plan = OutputOf<typeof readEvidencePlan>;
const waiting = new Set<EvidenceView["state"]>(["to-ask", "asked", "waiting-person"]);
const failed = new Set<EvidenceView["state"]>(["not-found", "refused", "failed"]);
const seconds = 4;

/** Before anything is asked: who, for what, which information, which text. */
function planView(p: PageContext, plan: Plan): Html {
  const w = words(p.lang);
  return showCase(p, plan, {
    title: w.askTitle,
    main: html`<div class="t-text">
      <p class="t-overline">${plan.title}</p>
      <h1>${w.askTitle}</h1>
      <p>${w.askText}</p>
      ${plan.evidence.map(
        (one) =>
          html`<section class="t-box">
            <h2>${one.title}</h2>
            ${facts(p.lang, [
              { key: w.holder, value: html`${one.holder}${one.byHand ? html`<div class="t-source">${one.byHand}</div>` : ""}` },
              { key: w.what, value: one.fields.join(", ") },
              { key: w.purpose, value: one.purpose },
              { key: w.basis, value: one.legalBasis },
            ])}
          </section>`,
      )}
      ${inset(html`<p>${w.askNote}</p>`)}
      ${form({ action: casePath(plan.number, "/justificatifs"), hidden: p.csrf }, hiddenVersion(plan.version), actions(button(w.agree)))}
    </div>`,
  });
}

function state(p: PageContext, plan: Plan): Html {
  const w = words(p.lang);
  const here = plan.evidence.filter((one) => !waiting.has(one.state)).length;
  return html`<p>${w.progress(here, plan.evidence.length)}</p>
    ${progressBar(w.waitTitle, here, plan.evidence.length)}
    ${plan.evidence.map(
      (one) =>
        html`<section class="t-box">
          <h2>${one.title} ${evidenceTag(one)}</h2>
          ${one.answeredAt ? "" : html`<p>${one.holder}</p>`} ${evidenceProgress(p, one)}
        </section>`,
    )}`;
}

function waitView(p: PageContext, plan: Plan, stopped: boolean): Html {
  const w = words(p.lang);
  const path = casePath(plan.number, "/justificatifs");
  return showCase(p, plan, {
    title: w.waitTitle,
    ...(stopped ? {} : { scripts: ["waiting.js"], refresh: seconds }),
    main: html`<div class="t-text">
      <h1>${w.waitTitle}</h1>
      <p>${w.waitText}</p>
      ${live("answers", state(p, plan))}
      ${refreshNote(p.lang, { path, seconds, stopped, stopPath: query(path, { arret: "oui" }), resumePath: path })}
    </div>`,
  });
}

function endView(p: PageContext, plan: Plan): Html {
  const w = words(p.lang);
  const missing = plan.evidence.filter((one) => failed.has(one.state));
  const asked = plan.evidence.filter((one) => one.consent !== undefined);
  const title = plan.complete ? w.allIn : missing.length === 0 && asked.length > 0 ? w.consentTitle : w.failedTitle;
  return showCase(p, plan, {
    title,
    main: html`<div class="t-text">
      <h1>${title}</h1>
      ${asked.map((one) => consentBox(p, plan, one))}
      ${missing.map((one) => banner(p.lang, "problem", html`<p>${one.title} – ${one.holder}</p>`, one.stateLabel))}
      ${
        plan.evidence.some((one) => one.data.length)
          ? html`<h2>${w.evidence}</h2>
              ${received(p, plan.evidence)}`
          : ""
      }
      ${
        plan.complete
          ? actions(buttonLink(casePath(plan.number, "/questions"), w.go))
          : missing.length === 0
            ? ""
            : html`${form(
                { action: casePath(plan.number, "/justificatifs"), hidden: p.csrf },
                hiddenVersion(plan.version),
                actions(button(w.again), html`<a href="${casePath(plan.number)}">${w.later2}</a>`),
              )}`
      }
    </div>`,
  });
}

/** The law wants more than the start of a procedure here: her own word, about this register alone. */
function consentBox(p: PageContext, plan: Plan, one: EvidenceView): Html {
  const w = words(p.lang);
  return html`<section class="t-box">
    <h2>${one.title} ${evidenceTag(one)}</h2>
    <p>${w.consentText(one.holder)}</p>
    ${actions(buttonLink(query(`/compte/accords/${one.consent}`, { retour: casePath(plan.number, "/justificatifs") }), w.consentGo))}
  </section>`;
}

export const evidencePage = page({
  id: "portal.evidence",
  path: "/dossiers/{number}/justificatifs",
  who: person({ level: "substantial" }),
  reads: [readEvidencePlan],
  input: T.Object({ number: caseNumber, arret: T.Optional(T.String({ maxLength: 5 })) }),
  render: async (p, { number, arret }) => {
    const plan = await p.call(readEvidencePlan, { number });
    if (!plan.authorised) return planView(p, plan);
    return plan.evidence.some((one) => waiting.has(one.state)) ? waitView(p, plan, arret !== undefined) : endView(p, plan);
  },
});

export const evidenceAction = action({
  id: "portal.evidence",
  path: "/dossiers/{number}/justificatifs",
  who: person({ level: "substantial" }),
  calls: [authoriseEvidence],
  form: T.Object(caseForm),
  handle: async (a, { number, version }) => {
    await a.call(authoriseEvidence, { number, version });
    return goTo(casePath(number, "/justificatifs"));
  },
});
