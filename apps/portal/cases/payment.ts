import { action, html, messages, page, person, T, type Form, type Html, type PageContext, type Problem } from "#kernel";
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
import { caseInput, caseNumber, casePath, showCase } from "./parts.ts";

const words = messages({
  fr: {
    pay: "Payer",
    payTitle: (total: string) => `Payer ${total}`,
    simulated: "Paiement simulé",
    simulatedText:
      "Dans cette démonstration, aucun argent ne circule. L’opérateur est un simulateur qui répond parfois en retard, deux fois ou jamais, comme dans la vie.",
    handset: "Ouvrir le téléphone simulé de l’opérateur, pour y faire un code",
    operator: "Avec quel opérateur\u202f?",
    phone: "Numéro qui paie",
    phoneHint: "Le numéro de votre compte de monnaie électronique.",
    otp: "Code à usage unique de l’opérateur",
    otpHint:
      "Faites-le sur votre téléphone par le menu de l’opérateur. Laissez vide si votre opérateur vous appelle ou vous envoie une demande.",
    never: "Nous ne demandons jamais votre code secret.",
    send: "Payer maintenant",
    lines: "Ce que vous payez",
    waitTitle: "Nous attendons l’opérateur",
    waitText:
      "Ne payez pas une seconde fois. Si la réponse tarde, votre dossier reste en place et nous continuons de demander. Vous pouvez fermer cette page.",
    unknownText:
      "L’opérateur n’a pas confirmé. Nous vérifions avec son relevé\u202f; vous ne paierez jamais deux fois, et ce qui serait pris en trop vous est rendu.",
    reference: "Référence",
    since: "Depuis",
    with: "Opérateur",
    failed: "Le paiement n’a pas abouti",
    nothingTaken: "Rien n’a été prélevé. Votre dossier est gardé, vous pouvez réessayer.",
    paid: "Paiement reçu",
    toCase: "Voir mon dossier",
    receiptTitle: "Reçu",
    paidOn: "Payé le",
    operatorReference: "Référence de l’opérateur",
    caseNumber: "Dossier",
    forWhat: "Pour",
    print: "Pour imprimer, utilisez la fonction d’impression de votre navigateur. Le reçu existe aussi en fichier PDF.",
    file: "Télécharger le reçu (PDF)",
    issued: "Délivré par",
  },
  en: {
    pay: "Pay",
    payTitle: (total: string) => `Pay ${total}`,
    simulated: "Simulated payment",
    simulatedText:
      "In this demonstration no money moves. The operator is a simulator that sometimes answers late, twice or never, as in life.",
    handset: "Open the operator’s simulated telephone, to make a code there",
    operator: "With which operator?",
    phone: "Number that pays",
    phoneHint: "The number of your mobile money account.",
    otp: "The operator’s one-time code",
    otpHint: "Make it on your telephone through the operator’s menu. Leave empty if your operator calls you or sends you a request.",
    never: "We never ask for your secret code.",
    send: "Pay now",
    lines: "What you pay",
    waitTitle: "We are waiting for the operator",
    waitText: "Do not pay a second time. If the answer is late your case stays where it is and we go on asking. You may close this page.",
    unknownText:
      "The operator has not confirmed. We are checking with its statement; you will never pay twice, and whatever was taken in excess is given back.",
    reference: "Reference",
    since: "Since",
    with: "Operator",
    failed: "The payment did not succeed",
    nothingTaken: "Nothing was taken. Your case is kept, you can try again.",
    paid: "Payment received",
    toCase: "See my case",
    receiptTitle: "Receipt",
    paidOn: "Paid on",
    operatorReference: "Operator’s reference",
    caseNumber: "Case",
    forWhat: "For",
    print: "To print, use your browser’s print function. The receipt also exists as a PDF file.",
    file: "Download the receipt (PDF)",
    issued: "Issued by",
  },
});

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
