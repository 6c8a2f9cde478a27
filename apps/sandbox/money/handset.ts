/** The payer's handset, simulated: she asks her operator for a one-time code here, then types it on the page of the State. */
import { html, type Html, messages, raw, say } from "#kernel";
import { balanceOf, type Behaviour, behaviours } from "./operator.ts";
import type { MoneyDesk } from "./desk.ts";
import { international, type MoneyWorld } from "./world.ts";

export interface Shown {
  phone: string;
  amount: string;
  operator: string;
  behaviour?: string | undefined;
  otp?: string;
  wrong?: string | undefined;
}

const words = messages({
  fr: {
    other: "English",
    title: "Téléphone simulé – paiement mobile",
    simulated:
      "Ceci est une simulation\u202f: aucun argent n’existe ici, aucun opérateur réel n’est appelé. La page imite ce que le payeur ferait sur son propre téléphone.",
    pin: "Un vrai opérateur demande votre code secret (PIN) sur votre téléphone, jamais sur une page de l’administration.",
    operator: "Opérateur",
    phone: "Numéro qui paie",
    amount: "Montant en francs CFA",
    behaviour: "Comment l’opérateur se comportera",
    ask: "Obtenir un code de paiement",
    code: "Votre code de paiement",
    valid: (amount: string) =>
      `Valable 15\u00a0minutes, une seule fois, pour ${amount}\u00a0F\u00a0CFA. Saisissez-le sur la page de paiement de votre démarche.`,
    balance: (amount: string) => `Solde simulé\u202f: ${amount}\u00a0F\u00a0CFA`,
    last: "Derniers paiements de ce numéro",
    nothing: "Aucun paiement encore.",
    pending: "en attente",
    paid: "payé",
    refused: "refusé",
    wrongPhone: "Saisissez un numéro de téléphone complet.",
    wrongAmount: "Saisissez un montant entier, par exemple 750.",
    wrongOperator: "Choisissez un opérateur.",
    prompt: "répond aussitôt",
    later: "répond «\u202fen attente\u202f», puis confirme après un instant",
    late: "confirme avec beaucoup de retard",
    twice: "confirme deux fois",
    reordered: "confirme, puis envoie un vieil avis d’expiration",
    neverConfirms: "ne confirme jamais (l’argent est pourtant pris)",
    cut: "prend l’argent et coupe la communication",
    payerRefuses: "le payeur refuse",
  },
  en: {
    other: "Français",
    title: "Simulated handset – mobile payment",
    simulated:
      "This is a simulation: no money exists here and no real operator is called. The page imitates what the payer would do on her own phone.",
    pin: "A real operator asks for your secret code (PIN) on your phone, never on a page of the administration.",
    operator: "Operator",
    phone: "Paying number",
    amount: "Amount in CFA francs",
    behaviour: "How the operator will behave",
    ask: "Get a payment code",
    code: "Your payment code",
    valid: (amount: string) => `Valid for 15 minutes, once, for ${amount} F CFA. Type it on the payment page of your procedure.`,
    balance: (amount: string) => `Simulated balance: ${amount} F CFA`,
    last: "Latest payments of this number",
    nothing: "No payment yet.",
    pending: "pending",
    paid: "paid",
    refused: "refused",
    wrongPhone: "Type a complete phone number.",
    wrongAmount: "Type a whole amount, such as 750.",
    wrongOperator: "Choose an operator.",
    prompt: "answers at once",
    later: "answers “pending”, then confirms after a moment",
    late: "confirms very late",
    twice: "confirms twice",
    reordered: "confirms, then sends an old notice of expiry",
    neverConfirms: "never confirms (yet the money is taken)",
    cut: "takes the money and drops the connection",
    payerRefuses: "the payer refuses",
  },
});

