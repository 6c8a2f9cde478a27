import { listAlarms, readAlarm, listTickets, handleTickets, followService, readMap, readPlant } from "#network/api";
import { readOutline } from "#registry/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { dateTime, disclosure, empty, facts, map, may, number, table, tag, timeline } from "#ui";
import { consolePage } from "../screen.ts";
import { drawNetwork } from "./draw.ts";
import { path } from "./parts.ts";
import { choice, frame, length, severityTag, ticketTag } from "./watch-parts.ts";
import { words } from "./words-watch.ts";
import { words as all } from "./words.ts";

type Line = OutputOf<typeof listAlarms>["alarms"][number];
type One = OutputOf<typeof readAlarm>;
const here = `${path}/alarmes`;
/** Of this many causes the places are drawn; lists name them all. */
const mostDrawn = 20;

const titleOf = (p: PageContext, a: Pick<Line, "kind" | "name">): string => {
  const kind = words(p.lang)[`kind-${a.kind}`];
  return a.name ? `${kind}${p.lang === "en" ? "" : "\u202f"}: ${a.name}` : kind;
};

const marks = (p: PageContext, a: Line): Html => {
  const w = words(p.lang);
  return html`${a.planned ? tag(w.planned, "neutral") : ""} ${a.flapping ? tag(w.flapping, "act") : ""}
  ${a.simulated ? html`<span class="t-source">${w.simulated}</span>` : ""}
  ${a.occurrences > 1 ? html`<span class="t-source">${w.times(number(p, a.occurrences))}</span>` : ""}`;
};

export const alarmsPage = consolePage({
  id: "console.network-alarms",
  path: here,
  who: official(),
  input: T.Object({ vue: T.Optional(T.Enum(["terminees"])) }),
  screen: {
    reads: [listAlarms, readAlarm, readMap, readOutline],
    async view(p, { vue }) {
      const w = words(p.lang);
      const open = vue !== "terminees";
      const { alarms, watched } = await p.call(listAlarms, { open, limit: 100 });
      const f = frame(p, "alarms");
      return {
        ...f,
        title: all(p.lang).alarms,
        refresh: 20,
        main: html`<h1>${all(p.lang).alarms}</h1>
          ${f.tabs}
          <p>${w.alarmsLead}</p>
          ${choice(all(p.lang).alarms, [
            { href: here, text: w.current, here: open },
            { href: `${here}?vue=terminees`, text: w.past, here: !open },
          ])}
          ${
            may(p.caller, readPlant.id) && open
              ? html`<div class="d-atlas">
                  ${await picture(p, alarms)}
                  <div>${list(p, alarms, open, watched)}</div>
                </div>`
              : list(p, alarms, open, watched)
          }`,
      };
    },
  },
});

function list(p: PageContext, alarms: readonly Line[], open: boolean, watched: boolean): Html {
  const w = words(p.lang);
  if (alarms.length === 0 && open && !watched)
    return empty(w.notWatched, html`<p>${w.notWatchedText} <a href="${path}/service">${all(p.lang).fabric}</a></p>`);
  if (alarms.length === 0) return empty(w.noAlarms, html`<p>${w.noAlarmsText}</p>`);
  return html`<div class="t-dense">
    ${table({
      caption: (open ? w.openAlarms : w.pastAlarms)(number(p, alarms.length)),
      columns: [{ head: w.cause }, { head: w.severity }, { head: w.silenced, numeric: true }, { head: open ? w.since : w.lasted }],
      rows: alarms.map((a) => [
        html`<a href="${here}/${a.id}">${titleOf(p, a)}</a> ${marks(p, a)}`,
        severityTag(p, a.severity),
        number(p, a.sites),
        html`${length(a.seconds)}
          <div class="t-source">${dateTime(p, a.began)}</div>`,
      ]),
    })}
  </div>`;
}

async function picture(p: PageContext, alarms: readonly Line[]): Promise<Html> {
  const w = words(p.lang);
  const plan = await p.call(readMap, {});
  const { topology } = await p.call(readOutline, {});
  const whole: One[] = [];
  for (const a of alarms.slice(0, mostDrawn)) whole.push(await p.call(readAlarm, { id: a.id }));
  return map({ label: w.map, svg: drawn(p, topology, plan, whole, false), legend: html`<span class="d-key d-off">●</span> ${w.legend}` });
}

/** The spans that carry nothing and the places without network, over today's network. */
function drawn(p: PageContext, topology: unknown, plan: OutputOf<typeof readMap>, list: readonly One[], near: boolean): Html {
  const lines = new Map(plan.spans.map((s) => [s.id, s.line]));
  const points = new Map(plan.nodes.map((n) => [n.id, n.point]));
  const spans = list.flatMap((a) =>
    [a.element, ...a.spans.map((s) => s.id)].flatMap((id) => (id && lines.has(id) ? [lines.get(id)!] : [])),
  );
  const at = (id: string) => (points.has(id) ? [points.get(id)!] : []);
  const lost = list.flatMap((a) => a.places.filter((x) => !x.to || a.cleared).flatMap((x) => at(x.id)));
  const around = near ? [...lost, ...spans.flat()] : [];
  return drawNetwork(topology, plan, {
    ...(around.length ? { around } : {}),
    names: plan.nodes.filter((n) => n.kind === "core" || n.kind === "hub").map((n) => ({ name: n.name, point: n.point })),
    over: [
      { tone: "removed", lines: spans },
      { tone: "off", points: lost },
    ],
    many: Infinity,
    lang: p.lang,
  });
}

