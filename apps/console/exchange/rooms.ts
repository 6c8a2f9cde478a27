/** Event rooms: types, subscribers, what waits and what nobody took; the search of deliveries. */
import { listDeliveries, listRooms, followTraffic } from "#exchange/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, dateTime, empty, number, select, table, tag, type Tone } from "#ui";
import { consolePage, withQuery } from "../screen.ts";
import { ago, span } from "../site.ts";
import { roomsWords } from "./rooms-words.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

const path = "/console/echanges/salles";
type Room = OutputOf<typeof listRooms>["rooms"][number];
const states = ["waiting", "acknowledged", "expired", "withdrawn"] as const;
const tones: Record<(typeof states)[number], Tone> = { waiting: "act", acknowledged: "good", expired: "bad", withdrawn: "neutral" };
const code = (text: string): Html => html`<code class="d-wrap">${text}</code>`;

export const roomsPage = consolePage({
  id: "console.exchange-rooms",
  path,
  who: official(followTraffic),
  input: T.Object({}),
  screen: {
    reads: [listRooms],
    async view(p) {
      const w = roomsWords(p.lang);
      const { rooms } = await p.call(listRooms, {});
      return {
        title: w.title,
        current: "exchange",
        main: html`<h1>${words(p.lang).title}</h1>
          ${exchangeTabs(p, "rooms")}
          <p class="t-soft">${w.lead}</p>
          ${rooms.length ? rooms.map((room) => one(p, room)) : empty(w.none, html`<p>${w.noneText}</p>`)}`,
      };
    },
  },
});

function one(p: PageContext, room: Room): Html {
  const w = roomsWords(p.lang);
  return html`<article class="d-piece">
    <header>
      <h2>${room.name}</h2>
      <a href="${withQuery(`${path}/remises`, { salle: room.room })}">${w.see}</a>
    </header>
    <p class="t-source t-mono d-wrap">${room.room}</p>
    <div class="t-dense">
      ${table({
        caption: w.types,
        columns: [{ head: w.type }, { head: w.version }, { head: w.published, numeric: true }],
        rows: room.types.map((t) => [
          html`${t.title}
            <div class="t-source t-mono">${t.code}</div>`,
          t.version,
          number(p, t.published),
        ]),
      })}
    </div>
    ${room.subscriptions.length ? subscriptions(p, room) : html`<p>${w.noSubscriber}</p>`}
  </article>`;
}

function subscriptions(p: PageContext, room: Room): Html {
  const w = roomsWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.subscribers,
      columns: [
        { head: w.subscriber },
        { head: w.type },
        { head: w.how },
        { head: w.waiting, numeric: true },
        { head: w.since },
        { head: w.expired, numeric: true },
      ],
      rows: room.subscriptions.map((s) => [
        code(s.subscriber),
        html`<span class="t-mono">${s.type}</span>`,
        html`${w[s.delivery]}
          <div class="t-source">${s.fifo ? `${w.fifo}, ` : ""}${w.within(span(p, s.ttl))}</div>`,
        number(p, s.waiting),
        s.oldest
          ? html`<time datetime="${s.oldest}">${ago(p, s.oldest)}</time
              >${s.why ? html`<div class="t-source d-wrap">${w.lastTry(s.why)}</div>` : ""}`
          : "–",
        s.expired ? tag(number(p, s.expired), "bad") : number(p, 0),
      ]),
    })}
  </div>`;
}

export const deliveriesPage = consolePage({
  id: "console.exchange-deliveries",
  path: `${path}/remises`,
  who: official(followTraffic),
  input: T.Object({
    salle: T.Optional(T.String({ maxLength: 255 })),
    etat: T.Optional(T.Union([T.Literal(""), ...states.map((s) => T.Literal(s))])),
    apres: T.Optional(T.String({ maxLength: 320 })),
  }),
  screen: {
    reads: [listRooms, listDeliveries],
    async view(p, { salle, etat, apres }) {
      const w = roomsWords(p.lang);
      const { rooms } = await p.call(listRooms, {});
      const room = rooms.find((r) => r.room === salle) ?? rooms[0];
      const asked = { room: room?.room ?? "-/-/-/-", ...(etat ? { state: etat } : {}), ...(apres ? { after: apres } : {}) };
      const { deliveries, next } = await p.call(listDeliveries, asked);
      return {
        title: w.deliveries,
        current: "exchange",
        crumbs: [
          { href: "/console/echanges", text: words(p.lang).title },
          { href: path, text: w.title },
        ],
        main: html`<h1>${w.deliveries}</h1>
          <p class="t-soft">${room?.name ?? ""}</p>
          <form method="get" action="${path}/remises" class="d-find" role="search">
            <input type="hidden" name="salle" value="${room?.room ?? ""}" />
            ${select({ lang: p.lang, name: "etat", label: w.state, value: etat, empty: w.anyState, items: states.map((s) => ({ value: s, text: w[`state-${s}`] })) })}
            ${button(w.search, { kind: "second" })}
          </form>
          ${deliveries.length ? list(p, deliveries) : empty(w.noDelivery, html`<p>${w.noDeliveryText}</p>`)}
          ${
            next
              ? html`<nav class="t-pages" aria-label="${w.next}">
                  <span></span
                  ><a rel="next" href="${withQuery(`${path}/remises`, { salle: room?.room, etat, apres: next })}">${w.next} →</a>
                </nav>`
              : ""
          }`,
      };
    },
  },
});

function list(p: PageContext, all: OutputOf<typeof listDeliveries>["deliveries"]): Html {
  const w = roomsWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.deliveries,
      hideCaption: true,
      columns: [
        { head: w.event },
        { head: w.number, numeric: true },
        { head: w.subscriber },
        { head: w.state },
        { head: w.attempts, numeric: true },
        { head: w.ended },
      ],
      rows: all.map((d) => [
        html`<span class="t-mono">${d.type}</span>
          <div class="t-source t-mono">${d.event}</div>`,
        number(p, d.sequence),
        code(d.subscriber),
        html`${tag(w[`state-${d.state}`], tones[d.state])}${d.why ? html`<div class="t-source d-wrap">${w.lastTry(d.why)}</div>` : ""}`,
        number(p, d.attempts),
        d.endedAt
          ? html`<time datetime="${d.endedAt}">${dateTime(p, d.endedAt)}</time>`
          : html`<span class="t-soft">${w.until}</span> <time datetime="${d.expires}">${dateTime(p, d.expires)}</time>`,
      ]),
    })}
  </div>`;
}
