import { html, T, type Html, type PageContext } from "#kernel";
import type { CaseView, ClockView, EvidenceView } from "#services/api";
import { dateTime, facts, feeTable, tag, type Fact, type Tone } from "#ui";
import { show, type Show } from "../shell.ts";
import { words } from "./words.ts";

/** A case number in a path: only its form is checked here, services decides whether it exists. */
export const caseNumber = T.String({ pattern: "^[0-9A-Za-z-]{6,32}$" });
export const caseInput = T.Object({ number: caseNumber });
export const caseForm = { number: caseNumber, version: T.Integer({ minimum: 1 }) };

export const casePath = (number: string, part = "") => `/dossiers/${encodeURIComponent(number)}${part}`;

export function hiddenVersion(version: number): Html {
  return html`<input type="hidden" name="version" value="${version}" />`;
}

/** A page within a case: the way back to the case stands above it. */
export function showCase(p: PageContext, view: { number: string; title: string }, page: Show): Html {
  return show(p, {
    ...page,
    crumbs: [
      { href: "/dossiers", text: words(p.lang).mine },
      { href: casePath(view.number), text: view.title },
    ],
  });
}

/** `31 h 20 min`: working time as people count it. */
export function workingTime(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0 ? `${rest}\u202fmin` : `${hours}\u202fh${rest ? `\u202f${String(rest).padStart(2, "0")}` : ""}`;
}

export function clockText(p: PageContext, clock: ClockView): Html {
  const w = words(p.lang);
  if (clock.stopped) return html`<p>${w.clockStopped}</p>`;
  if (clock.late) return html`<p>${w.clockLate}</p>`;
  return html`<p>${w.clockLeft(workingTime(clock.remainingMinutes))} ${clock.dueAt ? w.clockDue(dateTime(p, clock.dueAt)) : ""}</p>`;
}

const tones: Record<EvidenceView["state"], Tone> = {
  "to-ask": "neutral",
  asked: "act",
  "waiting-person": "act",
  "awaiting-consent": "act",
  received: "good",
  "not-found": "bad",
  refused: "bad",
  failed: "bad",
};

export function evidenceTag(one: EvidenceView): Html {
  return tag(one.stateLabel, tones[one.state]);
}

/** How far the answer has come: when it was asked, by when a person will answer, who answered. */
export function evidenceProgress(p: PageContext, one: EvidenceView): Html {
  const w = words(p.lang);
  return html`${
    one.state === "waiting-person" ? html`<p>${one.byHand ?? ""} ${one.expectedBy ? w.expected(dateTime(p, one.expectedBy)) : ""}</p>` : ""
  }
  ${one.answeredAt ? html`<div class="t-source">${provenanceLine(p, one)}</div>` : ""}`;
}

export function provenanceLine(p: PageContext, one: EvidenceView): string {
  const w = words(p.lang);
  const by = one.answeredBy === "person" ? w.byPerson : one.answeredBy === "register" ? w.byRegister : "";
  return [
    one.holder,
    one.answeredAt ? `${w.answeredAt(dateTime(p, one.answeredAt))}${by ? ` ${by}` : ""}` : "",
    one.exchange ? `${w.exchange}\u00a0${one.exchange}` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What registers answered, each value with where it comes from. */
export function received(p: PageContext, list: readonly EvidenceView[]): Html {
  return html`${list
    .filter((one) => one.data.length > 0)
    .map(
      (one) =>
        html`<h3>${one.title}</h3>
          ${facts(
            p.lang,
            one.data.map((row) => ({ key: row.label, value: row.value })),
          )}
          <p class="t-source">${provenanceLine(p, one)}</p>`,
    )}`;
}

/** The fee as this case owes it: the sources stand on the procedure's own page. */
export function caseFees(p: PageContext, view: Pick<CaseView, "fees">): Html {
  return feeTable(
    p,
    view.fees.lines.map(({ label, payee, amount }) => ({ label, payee, amount })),
    words(p.lang).fees,
  );
}

/** The answers to read again; `change` gives each line a link while it may still change. */
export function answered(p: PageContext, view: Pick<CaseView, "answers">, change?: (section: string) => string): Html {
  const w = words(p.lang);
  return html`${view.answers.map(
    (section) =>
      html`<h3>${section.title}</h3>
        ${facts(
          p.lang,
          section.rows.map((row): Fact => ({
            key: row.label,
            value: html`${row.value}${row.source ? html`<div class="t-source">${w.from(row.source)}</div>` : ""}`,
            ...(change && !row.source ? { action: { href: change(section.id), hidden: row.label } } : {}),
          })),
        )}`,
  )}`;
}
