import { importStatement, listReconciliation, readBalances, reconcilePayments, type ReconciliationLine } from "#services/api";
import { html, invalidInput, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
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
  number,
  select,
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
    const ledger = await p.call(readBalances, {});
    const operators = operatorNames(ledger.accounts);
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
        ${list(p, lines, only, operators)}
        <div class="t-panes">
          <section>${balances(p, ledger)}</section>
          <section>${statement(p, operators, again)}</section>
        </div>`,
    };
  },
};

type Balances = OutputOf<typeof readBalances>;

/** Operators by code, as the accounts of the ledger name them. */
function operatorNames(accounts: Balances["accounts"]): Map<string, string> {
  const of = accounts.flatMap(({ account, name }) =>
    account.startsWith("operator:") ? [[account.slice("operator:".length), name] as const] : [],
  );
  return new Map(of);
}

function list(p: PageContext, lines: readonly ReconciliationLine[], only: boolean, operators: ReadonlyMap<string, string>): Html {
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
        operators.get(one.operator) ?? one.operator,
        amount(p, one.amount),
        dateTime(p, one.createdAt),
        one.settledAt ? dateTime(p, one.settledAt) : "–",
        tag(w[`state-${one.state}`], tones[one.state]),
        one.finding ? tag(w[`finding-${one.finding}`], one.finding === "waiting" ? "act" : "bad") : "–",
      ]),
    })}
  </div>`;
}

function balances(p: PageContext, { accounts, sum }: Balances): Html {
  const w = words(p.lang);
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

function statement(p: PageContext, operators: ReadonlyMap<string, string>, again: Again | undefined): Html {
  const w = words(p.lang);
  const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path, message: p.say(f.message) }));
  const value = (name: string) => sent(again?.form, name);
  // before the first payment the ledger names no operator: there is no statement to ask for either
  if (operators.size === 0) return html``;
  return disclosure(
    w.statement,
    html`<p>${w.statementLead}</p>
      ${errorSummary(p.lang, errors)}
      ${form(
        { action: `${path}/releves`, hidden: p.csrf },
        select({
          lang: p.lang,
          name: "operator",
          label: w.operator,
          value: value("operator"),
          items: [...operators].map(([code, name]) => ({ value: code, text: name })),
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
