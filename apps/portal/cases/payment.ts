import { action, html, page, person, T, type Form, type Html, type PageContext, type Problem } from "#kernel";
import { readCase, readPayment, startPayment, type CaseView, type PaymentView } from "#services/api";
import {
  actions,
  amount,
  banner,
  button,
  buttonLink,
  dateTime,
  errorFor,
  errorSummary,
  facts,
  feeTable,
  form,
  input,
  inset,
  live,
  panel,
  progressBar,
  radios,
  receipt,
  refreshNote,
} from "#ui";
import { fieldErrors, problemBanner } from "../problems.ts";
import { goTo, query } from "../shell.ts";
import { words } from "./payment-words.ts";
import { caseInput, caseNumber, casePath, showCase } from "./parts.ts";

const who = person({ level: "substantial" });
const path = (number: string) => casePath(number, "/paiement");

/** Where the demonstration's operators live: another server, as in life. */
function handset(p: PageContext, total: number): string {
  const base = p.config.setting("sandbox_url") ?? `http://127.0.0.1:${p.config.setting("sandbox_port") ?? "8090"}`;
  return query(`${base}/money`, { amount: String(total), lang: p.lang });
}

function simulatedNote(p: PageContext, total: number): Html | "" {
  const w = words(p.lang);
  if (!p.config.demo) return "";
  return inset(
    html`<p><b>${w.simulated}.</b> ${w.simulatedText}</p>
      <p><a href="${handset(p, total)}" target="handset" rel="noreferrer">${w.handset}</a></p>`,
  );
}

function payView(p: PageContext, view: CaseView, payment: PaymentView, sent?: Form, problem?: Problem): Html {
  const w = words(p.lang);
  const errors = fieldErrors(p, problem);
  const again = (name: string) => (typeof sent?.[name] === "string" ? (sent[name] as string) : "");
  const chosen = again("operator") || payment.operator || (payment.operators.length === 1 ? payment.operators[0]?.code : "");
  return showCase(
    p,
    { number: view.number, title: view.procedure.title },
    {
      title: w.payTitle(amount(p, payment.amount)),
      failed: problem !== undefined,
      main: html`<div class="t-text">
        ${errorSummary(p.lang, errors)} ${problemBanner(p, problem)}
        ${
          payment.state === "failed" || payment.state === "expired"
            ? banner(p.lang, "problem", html`<p>${payment.reason ?? payment.label} ${w.nothingTaken}</p>`, w.failed)
            : ""
        }
        <p class="t-overline">${view.procedure.title}</p>
        <h1>${w.payTitle(amount(p, payment.amount))}</h1>
        ${simulatedNote(p, payment.amount)} ${feeTable(p, payment.lines, w.lines)}
        ${form(
          { action: path(view.number), hidden: p.csrf },
          radios({
            lang: p.lang,
            name: "operator",
            label: w.operator,
            value: chosen,
            error: errorFor(errors, "operator"),
            items: payment.operators.map((one) => ({ value: one.code, text: one.name, hint: one.instruction })),
          }),
          input({
            lang: p.lang,
            name: "phone",
            label: w.phone,
            hint: w.phoneHint,
            type: "tel",
            autocomplete: "tel",
            width: 20,
            maxlength: 24,
            value: again("phone"),
            error: errorFor(errors, "phone"),
          }),
          input({
            lang: p.lang,
            name: "otp",
            label: w.otp,
            hint: html`${w.otpHint} <b>${w.never}</b>`,
            inputmode: "numeric",
            autocomplete: "one-time-code",
            width: 10,
            maxlength: 12,
            optional: !payment.operators.every((one) => one.style === "otp"),
            error: errorFor(errors, "otp"),
          }),
          actions(button(w.send)),
        )}
      </div>`,
    },
  );
}

function waitView(p: PageContext, view: CaseView, payment: PaymentView, stopped: boolean): Html {
  const w = words(p.lang);
  const seconds = Math.min(Math.max(payment.pollAfterSeconds ?? 5, 3), 60);
  const here = path(view.number);
  return showCase(
    p,
    { number: view.number, title: view.procedure.title },
    {
      title: w.waitTitle,
      ...(stopped ? {} : { scripts: ["waiting.js"], refresh: seconds }),
      main: html`<div class="t-text">
        <h1>${w.waitTitle}</h1>
        ${simulatedNote(p, payment.amount)}
        ${live(
          "payment",
          html`<p class="t-lead">${payment.label}</p>
            <p>${payment.state === "outcome-unknown" ? w.unknownText : w.waitText}</p>
            ${facts(p.lang, [
              { key: w.lines, value: amount(p, payment.amount) },
              payment.operator
                ? { key: w.with, value: payment.operators.find((one) => one.code === payment.operator)?.name ?? payment.operator }
                : null,
              payment.phone ? { key: w.phone, value: payment.phone } : null,
              payment.reference ? { key: w.reference, value: html`<span class="t-mono">${payment.reference}</span>` } : null,
              payment.since ? { key: w.since, value: dateTime(p, payment.since) } : null,
            ])}`,
        )}
        ${progressBar(w.waitTitle)}
        ${refreshNote(p.lang, { path: here, seconds, stopped, stopPath: query(here, { arret: "oui" }), resumePath: here })}
        ${payment.canPay ? html`<p><a href="${query(here, { nouveau: "oui" })}">${w.pay}</a></p>` : ""}
      </div>`,
    },
  );
}

