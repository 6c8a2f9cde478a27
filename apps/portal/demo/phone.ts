import { anyone, html, messages, notFound, page, T, type Html } from "#kernel";
import { listDemoPhones, readDemoPhone } from "#messages/api";
import { dateTime, empty, facts, live, phone as shownPhone, refreshNote } from "#ui";
import { query, show } from "../shell.ts";

const words = messages({
  fr: {
    title: "Le téléphone",
    lead: "Dans la démonstration, les SMS arrivent ici au lieu d’un vrai téléphone.",
    none: "Aucun téléphone n’a encore reçu de message",
    noneText: "Demandez un code de connexion\u202f: il apparaîtra ici.",
    choose: "Téléphones qui ont reçu un message",
    count: (n: number) => (n === 1 ? "1 message" : `${n} messages`),
    last: (when: string) => `dernier le ${when}`,
    of: (number: string) => `Téléphone ${number}`,
    empty: "Aucun message",
    emptyText: "Les messages envoyés à ce numéro apparaîtront ici.",
    all: "Tous les téléphones",
  },
  en: {
    title: "The telephone",
    lead: "In the demonstration, SMS messages arrive here instead of on a real telephone.",
    none: "No telephone has received a message yet",
    noneText: "Ask for a sign-in code: it will appear here.",
    choose: "Telephones that received a message",
    count: (n: number) => (n === 1 ? "1 message" : `${n} messages`),
    last: (when: string) => `last on ${when}`,
    of: (number: string) => `Telephone ${number}`,
    empty: "No message",
    emptyText: "Messages sent to this number will appear here.",
    all: "All telephones",
  },
});

/** Links in a message can be followed, as on a telephone; everything else stays text. */
function linked(text: string, origin: string): Html {
  return html`${text.split(/(https?:\/\/[^\s<>"]+)/).map((part) => {
    if (!part.startsWith("http")) return part;
    const here = part.startsWith(`${origin}/`) ? part.slice(origin.length) : part;
    return html`<a href="${here}" rel="noreferrer">${part}</a>`;
  })}`;
}

const seconds = 5;

export const phonePage = page({
  id: "portal.telephone",
  path: "/telephone",
  who: anyone(),
  reads: [listDemoPhones, readDemoPhone],
  input: T.Object({ numero: T.Optional(T.String({ maxLength: 32 })), arret: T.Optional(T.String({ maxLength: 5 })) }),
  render: async (p, { numero, arret }) => {
    const w = words(p.lang);
    if (!p.config.demo) throw notFound();
    const path = query("/telephone", { numero });
    const refreshing = {
      ...(arret ? {} : { scripts: ["waiting.js"], refresh: seconds }),
    };
    const note = refreshNote(p.lang, {
      path,
      seconds,
      stopped: arret !== undefined,
      stopPath: query("/telephone", { numero, arret: "oui" }),
      resumePath: path,
    });
    if (!numero) {
      const { phones } = await p.call(listDemoPhones, {});
      return show(p, {
        title: w.title,
        ...refreshing,
        main: html`<div class="t-text">
          <h1>${w.title}</h1>
          <p>${w.lead}</p>
          ${live(
            "phones",
            phones.length
              ? html`<h2>${w.choose}</h2>
                  ${facts(
                    p.lang,
                    phones.map((one) => ({
                      key: html`<a href="${query("/telephone", { numero: one.address })}">${shownPhone(p, one.address)}</a>`,
                      value: `${w.count(one.messages)} · ${w.last(dateTime(p, one.last))}`,
                    })),
                  )}`
              : empty(w.none, html`<p>${w.noneText}</p>`),
          )}
          ${note}
        </div>`,
      });
    }
    const phone = await p.call(readDemoPhone, { number: numero });
    const title = w.of(shownPhone(p, phone.number));
    return show(p, {
      title,
      ...refreshing,
      crumbs: [{ href: "/telephone", text: w.all }],
      main: html`<div class="t-text">
        <h1>${title}</h1>
        ${live(
          "messages",
          phone.messages.length
            ? [...phone.messages].reverse().map(
                (one) =>
                  html`<article class="t-message">
                    <p class="t-source">${dateTime(p, one.at)}</p>
                    ${one.text.split(/\n+/).map((line) => html`<p>${linked(line, p.config.origin)}</p>`)}
                  </article>`,
              )
            : empty(w.empty, html`<p>${w.emptyText}</p>`),
        )}
        ${note}
      </div>`,
    });
  },
});
