import type { DeskCase, EvidenceView } from "#services/api";
import { html, type Html, type PageContext } from "#kernel";
import { amount, buttonLink, date, dateTime, disclosure, facts, feeTable, tag, timeline, type Tone } from "#ui";
import { revocable } from "./revocable.ts";
import { words } from "./words.ts";

const evidenceTones: Record<EvidenceView["state"], Tone> = {
  "to-ask": "neutral",
  asked: "neutral",
  "waiting-person": "act",
  "awaiting-consent": "act",
  received: "good",
  "not-found": "bad",
  refused: "bad",
  failed: "bad",
};

/** Each register's answer with its provenance: who, when, by a system or by a person, under which exchange. */
export function evidencePart(p: PageContext, file: DeskCase): Html {
  const w = words(p.lang);
  return html`<section aria-labelledby="evidence">
    <h2 id="evidence">${w.evidence}</h2>
    ${file.evidence.length ? html`<div class="d-pieces">${file.evidence.map((one) => piece(p, one))}</div>` : html`<p class="t-soft">${w.noEvidence}</p>`}
  </section>`;
}

function piece(p: PageContext, one: EvidenceView): Html {
  const w = words(p.lang);
  const how = one.answeredBy === "person" ? w.byPerson : one.answeredBy === "register" ? w.bySystem : "";
  const when = one.answeredAt
    ? w.answeredAt(dateTime(p, one.answeredAt))
    : one.expectedBy
      ? w.expectedBy(dateTime(p, one.expectedBy))
      : one.askedAt
        ? w.askedAt(dateTime(p, one.askedAt))
        : "";
  return html`<article class="d-piece" aria-labelledby="piece-${one.id}">
    <header>
      <h3 id="piece-${one.id}">${one.title}</h3>
      ${tag(one.stateLabel, evidenceTones[one.state])}
    </header>
    <p class="t-source">
      <b>${one.holder}</b
      >${how ? html` · ${how}` : ""}${when ? html` · ${when}` : ""}${one.exchange ? html` · ${w.exchange} <code>${one.exchange}</code>` : ""}
    </p>
    ${
      one.data.length
        ? facts(
            p.lang,
            one.data.map((row) => ({ key: row.label, value: row.value })),
          )
        : ""
    }
    ${disclosure(
      w.details,
      facts(p.lang, [
        { key: w.purpose, value: one.purpose },
        { key: w.basis, value: one.legalBasis },
        { key: w.fields, value: one.fields.join(", ") },
      ]),
    )}
  </article>`;
}

type Rows = DeskCase["answers"][number]["rows"];

function answerFacts(p: PageContext, rows: Rows): Html {
  return facts(
    p.lang,
    rows.map((row) => ({
      key: row.label,
      value: html`${row.value}${row.source ? html`<div class="t-source">${words(p.lang).source(row.source)}</div>` : ""}`,
    })),
  );
}

/** What the applicant answered; what the form took from the registers is folded, since it stands above as evidence. */
export function answersPart(p: PageContext, file: DeskCase): Html {
  const w = words(p.lang);
  const own = file.answers
    .map((section) => ({ ...section, rows: section.rows.filter((row) => !row.source) }))
    .filter((section) => section.rows.length);
  const taken = file.answers.flatMap((section) => section.rows.filter((row) => row.source));
  return html`<section aria-labelledby="answers">
    <h2 id="answers">${w.answers}</h2>
    ${
      own.length
        ? own.map(
            (section) =>
              html`<h3>${section.title}</h3>
                ${answerFacts(p, section.rows)}`,
          )
        : html`<p class="t-soft">${w.noAnswers}</p>`
    }
    ${taken.length ? disclosure(w.taken(taken.length), answerFacts(p, taken)) : ""}
  </section>`;
}

const searchTones = { "not-needed": "neutral", "to-do": "act", asked: "neutral", done: "good", failed: "bad" } as const;

export function registerPart(p: PageContext, file: DeskCase): Html | "" {
  const { search } = file;
  if (search.state === "not-needed") return "";
  const w = words(p.lang);
  return html`<section aria-labelledby="register" class="d-piece">
    <header>
      <h2 id="register">${w.register}</h2>
      ${tag(w[`search-${search.state}`], searchTones[search.state])}
    </header>
    <p class="t-source">
      <b>${search.holder}</b
      >${search.answeredAt ? html` · ${w.answeredAt(dateTime(p, search.answeredAt))}` : search.expectedBy ? html` · ${w.expectedBy(dateTime(p, search.expectedBy))}` : search.askedAt ? html` · ${w.askedAt(dateTime(p, search.askedAt))}` : ""}${search.exchange ? html` · ${w.exchange} <code>${search.exchange}</code>` : ""}
    </p>
    ${candidates(p, file)}
    ${disclosure(
      w.details,
      facts(p.lang, [
        { key: w.purpose, value: search.purpose },
        { key: w.basis, value: search.legalBasis },
        ...search.criteria.map((row) => ({ key: row.label, value: row.value })),
      ]),
    )}
  </section>`;
}

