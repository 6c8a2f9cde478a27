import { action, html, page, person, T, type Html, type PageContext } from "#kernel";
import { abandonCase, readCase, type CaseView } from "#services/api";
import {
  actions,
  banner,
  box,
  button,
  buttonLink,
  columns,
  date,
  dateTime,
  disclosure,
  facts,
  form,
  panel,
  tag,
  taskList,
  timeline,
  type Event,
} from "#ui";
import { goTo } from "../shell.ts";
import { answered, caseFees, caseForm, caseNumber, casePath, clockText, evidenceTag, hiddenVersion, received, showCase } from "./parts.ts";
import { words } from "./words.ts";

/** Where the next step is; nothing when the citizen waits. */
export function nextPath(view: CaseView): string | undefined {
  const parts: Partial<Record<CaseView["next"], string>> = {
    "authorise-evidence": "/justificatifs",
    "answer-consent": "/justificatifs",
    "wait-evidence": "/justificatifs",
    "fill-form": "/questions",
    submit: "/relire",
    pay: "/paiement",
    "wait-payment": "/paiement",
    correct: "/correction",
  };
  const part = parts[view.next];
  return part === undefined ? undefined : casePath(view.number, part);
}

const order = ["authorise-evidence", "fill-form", "submit", "pay"] as const;
const stage: Partial<Record<CaseView["next"], (typeof order)[number]>> = {
  "authorise-evidence": "authorise-evidence",
  "answer-consent": "authorise-evidence",
  "wait-evidence": "authorise-evidence",
  "fill-form": "fill-form",
  submit: "submit",
  pay: "pay",
  "wait-payment": "pay",
};

const unsent = new Set<CaseView["state"]>(["draft", "evidence", "payment-pending"]);
const over = new Set<CaseView["state"]>(["decided", "signing", "issued", "refused", "abandoned"]);

/** Before the office has it: the four steps and where one stands. */
function tasks(p: PageContext, view: CaseView): Html {
  const w = words(p.lang);
  const now = order.indexOf(stage[view.next] ?? "authorise-evidence");
  const waits = view.next === "wait-evidence" || view.next === "wait-payment";
  const hrefs = ["/justificatifs", "/questions", "/relire", "/paiement"].map((part) => casePath(view.number, part));
  const titles = [w.taskEvidence, w.taskForm, w.taskReview, w.taskPay];
  const shown = order
    .map((_, index) => index)
    .filter((index) => (index === 0 ? view.evidence.length > 0 : index === 3 ? view.fees.total > 0 : true));
  return html`<h2>${w.todo}</h2>
    ${taskList(
      shown.map((index) => ({
        title: titles[index] ?? "",
        ...(index <= now && !(index < now && index > 1) ? { href: hrefs[index] as string } : {}),
        ...(index === 0 ? { hint: w.taskEvidenceHint } : {}),
        status: index < now ? tag(w.done, "good") : index > now ? tag(w.later) : waits ? tag(w.waiting, "act") : tag(w.now, "act"),
      })),
    )}
    ${actions(buttonLink(nextPath(view) ?? casePath(view.number), w.go))}`;
}

function documents(p: PageContext, view: CaseView): Html | "" {
  const w = words(p.lang);
  if (view.documents.length === 0) return "";
  return html`<h2>${w.documents}</h2>
    <ul>
      ${view.documents.map((one) => html`<li><a href="${casePath(view.number, `/documents/${one.kind}`)}">${w.download(one.title)}</a></li>`)}
    </ul>`;
}

/** How it ended: the act and how anyone checks it, or the grounds and the way to contest them. */
function outcome(p: PageContext, view: CaseView): Html | "" {
  const w = words(p.lang);
  const { decision, act } = view;
  if (act)
    return html`${panel(w.act, html`${w.actNumber}<br /><b class="t-mono">${act.number}</b>`, 2)}
      <p>
        ${act.validUntil ? w.actValid(date(p, act.validUntil)) : ""} ${w.actVerify}
        <a href="/verifier/${act.number.replace(/\D/g, "")}">${w.verify}</a>
      </p>
      ${documents(p, view)}`;
  if (decision?.outcome !== "refused") return "";
  return html`<h2>${w.refused}</h2>
    <h3>${w.grounds}</h3>
    <ul>
      ${decision.grounds.map(
        (ground) => html`<li>${ground.text}${ground.legalBasis ? html`<div class="t-source">${ground.legalBasis}</div>` : ""}</li>`,
      )}
    </ul>
    ${
      decision.explanation
        ? html`<h3>${w.explanation}</h3>
            <p>${decision.explanation}</p>`
        : ""
    }
    ${
      decision.appeal.length
        ? html`<h3>${w.appeal}</h3>
            ${decision.appeal.map((line) => html`<p>${line}</p>`)}`
        : ""
    }
    ${documents(p, view)}`;
}

