import { concludeCase, decideCases, signAct, signActs, type DeskCase } from "#services/api";
import { html, official, seeOther, T, type Html, type PageContext } from "#kernel";
import { banner, button, buttonLink, facts, form, tag } from "#ui";
import { deskAction } from "../screen.ts";
import { conviction } from "./candidate.ts";
import { words } from "./decide.words.ts";
import { caseRefOf, movingForm, stepPage, stepScreen, versionOf } from "./step.ts";
import { words as common } from "../words.ts";

const toCase = (number: string) => `/bureau/dossiers/${number}`;

function cancel(p: PageContext, file: DeskCase): Html {
  return html`<a href="${toCase(file.number)}" data-key="q" accesskey="q">${common(p.lang).back} <kbd aria-hidden="true">Q</kbd></a>`;
}

const conclusion = stepScreen({
  title: (p) => words(p.lang).concludeTitle,
  body(p, file) {
    const w = words(p.lang);
    const { proposal, search } = file;
    const first = search.candidates.find((one) => !one.verdict);
    if (first)
      return banner(
        p.lang,
        "problem",
        html`<p>${w.left(search.left)}</p>
          ${buttonLink(`${toCase(file.number)}/homonymes/${first.id}`, w.reviewFirst, "second", "h")}`,
      );
    if (!proposal || !file.actions.includes("conclude"))
      return banner(
        p.lang,
        "information",
        html`<p>${w.noProposal}</p>
          <p>${cancel(p, file)}</p>`,
      );
    const same = search.candidates.filter((one) => one.verdict === "same-person");
    const hidden = same.flatMap((one) => one.convictions).filter((one) => !one.disclosable);
    return html`<div class="d-verdict">
        <b>${proposal.outcome === "none" ? w.proposalNone : w.proposalMentions(proposal.mentions.length)}</b>
        <p>${proposal.text}</p>
      </div>
      ${form(
        { action: `${toCase(file.number)}/decision`, hidden: versionOf(p, file) },
        html`<div class="t-actions">
          ${button(proposal.outcome === "none" ? w.confirmNone : w.confirmMentions, { name: "outcome", value: proposal.outcome, key: "d", focus: true })}
          ${cancel(p, file)}
        </div>`,
      )}
      <p class="t-soft">${w.concludeLead}</p>
      ${
        proposal.mentions.length
          ? html`<h2>${w.willStand}</h2>
              ${proposal.mentions.map((one) => conviction(p, one))}`
          : ""
      }
      ${
        hidden.length
          ? html`<h2>${w.willNot}</h2>
              ${hidden.map((one) => conviction(p, one))}`
          : ""
      }
      <h2>${w.basis}</h2>
      ${facts(p.lang, [
        ...(search.state === "not-needed"
          ? []
          : [{ key: w.searched, value: html`${search.holder} · ${w.reviewed(search.candidates.length)}` }]),
        ...file.evidence.map((one) => ({
          key: one.title,
          value: html`${one.holder} ${tag(one.stateLabel, one.state === "received" ? "good" : "neutral")}`,
        })),
      ])}`;
  },
});

export const conclusionPage = stepPage("desk.conclusion", "decision", conclusion, decideCases);
export const conclusionAction = deskAction({
  id: "desk.conclude",
  path: "/bureau/dossiers/{number}/decision",
  who: official(decideCases),
  form: T.Object({ ...movingForm, outcome: T.Enum(["none", "mentions"]) }),
  calls: [concludeCase],
  async handle(a, input) {
    await a.call(concludeCase, input);
    const signs = a.caller.kind === "official" && a.caller.permissions.has(signActs.id);
    return seeOther(signs ? `${toCase(input.number)}/signature` : toCase(input.number));
  },
  back: conclusion,
  backInput: caseRefOf,
});

const signature = stepScreen({
  title: (p) => words(p.lang).signTitle,
  body(p, file) {
    const w = words(p.lang);
    if (!file.actions.includes("sign"))
      return banner(
        p.lang,
        "information",
        html`<p>${w.noProposal}</p>
          <p>${cancel(p, file)}</p>`,
      );
    const refused = file.decision?.outcome === "refused";
    return html`<p class="t-lead">${refused ? w.signRefused : w.signGranted}</p>
      ${form(
        { action: `${toCase(file.number)}/signature`, hidden: versionOf(p, file) },
        html`<div class="t-actions">
          ${button(refused ? w.confirmSignLetter : w.confirmSign, { key: "s", focus: true })}
          ${buttonLink(`${toCase(file.number)}/apercu`, w.preview, "second", "p")} ${cancel(p, file)}
        </div>`,
      )}
      <h2>${w.what}</h2>
      ${facts(p.lang, [
        { key: w.outcome, value: html`<b>${file.decision?.label ?? file.stateLabel}</b>` },
        { key: w.applicant, value: file.applicant.name },
        { key: w.procedure, value: file.procedure.title },
        { key: w.institution, value: file.institution.name },
        ...(file.proposal && !refused ? [{ key: w.willStand, value: file.proposal.text }] : []),
        ...(refused && file.decision?.explanation ? [{ key: w.explanation, value: file.decision.explanation }] : []),
      ])}`;
  },
});

export const signaturePage = stepPage("desk.signature", "signature", signature, signActs);
export const signatureAction = deskAction({
  id: "desk.sign",
  path: "/bureau/dossiers/{number}/signature",
  who: official(signActs),
  form: T.Object(movingForm),
  calls: [signAct],
  async handle(a, input) {
    await a.call(signAct, input);
    return seeOther(toCase(input.number));
  },
  back: signature,
  backInput: caseRefOf,
});