const style = raw(`<style>
body{margin:0;background:#f3ece0;color:#1d2440;font:1.125rem/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:0 auto;padding:1rem;background:#fffdf8;min-height:100vh;box-sizing:border-box}
h1{font-size:1.35rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.1rem;margin:1.5rem 0 .25rem}.top{text-align:right;margin:0}a{color:#26306b}label{display:block;margin:1rem 0 .25rem;font-weight:600}
input,select,button{font:inherit;box-sizing:border-box;width:100%;padding:.6rem;border:2px solid #1d2440;border-radius:.3rem;background:#fff;color:inherit}
button{margin-top:1.25rem;background:#26306b;color:#fff;border-color:#26306b;font-weight:600}
:focus-visible{outline:3px solid #b8741a;outline-offset:2px}.note{border-left:.35rem solid #b8741a;padding:.1rem .8rem;background:#fbf3e2}
.ticket{border:2px dashed #26306b;border-radius:.5rem;padding:.2rem 1rem;background:#eef0fb;text-align:center}.ticket h2{margin-top:.6rem}.code{font-size:2.2rem;letter-spacing:.18em;font-weight:700;margin:.1rem 0}.wrong{color:#9c1f14;font-weight:600}td,th{text-align:left;padding:.2rem .6rem .2rem 0}
</style>`);

export function handsetPage(world: MoneyWorld, shown: Shown, lang: string): Html {
  const w = words(lang);
  const label: Record<Behaviour, string> = {
    prompt: w.prompt,
    later: w.later,
    late: w.late,
    twice: w.twice,
    reordered: w.reordered,
    never: w.neverConfirms,
    cut: w.cut,
    "payer-refuses": w.payerRefuses,
  };
  const phone = international(shown.phone, world.phonePrefix);
  const desk = world.desks.get(shown.operator);
  const number = (n: number) => new Intl.NumberFormat(lang === "en" ? "en-GB" : "fr-FR").format(n);
  const wrong = (field: string, text: string) => (shown.wrong === field ? html`<p class="wrong" id="${field}-wrong">${text}</p>` : null);
  const describe = (field: string) => (shown.wrong === field ? html` aria-invalid="true" aria-describedby="${field}-wrong"` : null);
  const select = (value: string, chosen: string | undefined, text: string) =>
    html`<option value="${value}" ${value === chosen ? raw(" selected") : null}>${text}</option>`;
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>${w.title}</title>
        ${style}
      </head>
      <body>
        <main>
          <p class="top">
            <a
              href="/money?lang=${lang === "en" ? "fr" : "en"}"
              lang="${lang === "en" ? "fr" : "en"}"
              hreflang="${lang === "en" ? "fr" : "en"}"
              >${w.other}</a
            >
          </p>
          <h1>${w.title}</h1>
          <p class="note">${w.simulated}</p>
          ${
            shown.otp
              ? html`<section class="ticket" role="status">
                  <h2>${w.code}</h2>
                  <p class="code" id="code">${shown.otp}</p>
                  <p>${w.valid(number(Number(shown.amount)))}</p>
                </section>`
              : null
          }
          <form method="post" action="/money?lang=${lang}">
            <label for="operator">${w.operator}</label>${wrong("operator", w.wrongOperator)}
            <select id="operator" name="operator" ${describe("operator")}>
              ${world.operators.map((o) => select(o.code, shown.operator, say(o.name, lang)))}
            </select>
            <label for="phone">${w.phone}</label>${wrong("phone", w.wrongPhone)}
            <input id="phone" name="phone" type="tel" autocomplete="off" value="${shown.phone}" ${describe("phone")} />
            <label for="amount">${w.amount}</label>${wrong("amount", w.wrongAmount)}
            <input id="amount" name="amount" inputmode="numeric" autocomplete="off" value="${shown.amount}" ${describe("amount")} />
            <label for="behaviour">${w.behaviour}</label>
            <select id="behaviour" name="behaviour">
              ${behaviours.map((b) => select(b, shown.behaviour ?? "later", label[b]))}
            </select>
            <button>${w.ask}</button>
          </form>
          ${phone && desk ? book(desk, phone, w, number) : null}
          <p>${w.pin}</p>
        </main>
      </body>
    </html>`;
}

type Words = ReturnType<typeof words>;

function book(desk: MoneyDesk, phone: string, w: Words, number: (n: number) => string): Html {
  const mine = [...desk.state.payments.values()].filter((p) => p.phone === phone).slice(-5);
  return html`<h2>${w.last}</h2>
    <p>${w.balance(number(balanceOf(desk.state, phone)))}</p>
    ${
      mine.length === 0
        ? html`<p>${w.nothing}</p>`
        : html`<table>
            <tbody>
              ${mine.map(
                (p) =>
                  html`<tr>
                    <td>${p.label}</td>
                    <td>${number(p.amount)}</td>
                    <td>${w[p.state]}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
    }`;
}