/** What happened, where it is now, what is expected: nothing is promised that the clock does not say. */
function history(p: PageContext, view: CaseView): Html {
  const w = words(p.lang);
  const ended = over.has(view.state);
  const bad = view.state === "refused" || view.state === "abandoned";
  const events: Event[] = view.history.map((one, index) => ({
    title: one.label,
    at: one.at,
    when: dateTime(p, one.at),
    state: bad && index === view.history.length - 1 ? "bad" : "done",
  }));
  if (!ended || view.state === "signing" || view.state === "decided") events.push({ title: view.stateLabel, state: "now" });
  if (view.clock?.dueAt && !ended) events.push({ title: w.clockDue(dateTime(p, view.clock.dueAt)), state: "next" });
  return timeline(p.lang, events);
}

function side(p: PageContext, view: CaseView): Html {
  const w = words(p.lang);
  return html`${box(
      view.stateLabel,
      html`${facts(p.lang, [
        { key: w.number, value: html`<span class="t-mono">${view.number}</span>` },
        view.office ? { key: w.office, value: view.office.name } : null,
      ])}
      ${
        view.clock
          ? html`<h3>${w.clock}</h3>
              <p>${view.clock.text}</p>
              ${clockText(p, view.clock)}`
          : ""
      }`,
    )}
    <p>
      <a href="${casePath(view.number, "/messages")}">${w.messages}</a>
      ${view.unreadMessages ? tag(w.messagesUnread(view.unreadMessages), "act") : ""}
    </p>
    ${view.receipt ? html`<p><a href="${casePath(view.number, "/recu")}">${w.receiptSee}</a></p>` : ""}`;
}

function head(p: PageContext, view: CaseView, saved: boolean): Html {
  const w = words(p.lang);
  return html`${saved ? banner(p.lang, "success", html`<p>${w.saved}</p>`) : ""}
    <h1>${view.procedure.title}</h1>
    ${
      view.correction
        ? banner(
            p.lang,
            "information",
            html`<p>${w.correctText(dateTime(p, view.correction.requestedAt))}</p>
              ${buttonLink(casePath(view.number, "/correction"), w.correctGo)}`,
            w.correct,
          )
        : ""
    }
    ${outcome(p, view)} ${unsent.has(view.state) ? tasks(p, view) : ""}`;
}

function rest(p: PageContext, view: CaseView): Html {
  const w = words(p.lang);
  return html`${
    unsent.has(view.state)
      ? ""
      : html`<h2>${w.where}</h2>
          ${history(p, view)}`
  }
  ${
    view.evidence.length && !unsent.has(view.state)
      ? disclosure(
          w.evidence,
          html`<ul class="t-tasks">
              ${view.evidence.map((one) => html`<li><span>${one.title}</span>${evidenceTag(one)}</li>`)}
            </ul>
            ${received(p, view.evidence)}`,
        )
      : ""
  }
  ${view.answers.some((section) => section.rows.length) ? disclosure(w.answers, answered(p, view)) : ""}
  ${view.fees.total ? disclosure(w.fees, caseFees(p, view)) : ""}
  ${unsent.has(view.state) && view.history.length > 1 ? disclosure(w.history, history(p, view)) : ""}
  ${
    over.has(view.state)
      ? ""
      : disclosure(
          w.abandon,
          html`<p>${w.abandonText}</p>
            ${form({ action: casePath(view.number, "/abandon"), hidden: p.csrf }, hiddenVersion(view.version), button(w.abandonButton, { kind: "warn" }))}`,
        )
  }`;
}

export const casePage = page({
  id: "portal.case",
  path: "/dossiers/{number}",
  who: person({ level: "substantial" }),
  reads: [readCase],
  input: T.Object({ number: caseNumber, fait: T.Optional(T.String({ maxLength: 5 })) }),
  render: async (p, { number, fait }) => {
    const view = await p.call(readCase, { number });
    return showCase(
      p,
      { number: view.number, title: view.procedure.title },
      { title: view.procedure.title, main: columns(head(p, view, fait !== undefined), side(p, view), rest(p, view)) },
    );
  },
});

export const abandonAction = action({
  id: "portal.abandon",
  path: "/dossiers/{number}/abandon",
  who: person({ level: "substantial" }),
  calls: [abandonCase],
  form: T.Object(caseForm),
  handle: async (a, { number, version }) => {
    await a.call(abandonCase, { number, version });
    return goTo(casePath(number));
  },
});
