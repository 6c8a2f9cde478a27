import { importStatement, listReconciliation, readBalances, reconcilePayments, type ReconciliationLine } from "#services/api";
import { html, invalidInput, official, seeOther, T, type Html, type PageContext } from "#kernel";
import {
  amount,
  banner,
  button,
  dateFrom,
  dateInput,
  dateTime,
  disclosure,
  empty,
  errorSummary,
  form,
  input,
  number,
  table,
  tabs,
  tag,
  type Tone,
} from "#ui";
import { consoleAction, consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { words } from "./words.ts";

const path = "/console/paiements";
const tones: Record<ReconciliationLine["state"], Tone> = {
  created: "neutral",
  asked: "neutral",
  pending: "act",
  "outcome-unknown": "act",
  paid: "good",
  failed: "bad",
  expired: "neutral",
  refunded: "neutral",
};

const screen: Screen<{ vue?: "tous" | "constats"; fait?: string }> = {
  reads: [listReconciliation, readBalances],
  async view(p, { vue, fait }, again) {
    const w = words(p.lang);
    const only = vue === "constats";
    const { lines, counts } = await p.call(listReconciliation, { onlyFindings: only ? "yes" : "no" });
    const figure = (name: string, value: number) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${number(p, value)}</dd>
      </div>`;
    return {
      title: w.title,
      current: "payments",
      failed: Boolean(again),
      main: html`${again?.problem.more.fields ? "" : refusalOf(p, again?.problem)}
        ${fait === "releve" ? banner(p.lang, "success", html`<p>${w.asked}</p>`) : ""}
        <h1>${w.title}</h1>
        <p class="t-soft">${w.lead}</p>
        <dl class="t-figures">
          ${figure(w.waiting, counts.waiting)} ${figure(w.double, counts.double)} ${figure(w.unmatched, counts.unmatched)}
          ${figure(w.refundWaiting, counts.refundWaiting)}
        </dl>
        ${tabs(w.only, [
          { href: path, text: w.all, current: !only },
          { href: `${path}?vue=constats`, text: w.onlyFindings, current: only },
        ])}
        ${list(p, lines, only)}
        <div class="t-panes">
          <section>${await balances(p)}</section>
          <section>${statement(p, lines, again)}</section>
        </div>`,
    };
  },
};

function list(p: PageContext, lines: readonly ReconciliationLine[], only: boolean): Html {
  const w = words(p.lang);
  if (lines.length === 0) return only ? empty(w.none, html`<p>${w.noneText}</p>`) : empty(w.noPayment, html`<p>${w.noPaymentText}</p>`);
  return html`<div class="t-dense">
    ${table({
      caption: w.title,
      hideCaption: true,
      columns: [
        { head: w.reference },
        { head: w.case },
        { head: w.operator },
        { head: w.amount, numeric: true },
        { head: w.created },
        { head: w.settled },
        { head: w.state },
        { head: w.finding },
      ],
      rows: lines.map((one) => [
        html`<span class="t-mono">${one.reference}</span
          >${one.operatorReference ? html`<div class="t-source t-mono">${one.operatorReference}</div>` : ""}`,
        html`<span class="t-mono">${one.case || "–"}</span>`,
        one.operator,
        amount(p, one.amount),
        dateTime(p, one.createdAt),
        one.settledAt ? dateTime(p, one.settledAt) : "–",
        tag(w[`state-${one.state}`], tones[one.state]),
        one.finding ? tag(w[`finding-${one.finding}`], one.finding === "waiting" ? "act" : "bad") : "–",
      ]),
    })}
  </div>`;
}

async function balances(p: PageContext): Promise<Html> {
  const w = words(p.lang);
  const { accounts, sum } = await p.call(readBalances, {});
  return html`<h2>${w.balances}</h2>
    <p class="t-source">${w.balancesLead}</p>
    <div class="t-dense">
      ${table({
        caption: w.balances,
        hideCaption: true,
        stack: false,
        columns: [{ head: w.account }, { head: w.balance, numeric: true }],
        rows: accounts.map((one) => [one.name, amount(p, one.balance)]),
        foot: [w.sum, sum === 0 ? amount(p, 0) : tag(amount(p, sum), "bad")],
      })}
    </div>`;
}

function statement(p: PageContext, lines: readonly ReconciliationLine[], again: Again | undefined): Html {
  const w = words(p.lang);
  const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path, message: p.say(f.message) }));
  const value = (name: string) => sent(again?.form, name);
  const [first] = lines;
  return disclosure(
    w.statement,
    html`<p>${w.statementLead}</p>
      ${errorSummary(p.lang, errors)}
      ${form(
        { action: `${path}/releves`, hidden: p.csrf },
        input({
          lang: p.lang,
          name: "operator",
          label: w.operator,
          width: 20,
          maxlength: 40,
          autocomplete: "off",
          spellcheck: false,
          value: value("operator") || first?.operator || "",
          error: errors.find((e) => e.path === "operator")?.message,
        }),
        dateInput({
          lang: p.lang,
          name: "day",
          label: w.day,
          value: { day: value("day.day"), month: value("day.month"), year: value("day.year") },
          error: errors.find((e) => e.path === "day")?.message,
        }),
        html`<div class="t-actions">${button(w.ask, { kind: "second" })}</div>`,
      )}`,
    errors.length > 0,
  );
}

export const paymentsPage = consolePage({
  id: "console.payments",
  path,
  who: official(reconcilePayments),
  input: T.Object({ vue: T.Optional(T.Enum(["tous", "constats"])), fait: T.Optional(T.String({ maxLength: 20 })) }),
  screen,
});

export const statementAction = consoleAction({
  id: "console.import-statement",
  path: `${path}/releves`,
  who: official(reconcilePayments),
  form: T.Object({
    operator: T.String({ maxLength: 40 }),
    "day.day": T.String({ maxLength: 2 }),
    "day.month": T.String({ maxLength: 2 }),
    "day.year": T.String({ maxLength: 4 }),
  }),
  calls: [importStatement],
  async handle(a, sentForm) {
    const day = dateFrom(sentForm, "day");
    const operator = sentForm.operator.trim();
    const wrong = [
      ...(operator ? [] : [{ path: "operator", message: { fr: words("fr").operatorMissing, en: words("en").operatorMissing } }]),
      ...(day ? [] : [{ path: "day", message: { fr: words("fr").dayWrong, en: words("en").dayWrong } }]),
    ];
    if (wrong.length || !day) throw invalidInput({ fields: wrong });
    await a.call(importStatement, { operator, day });
    return seeOther(`${path}?fait=releve`);
  },
  back: screen,
  backInput: () => ({}),
});