function candidates(p: PageContext, file: DeskCase): Html {
  const w = words(p.lang);
  const { search } = file;
  if (search.state !== "done") return html``;
  if (search.candidates.length === 0) return html`<p>${w.noCandidate}</p>`;
  return html`<table class="t-stack t-dense">
    <caption>
      ${w.candidates(search.candidates.length)}
    </caption>
    <thead>
      <tr>
        <th scope="col">${w.candidate}</th>
        <th scope="col" class="t-num">${w.likeness}</th>
        <th scope="col" class="t-num">${w.convictions}</th>
        <th scope="col">${w.verdict}</th>
      </tr>
    </thead>
    <tbody>
      ${search.candidates.map((one, i) => {
        const keyed = file.actions.includes("review") && i < 9;
        const verdict = one.verdict === "same-person" ? tag(w.same, "bad") : one.verdict ? tag(w.other, "good") : tag(w.toReview, "act");
        return html`<tr data-line>
          <th scope="row">
            <a
              href="/bureau/dossiers/${file.number}/homonymes/${one.id}"
              ${keyed ? html`data-key="${i + 1}" accesskey="${i + 1}" aria-keyshortcuts="${i + 1}"` : ""}
              >${one.reference}</a
            >
            ${keyed ? html`<kbd aria-hidden="true">${i + 1}</kbd>` : ""}
          </th>
          <td class="t-num" data-label="${w.likeness}">${one.score} %</td>
          <td class="t-num" data-label="${w.convictions}">${one.convictions.length}</td>
          <td data-label="${w.verdict}">${verdict}${one.reason ? html`<div class="t-source">${one.reason}</div>` : ""}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

export function feesPart(p: PageContext, file: DeskCase): Html {
  const w = words(p.lang);
  const { receipt } = file;
  if (!receipt)
    return html`<section aria-labelledby="fees">
      <h2 id="fees">${w.fees}</h2>
      <p class="t-soft">${w.unpaid}</p>
    </section>`;
  return html`<section aria-labelledby="fees">
    <h2 id="fees">${w.fees}</h2>
    ${feeTable(
      p,
      receipt.lines.map((line) => ({ label: line.label, payee: line.payee, amount: line.amount })),
      html`${w.receipt} <span class="t-mono">${receipt.number}</span>`,
    )}
    <p class="t-source">
      ${amount(p, receipt.total)} · ${dateTime(p, receipt.at)} · ${w.paidBy(receipt.operator, receipt.operatorReference)}
    </p>
  </section>`;
}

export function decisionPart(p: PageContext, file: DeskCase, revoked: boolean): Html | "" {
  const { decision, act } = file;
  if (!decision && !act) return "";
  const w = words(p.lang);
  const path = `/bureau/dossiers/${file.number}/documents`;
  return html`<section aria-labelledby="decision" class="d-piece">
    ${
      decision
        ? html`<header>
              <h2 id="decision">${w.decision}</h2>
              ${tag(decision.label, decision.outcome === "granted" ? "good" : "bad")}
            </header>
            <p class="t-source"><time datetime="${decision.at}">${dateTime(p, decision.at)}</time></p>
            ${facts(p.lang, [
              decision.grounds.length > 0 && {
                key: w.grounds,
                value: html`<ul>
                  ${decision.grounds.map((g) => html`<li>${g.text}${g.legalBasis ? html`<div class="t-source">${g.legalBasis}</div>` : ""}</li>`)}
                </ul>`,
              },
              Boolean(decision.explanation) && { key: w.explanation, value: decision.explanation },
              decision.appeal.length > 0 && { key: w.appeal, value: decision.appeal.map((line) => html`<p>${line}</p>`) },
            ])}`
        : ""
    }
    ${
      act
        ? html`<h3>${w.act} ${revoked ? tag(w.revoked, "bad") : ""}</h3>
            ${facts(p.lang, [
              { key: w.actNumber, value: html`<span class="t-mono">${act.number}</span>` },
              { key: w.issuedAt, value: dateTime(p, act.issuedAt) },
              Boolean(act.validUntil) && { key: w.validUntil, value: act.validUntil ? date(p, act.validUntil) : "" },
            ])}`
        : ""
    }
    ${act ? buttonLink(`${path}/act`, w.openAct, "second", "o") : file.state === "refused" ? buttonLink(`${path}/letter`, w.openLetter, "second", "o") : ""}
    ${!revoked && revocable(p.caller, file) ? html`<p><a href="/bureau/dossiers/${file.number}/retrait">${w.revoke}</a></p>` : ""}
  </section>`;
}

export function historyPart(p: PageContext, file: DeskCase, names: ReadonlyMap<string, string>): Html {
  const w = words(p.lang);
  return html`<section aria-labelledby="history">
    <h2 id="history">${w.history}</h2>
    ${timeline(
      p.lang,
      file.history.map((event, i) => ({
        title: event.label,
        at: event.at,
        when: `${dateTime(p, event.at)}${event.by ? ` · ${w.by(names.get(event.by) ?? event.by)}` : ""}`,
        state:
          i === file.history.length - 1 && !["issued", "refused", "abandoned"].includes(file.state) ? ("now" as const) : ("done" as const),
      })),
    )}
  </section>`;
}
