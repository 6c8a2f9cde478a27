/** An institution asks people for their consent, and sees how they answered. */
import { askConsent, askConsents, listConsentOffers, listConsentsAsked, type ConsentAsked } from "#exchange/api";
import { html, invalidInput, official, seeOther, T, type Form, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, date, errorSummary, form, input, radios, table, tag, type Tone } from "#ui";
import { deskAction, deskPage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { words } from "./words.ts";

export const path = "/bureau/accords";
type Offers = OutputOf<typeof listConsentOffers>["offers"];

export function stateTag(p: PageContext, state: ConsentAsked["state"]): Html {
  const w = words(p.lang);
  const shown: Record<ConsentAsked["state"], [string, Tone]> = {
    asked: [w.stateAsked, "act"],
    given: [w.stateGiven, "good"],
    refused: [w.stateRefused, "bad"],
    withdrawn: [w.stateWithdrawn, "bad"],
    expired: [w.stateExpired, "neutral"],
    lapsed: [w.stateLapsed, "neutral"],
  };
  return tag(...shown[state]);
}

function ask(p: PageContext, offers: Offers, again: Again | undefined): Html {
  const w = words(p.lang);
  const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path, message: p.say(f.message) }));
  const error = (name: string) => errors.find((e) => e.path === name)?.message;
  const value = (name: string) => sent(again?.form, name);
  if (offers.length === 0) return html`<p>${w.none}</p>`;
  return html`${errorSummary(p.lang, errors)}
  ${form(
    { action: path, hidden: p.csrf },
    radios({
      lang: p.lang,
      name: "offer",
      label: w.offer,
      error: error("offer"),
      value: value("offer"),
      items: offers.map((one, i) => ({
        value: String(i),
        text: `${one.service.title} – ${one.purpose.label}`,
        hint: w.offerHint(one.provider, one.fields.join(", "), one.days),
      })),
    }),
    input({
      lang: p.lang,
      name: "identityNumber",
      label: w.number,
      hint: w.numberHint,
      inputmode: "numeric",
      autocomplete: "off",
      spellcheck: false,
      width: 20,
      maxlength: 40,
      value: value("identityNumber"),
      error: error("identityNumber"),
    }),
    input({
      lang: p.lang,
      name: "issue",
      label: w.issue,
      autocomplete: "off",
      spellcheck: false,
      width: 20,
      maxlength: 60,
      value: value("issue"),
      error: error("issue"),
    }),
    radios({
      lang: p.lang,
      name: "where",
      label: w.where,
      error: error("where"),
      value: value("where"),
      items: [
        { value: "here", text: w.here, hint: w.hereHint },
        { value: "away", text: w.away, hint: w.awayHint },
      ],
    }),
    html`<div class="t-actions">${button(w.send)}</div>`,
  )}`;
}

const screen: Screen<object> = {
  reads: [listConsentOffers, listConsentsAsked],
  async view(p, _input, again) {
    const w = words(p.lang);
    const { offers } = await p.call(listConsentOffers, {});
    const { consents } = await p.call(listConsentsAsked, {});
    return {
      title: w.title,
      current: "consents",
      failed: Boolean(again),
      main: html`${again?.problem.more.fields ? "" : refusalOf(p, again?.problem)}
        <h1>${w.title}</h1>
        <p class="t-lead t-narrow">${w.lead}</p>
        <div class="t-panes">
          <section class="t-narrow">
            <h2>${w.ask}</h2>
            ${ask(p, offers, again)}
          </section>
          <section>
            <h2>${w.list}</h2>
            ${
              consents.length === 0
                ? html`<p class="t-soft">${w.listNone}</p>`
                : table({
                    caption: w.list,
                    hideCaption: true,
                    columns: [{ head: w.when }, { head: w.what }, { head: w.issueShort }, { head: w.state }],
                    rows: consents.map((one) => [
                      date(p, one.askedAt),
                      html`<a href="${path}/${one.id}">${one.service.title}</a>
                        <div class="t-source">${one.purpose}</div>`,
                      one.issue ?? "",
                      stateTag(p, one.state),
                    ]),
                  })
            }
          </section>
        </div>`,
    };
  },
};

export const consentsPage = deskPage({ id: "desk.consents", path, who: official(askConsents), input: T.Object({}), screen });

export const consentsAction = deskAction({
  id: "desk.ask-consent",
  path,
  who: official(askConsents),
  form: T.Object({
    offer: T.Optional(T.String({ maxLength: 4 })),
    identityNumber: T.String({ minLength: 4, maxLength: 40 }),
    issue: T.Optional(T.String({ maxLength: 60 })),
    where: T.Optional(T.Enum(["here", "away"])),
  }),
  calls: [listConsentOffers, askConsent],
  async handle(a, { offer, identityNumber, issue, where }) {
    const one = (await a.call(listConsentOffers, {})).offers[Number(offer ?? Number.NaN)];
    const wrong = [
      ...(one ? [] : [{ path: "offer", message: { fr: words("fr").chooseOffer, en: words("en").chooseOffer } }]),
      ...(where ? [] : [{ path: "where", message: { fr: words("fr").chooseWhere, en: words("en").chooseWhere } }]),
    ];
    if (!one || !where) throw invalidInput({ fields: wrong });
    const { client, service, purpose } = one;
    const { id } = await a.call(askConsent, {
      client,
      service: service.id,
      purpose: purpose.code,
      identityNumber: identityNumber.trim(),
      ...(issue?.trim() ? { issue: issue.trim() } : {}),
      present: where === "here",
    });
    return seeOther(`${path}/${id}${where === "here" ? "?guichet=1" : ""}`);
  },
  back: screen,
  backInput: (_form: Form) => ({}),
});