export const alarmPage = consolePage({
  id: "console.network-alarm",
  path: `${here}/{id}`,
  who: official(),
  input: T.Object({ id: T.String({ pattern: "^[0-9a-f-]{36}$" }) }),
  screen: {
    reads: [readAlarm, listTickets, readMap, readOutline],
    async view(p, { id }) {
      const w = words(p.lang);
      const a = await p.call(readAlarm, { id });
      const f = frame(p, "alarms", { href: here, text: all(p.lang).alarms });
      const [plan, outline] = may(p.caller, readPlant.id) ? [await p.call(readMap, {}), await p.call(readOutline, {})] : [];
      const tickets = await ticketsOf(p, id);
      const about = html`${facts(p.lang, [
        {
          key: w.severity,
          value: html`${severityTag(p, a.severity)} ${a.cleared ? tag(w.cleared, "good") : ""} ${marks(p, a)}`,
        },
        { key: w.since, value: dateTime(p, a.began) },
        a.ended !== undefined && { key: w.to, value: dateTime(p, a.ended) },
        { key: w.duration, value: length(a.seconds) },
        { key: w.silenced, value: number(p, a.sites) },
        a.work !== undefined &&
          may(p.caller, readPlant.id) && { key: w.work, value: html`<a href="${path}/travaux/${a.work}">${w.work}</a>` },
        a.mergedInto !== undefined && { key: w.merged, value: html`<a href="${here}/${a.mergedInto}">${w.cause}</a>` },
        {
          key: w.ticket,
          value: tickets.length
            ? tickets.map((t) => html`<div><a href="${path}/tickets/${t.id}">n° ${number(p, t.number)}</a> ${ticketTag(p, t.state)}</div>`)
            : w.noTicket,
        },
      ])}`;
      return {
        ...f,
        title: titleOf(p, a),
        ...(a.cleared ? {} : { refresh: 20 }),
        main: html`<h1>${titleOf(p, a)}</h1>
          ${f.tabs} ${a.explanation ? html`<p>${a.explanation}</p>` : ""}
          ${
            plan && outline
              ? html`<div class="d-atlas">
                  ${map({
                    label: w.map,
                    svg: drawn(p, outline.topology, plan, [a], true),
                    legend: html`<span class="d-key d-off">●</span> ${w.legend}`,
                  })}
                  <div>${about}</div>
                </div>`
              : about
          }
          ${evidence(p, a)} ${history(p, a)} ${places(p, a)} ${touched(p, a)}`,
      };
    },
  },
});

async function ticketsOf(p: PageContext, alarm: string): Promise<OutputOf<typeof listTickets>["tickets"]> {
  if (!may(p.caller, handleTickets.id) && !may(p.caller, followService.id)) return [];
  return (await p.call(listTickets, { alarm, limit: 20 })).tickets;
}

function evidence(p: PageContext, a: One): Html | "" {
  const w = words(p.lang);
  if (!may(p.caller, readPlant.id)) return "";
  const names = (list: readonly { name: string }[]) => `${list.slice(0, 12).map((x) => x.name).join(", ")}${list.length > 12 ? "…" : ""}`; // prettier-ignore
  const rows = [
    a.spans.length > 0 && {
      key: w.spansDown,
      value: a.spans.map((s) => html`<div><a href="${path}/liaisons/${s.id}">${s.name}</a></div>`),
    },
    a.silent.length > 0 && { key: `${w.silent} (${number(p, a.silent.length)})`, value: names(a.silent) },
    a.others.length > 0 && { key: w.others, value: names(a.others) },
  ];
  return html`<h2>${w.evidence}</h2>
    ${rows.some(Boolean) ? facts(p.lang, rows) : html`<p class="t-soft">${w.noEvidence}</p>`}`;
}

function history(p: PageContext, a: One): Html | "" {
  const w = words(p.lang);
  if (a.changes.length === 0) return "";
  return html`<h2>${w.timeline}</h2>
    ${timeline(
      p.lang,
      a.changes.map((c, i) => ({
        title: w[`what-${c.what}`],
        when: dateTime(p, c.at),
        at: c.at,
        state: c.what === "cleared" ? "done" : i === a.changes.length - 1 && !a.cleared ? "now" : "done",
        text: html`${severityTag(p, c.severity)} <span class="t-source">${w[`kind-${c.kind}`]} · ${w.sitesNow(number(p, c.sites))}</span>`,
      })),
    )}`;
}

function places(p: PageContext, a: One): Html | "" {
  const w = words(p.lang);
  if (a.places.length === 0) return "";
  return html`<div class="t-dense">
    ${table({
      caption: w.places(number(p, a.places.length)),
      columns: [{ head: w.place }, { head: w.from }, { head: w.to }],
      rows: a.places
        .slice(0, 200)
        .map((x) => [
          may(p.caller, readPlant.id) ? html`<a href="${path}/sites/${x.id}/mesures">${x.name}</a>` : x.name,
          dateTime(p, x.from),
          x.to ? dateTime(p, x.to) : w.lasting,
        ]),
    })}
  </div>`;
}

/** More than this many are behind a fold. */
const few = 8;

function touched(p: PageContext, a: One): Html {
  const w = words(p.lang);
  const names = new Map(a.institutions.map((i) => [i.id, i.name]));
  const list = (heading: string, items: readonly Html[]) => {
    const body = html`<ul>
      ${items.slice(0, 200).map((x) => html`<li>${x}</li> `)}
    </ul>`;
    if (items.length === 0) return "";
    return items.length > few
      ? disclosure(heading, body)
      : html`<h2>${heading}</h2>
          ${body}`;
  };
  return html`${list(
    w.institutions(number(p, a.institutions.length)),
    a.institutions.map((i) => html`<a href="/console/institutions/${i.id}">${i.name}</a>`),
  )}
  ${list(
    w.services(number(p, a.services.length)),
    a.services.map((s) => html`${s.name} <span class="t-source">${names.get(s.institution) ?? s.institution}</span>`),
  )}`;
}
