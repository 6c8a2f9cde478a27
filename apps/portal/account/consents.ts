/** What a person was asked to agree to, and her answer: list, one consent, her copy. */
import { action, download, html, notFound, page, person, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { giveConsent, myConsent, myConsents, readReceipt, refuseConsent, withdrawConsent, type ConsentView } from "#exchange/api";
import { actions, banner, button, buttonLink, date, dateTime, empty, facts, form, table, tag, type Tone } from "#ui";
import { goTo, safeReturn, show } from "../shell.ts";
import { words } from "./consent-words.ts";

const who = person({ level: "substantial" });
const uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const root = "/compte/accords";
const tones: Record<ConsentView["state"], Tone> = {
  asked: "act",
  given: "good",
  refused: "neutral",
  withdrawn: "neutral",
  expired: "neutral",
  lapsed: "neutral",
};

function stateWord(p: PageContext, state: ConsentView["state"]): string {
  const w = words(p.lang);
  return {
    asked: w.stateAsked,
    given: w.stateGiven,
    refused: w.stateRefused,
    withdrawn: w.stateWithdrawn,
    expired: w.stateExpired,
    lapsed: w.stateLapsed,
  }[state];
}

function line(p: PageContext, one: ConsentView): Html {
  const w = words(p.lang);
  const name = html`<a href="${root}/${one.id}"
    >${one.state === "asked" ? w.read : w.open}<span class="govuk-visually-hidden"> ${one.service.title}, ${one.client.name}</span></a
  >`;
  const more = [
    one.purpose,
    one.state === "given" && one.until ? `${w.until} ${date(p, one.until)}` : "",
    one.state === "asked" ? `${w.answerBy} ${date(p, one.lapsesAt)}` : "",
    one.uses > 0 ? w.usesCount(one.uses) : "",
  ].filter(Boolean);
  return html`<li>
    <span
      ><b>${one.client.name}</b> ${tag(stateWord(p, one.state), tones[one.state])}
      <div>${one.service.title} – ${one.provider.name}</div>
      <div class="t-source">${more.join(" · ")}</div></span
    >
    ${name}
  </li>`;
}

export const consentsPage = page({
  id: "portal.consents",
  path: root,
  who,
  reads: [myConsents],
  render: async (p) => {
    const w = words(p.lang);
    const { consents } = await p.call(myConsents, {});
    const group = (title: string, states: ConsentView["state"][]): Html | "" => {
      const some = consents.filter((one) => states.includes(one.state));
      return some.length
        ? html`<h2>${title}</h2>
            <ul class="t-tasks">
              ${some.map((one) => line(p, one))}
            </ul>`
        : "";
    };
    return show(p, {
      title: w.title,
      crumbs: [{ href: "/compte", text: w.account }],
      main: html`<div class="t-text">
        <h1>${w.title}</h1>
        <p class="t-lead">${w.lead}</p>
        ${consents.length ? "" : empty(w.none, html`<p>${w.noneText}</p>`)} ${group(w.waiting, ["asked"])} ${group(w.inForce, ["given"])}
        ${group(w.ended, ["refused", "withdrawn", "expired", "lapsed"])}
        <p class="t-source">${w.minors}</p>
      </div>`,
    });
  },
});

function particulars(p: PageContext, c: ConsentView): Html {
  const w = words(p.lang);
  return facts(p.lang, [
    { key: w.who, value: html`<b>${c.client.name}</b>` },
    {
      key: w.where,
      value: html`${c.provider.name}
        <div class="t-source">${c.service.title}</div>`,
    },
    {
      key: w.what,
      value: html`${c.fields.map((field) => html`<div>${field}</div>`)}`,
    },
    { key: w.why, value: html`${c.purpose}${c.issue ? html`<div class="t-source">${w.forCaseNo(c.issue)}</div>` : ""}` },
    { key: w.law, value: c.basis },
    c.state === "asked" ? { key: w.long, value: w.longText(c.days) } : null,
    c.state === "asked" ? { key: w.answerBy, value: dateTime(p, c.lapsesAt) } : null,
    c.how && c.answeredAt
      ? {
          key: w.given,
          value: html`${dateTime(p, c.answeredAt)}
            <div class="t-source">${c.how === "page" ? w.atPage : w.atCounter}</div>`,
        }
      : null,
    c.until ? { key: w.until, value: dateTime(p, c.until) } : null,
    c.state === "refused" && c.answeredAt ? { key: w.refused, value: dateTime(p, c.answeredAt) } : null,
    c.withdrawnAt ? { key: w.withdrawn, value: dateTime(p, c.withdrawnAt) } : null,
  ]);
}

/** Both answers are one button away from each other, none is prepared. */
function answers(p: PageContext, c: ConsentView, retour: string | undefined): Html | "" {
  const w = words(p.lang);
  const hidden = retour ? html`<input type="hidden" name="retour" value="${retour}" />` : "";
  const send = (what: string, ...content: Html[]) => form({ action: `${root}/${c.id}/${what}`, hidden: p.csrf }, hidden, ...content);
  if (c.state === "asked")
    return html`<p>${w.effect}</p>
      <div class="t-actions">${send("donne", button(w.agree))} ${send("refuse", button(w.disagree, { kind: "second" }))}</div>`;
  if (c.state === "given")
    return html`<h2>${w.takeBackTitle}</h2>
      <p>${w.takeBackText}</p>
      ${send("retire", button(w.takeBack, { kind: "warn" }))}`;
  return "";
}

function uses(p: PageContext, reads: OutputOf<typeof myConsent>["reads"]): Html {
  const w = words(p.lang);
  if (reads.length === 0) return html`<p class="t-soft">${w.usesNone}</p>`;
  return table({
    caption: w.uses,
    hideCaption: true,
    columns: [{ head: w.when }, { head: w.who }, { head: w.data }, { head: w.proof, label: false }],
    rows: reads.map((one) => [
      dateTime(p, one.at),
      one.client.name,
      one.fields.length > 0 ? one.fields.join(", ") : one.service,
      one.fact
        ? html`<a href="/mes-donnees/preuve/${one.fact}">${w.check}<span class="govuk-visually-hidden"> ${dateTime(p, one.at)}</span></a>`
        : "",
    ]),
  });
}

export const consentPage = page({
  id: "portal.consent",
  path: `${root}/{id}`,
  who,
  reads: [myConsent, readReceipt],
  input: T.Object({
    id: uuid,
    retour: T.Optional(T.String({ maxLength: 500 })),
    fait: T.Optional(T.Enum(["donne", "refuse", "retire"])),
  }),
  render: async (p, { id, retour, fait }) => {
    const w = words(p.lang);
    const { consent: c, reads } = await p.call(myConsent, { id });
    const onward = retour === undefined ? undefined : safeReturn(retour, root);
    const was = c.how !== undefined;
    const { receipt } = was ? await p.call(readReceipt, { id }) : {};
    const done = fait && { donne: w.doneGiven, refuse: w.doneRefused, retire: w.doneWithdrawn }[fait];
    return show(p, {
      title: c.state === "asked" ? w.asked : c.service.title,
      crumbs: [
        { href: "/compte", text: w.account },
        { href: root, text: w.title },
      ],
      main: html`<div class="t-text">
        ${done ? banner(p.lang, "success", html`<p>${done}</p>`) : ""} ${done && onward ? actions(buttonLink(onward, w.goBack)) : ""}
        <h1>${c.state === "asked" ? w.asked : c.service.title}</h1>
        <p>${tag(stateWord(p, c.state), tones[c.state])}</p>
        ${particulars(p, c)} ${answers(p, c, onward)}
        ${
          was
            ? html`<h2>${w.uses}</h2>
                ${uses(p, reads)}
                <h2>${w.copy}</h2>
                <p>${w.copyText}</p>
                ${
                  receipt
                    ? actions(buttonLink(`${root}/${c.id}/exemplaire`, w.download, "second"))
                    : html`<p class="t-soft">${w.signing}</p>`
                }
                ${c.fact ? html`<p><a href="/mes-donnees/preuve/${c.fact}">${w.check}</a></p>` : ""}`
            : ""
        }
      </div>`,
    });
  },
});

export const receiptFile = page({
  id: "portal.consent-receipt",
  path: `${root}/{id}/exemplaire`,
  who,
  reads: [readReceipt],
  input: T.Object({ id: uuid }),
  render: async (p, { id }) => {
    const { receipt } = await p.call(readReceipt, { id });
    if (!receipt) throw notFound();
    return download(Buffer.from(`${JSON.stringify(receipt, null, 2)}\n`), "application/json", `${words(p.lang).fileName}-${id}.json`);
  },
});

const answer = (what: "donne" | "refuse" | "retire", contract: typeof giveConsent | typeof refuseConsent | typeof withdrawConsent) =>
  action({
    id: `portal.consent-${what}`,
    path: `${root}/{id}/${what}`,
    who,
    calls: [contract],
    form: T.Object({ id: uuid, retour: T.Optional(T.String({ maxLength: 500 })) }),
    handle: async (a, { id, retour }) => {
      await a.call(contract, { id });
      return goTo(`${root}/${id}`, { fait: what, ...(retour === undefined ? {} : { retour: safeReturn(retour, root) }) });
    },
  });
export const consentGiven = answer("donne", giveConsent);
export const consentRefused = answer("refuse", refuseConsent);
export const consentTakenBack = answer("retire", withdrawConsent);