function paidView(p: PageContext, view: CaseView, payment: PaymentView): Html {
  const w = words(p.lang);
  return showCase(
    p,
    { number: view.number, title: view.procedure.title },
    {
      title: w.paid,
      main: html`<div class="t-text">
        ${panel(w.paid, html`${amount(p, payment.amount)}${view.receipt ? html`<br />${w.receiptTitle} <b class="t-mono">${view.receipt.number}</b>` : ""}`)}
        ${actions(buttonLink(casePath(view.number), w.toCase), view.receipt ? html`<a href="${casePath(view.number, "/recu")}">${w.receiptTitle}</a>` : "")}
      </div>`,
    },
  );
}

const underWay = new Set<PaymentView["state"]>(["created", "asked", "pending", "outcome-unknown"]);

export const paymentPage = page({
  id: "portal.payment",
  path: "/dossiers/{number}/paiement",
  who,
  reads: [readCase, readPayment],
  input: T.Object({ number: caseNumber, arret: T.Optional(T.String({ maxLength: 5 })), nouveau: T.Optional(T.String({ maxLength: 5 })) }),
  render: async (p, { number, arret, nouveau }) => {
    const view = await p.call(readCase, { number });
    if (view.next === "none" && !view.payment) return goTo(casePath(number));
    const payment = await p.call(readPayment, { number });
    if (payment.state === "paid" || payment.state === "refunded") return paidView(p, view, payment);
    if (underWay.has(payment.state) && !(nouveau && payment.canPay)) return waitView(p, view, payment, arret !== undefined);
    return payment.canPay ? payView(p, view, payment) : goTo(casePath(number));
  },
});

export const paymentAction = action({
  id: "portal.payment",
  path: "/dossiers/{number}/paiement",
  who,
  calls: [startPayment, readCase, readPayment],
  form: T.Object({
    number: caseNumber,
    operator: T.Optional(T.String({ maxLength: 40 })),
    phone: T.String({ maxLength: 24 }),
    otp: T.Optional(T.String({ maxLength: 12 })),
  }),
  handle: async (a, { number, operator, phone, otp }) => {
    const code = otp?.replace(/\s+/g, "");
    await a.call(startPayment, { number, operator: operator ?? "", phone: phone.trim(), ...(code ? { otp: code } : {}) });
    return goTo(path(number));
  },
  failed: async (a, sent, problem) => {
    const number = String(sent.number);
    return payView(a, await a.call(readCase, { number }), await a.call(readPayment, { number }), sent, problem);
  },
});

export const receiptPage = page({
  id: "portal.receipt",
  path: "/dossiers/{number}/recu",
  who,
  reads: [readCase],
  input: caseInput,
  render: async (p, { number }) => {
    const w = words(p.lang);
    const view = await p.call(readCase, { number });
    const one = view.receipt;
    if (!one) return goTo(casePath(number));
    const file = view.documents.find((document) => document.kind === "receipt");
    return showCase(
      p,
      { number: view.number, title: view.procedure.title },
      {
        title: `${w.receiptTitle} ${one.number}`,
        main: html`<div class="t-text">
          ${receipt(p, {
            number: one.number,
            issuer: one.institution,
            lines: one.lines,
            details: [
              { key: w.forWhat, value: view.procedure.title },
              { key: w.caseNumber, value: html`<span class="t-mono">${view.number}</span>` },
              { key: w.paidOn, value: dateTime(p, one.at) },
              { key: w.with, value: one.operator },
              { key: w.operatorReference, value: html`<span class="t-mono">${one.operatorReference}</span>` },
            ],
            foot: p.config.demo ? html`<p class="t-source">${w.simulated}</p>` : "",
          })}
          <div class="t-no-print">
            ${file ? actions(buttonLink(casePath(view.number, "/documents/receipt"), w.file)) : ""}
            <p class="t-soft">${w.print}</p>
          </div>
        </div>`,
      },
    );
  },
});
