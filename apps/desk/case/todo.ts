import type { DeskCase } from "#services/api";
import { html, type Html, type PageContext } from "#kernel";
import { banner, button, buttonLink, dateTime, form, live, refreshNote, type Content } from "#ui";
import { words } from "./words.ts";

type Step = DeskCase["actions"][number];

/** The order in which a case is handled; the first one allowed is the next thing to do. */
const order: readonly Step[] = ["claim", "search", "review", "conclude", "sign"];
const others: readonly Step[] = ["correct", "refuse", "message", "assign", "release"];
export const keyOf: Record<Step, string> = {
  claim: "t",
  search: "r",
  review: "h",
  conclude: "d",
  sign: "s",
  correct: "c",
  refuse: "x",
  message: "m",
  assign: "a",
  release: "l",
};

export function nextStep(file: DeskCase): Step | undefined {
  // a search already answered may be made again, but that is not the next thing to do
  const open = order.filter((step) => file.actions.includes(step) && !(step === "search" && file.search.state === "done"));
  return open.find((step) => step !== "review" || file.search.left > 0);
}

/** Something runs outside and its answer will change this page. */
export function awaits(file: DeskCase): boolean {
  return file.state === "signing" || (file.search.state === "asked" && !file.search.expectedBy);
}

export const refreshSeconds = 3;

/** The right-hand pane: the next thing to do, then what else is possible, each with its key. */
export function todo(p: PageContext, file: DeskCase, colleague: string | undefined): Html {
  const w = words(p.lang);
  const step = nextStep(file);
  const rest = [...(file.search.state === "done" ? (["search"] as const) : []), ...others].filter((o) => file.actions.includes(o));
  return html`<section class="t-box d-todo" aria-labelledby="todo">
    <h2 id="todo">${w.todo}</h2>
    ${live("todo-live", html`${file.signingProblem ? failedSigning(p, file) : ""}${step ? doIt(p, file, step) : html`<p>${situation(p, file, colleague)}</p>`}${done(p, file)}`)}
    ${awaits(file) ? waiting(p) : ""}
    ${
      rest.length
        ? html`<h3>${w.others}</h3>
            <ul class="t-plainlist d-actions">
              ${rest.map((o) => html`<li>${otherAction(p, file, o)}</li>`)}
            </ul>`
        : ""
    }
  </section>`;
}

function doIt(p: PageContext, file: DeskCase, step: Step): Html {
  const w = words(p.lang);
  const path = `/bureau/dossiers/${file.number}`;
  const texts: Partial<Record<Step, Content>> = {
    claim: w.claimText,
    search: file.search.state === "failed" ? w.searchFailed : w.searchText(file.search.holder),
    review: w.reviewText(file.search.left),
    conclude: file.proposal ? file.proposal.text : w.concludeText,
    sign: w.signText,
  };
  return html`<p>${texts[step]}</p>
    <div class="t-actions">${control(p, file, step, path, "main")}</div>`;
}

/** Taking, asking and putting back are one form each; the others have a page where one looks before saying yes. */
function control(p: PageContext, file: DeskCase, step: Step, path: string, kind: "main" | "plain"): Html {
  const w = words(p.lang);
  const key = keyOf[step];
  const post = (where: string, text: string) =>
    form(
      { action: `${path}/${where}`, hidden: html`${p.csrf}<input type="hidden" name="version" value="${file.version}" />` },
      button(text, { kind, key }),
    );
  const get = (where: string, text: string) => buttonLink(`${path}/${where}`, text, kind, key);
  switch (step) {
    case "claim":
      return post("prise-en-charge", w.claim);
    case "search":
      return post("recherche", file.search.state === "to-do" ? w.search : w.searchAgain);
    case "release":
      return post("remise", w.release);
    case "review": {
      const first = file.search.candidates.find((c) => !c.verdict) ?? file.search.candidates[0];
      return get(`homonymes/${first?.id ?? ""}`, w.review);
    }
    case "conclude":
      return get("decision", w.conclude);
    case "sign":
      return get("signature", w.sign);
    case "correct":
      return get("correction", w.correct);
    case "refuse":
      return get("refus", w.refuse);
    case "message":
      return get("messages", w.message);
    case "assign":
      return get("attribution", w.assign);
  }
}

function otherAction(p: PageContext, file: DeskCase, step: Step): Html {
  return control(p, file, step, `/bureau/dossiers/${file.number}`, "plain");
}

/** Nothing to press: say truly why, and what will make it move. */
function situation(p: PageContext, file: DeskCase, colleague: string | undefined): string {
  const w = words(p.lang);
  if (file.state === "signing") return w.waitSign;
  if (file.search.state === "asked") return file.search.expectedBy ? w.waitHand(dateTime(p, file.search.expectedBy)) : w.waitSearch;
  if (file.state === "correction-requested") return w.waitCorrection;
  if (file.state === "evidence") return w.waitEvidence;
  if (file.state === "issued") return w.issued;
  if (file.state === "refused") return w.refusedDone;
  if (file.state === "abandoned") return w.abandoned;
  if (file.assignee && !file.mine) return w.someoneElse(colleague ?? w.aColleague);
  return w.nothing;
}

function done(p: PageContext, file: DeskCase): Html | "" {
  if (!["issued", "refused", "abandoned", "correction-requested"].includes(file.state)) return "";
  return html`<div class="t-actions">${buttonLink("/bureau/dossiers/suivant", words(p.lang).next, "second", "n")}</div>`;
}

function failedSigning(p: PageContext, file: DeskCase): Html {
  const w = words(p.lang);
  return banner(
    p.lang,
    "problem",
    html`<p>${file.signingProblem}</p>
      <p>${w.signingFailedText}</p>`,
    w.signingFailed,
  );
}

function waiting(p: PageContext): Html {
  const stopped = p.query.fixe === "1";
  return refreshNote(p.lang, { path: p.path, seconds: refreshSeconds, stopped, stopPath: `${p.path}?fixe=1`, resumePath: p.path });
}
