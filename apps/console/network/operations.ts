import { listOperations, operateFabric, putInService, readFabric, readMap, rotateKeys } from "#network/api";
import { readOutline } from "#registry/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, dateTime, empty, form, map, may, number, table, tag, time, type Tone } from "#ui";
import { consoleAction, consolePage, withQuery, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { drawNetwork } from "./draw.ts";
import { networkTabs, path } from "./parts.ts";
import { words } from "./words-fabric.ts";
import { words as all } from "./words.ts";

type Fabric = OutputOf<typeof readFabric>;
type Site = Fabric["nodes"][number];
export type Line = OutputOf<typeof listOperations>["operations"][number];
const siteTones: Record<Site["status"], Tone> = {
  none: "neutral",
  new: "neutral",
  "in-step": "good",
  changing: "neutral",
  repairing: "neutral",
  waiting: "bad",
  held: "act",
};
const tones: Record<Line["state"], Tone> = {
  STARTING: "neutral",
  PROCESSING: "neutral",
  COMPLETED: "good",
  FAILED_TEMP: "act",
  ROLLING_BACK: "neutral",
  ROLLED_BACK: "neutral",
  FAILED: "bad",
};
export const operationTag = (p: PageContext, o: Pick<Line, "state">): Html => tag(words(p.lang)[`is-${o.state}`], tones[o.state]);

/** What an operation belongs to, in words. */
export function labelOf(p: PageContext, o: Pick<Line, "ref" | "label" | "cause">): string {
  const w = words(p.lang);
  const revision = /^revision:(\d+)$/.exec(o.ref ?? "")?.[1];
  const what = revision ? w.revision(revision) : o.ref?.startsWith("keys:") ? w.keysOf : o.cause === "drift" ? w.drift : o.label;
  return o.cause === "undo" ? `${what} (${w.undo})` : what;
}

const fabricScreen: Screen<object> = {
  reads: [readFabric, readMap, readOutline],
  async view(p, _input, again) {
    const w = words(p.lang);
    const f = await p.call(readFabric, {});
    const plan = await p.call(readMap, {});
    const { topology } = await p.call(readOutline, {});
    const real = f.nodes.filter((n) => n.driver === "agent");
    const points = new Map(plan.nodes.map((n) => [n.id, n.point]));
    const of = (fine: boolean) =>
      real.flatMap((n) => ((n.status === "in-step" && !n.away) === fine && points.has(n.id) ? [points.get(n.id)!] : []));
    const drawing = drawNetwork(topology, plan, {
      names: plan.nodes.filter((n) => n.kind === "core" || n.kind === "hub").map((n) => ({ name: n.name, point: n.point })),
      over: [
        { tone: "near", points: of(true) },
        { tone: "gap", points: of(false) },
      ],
      many: plan.nodes.length / 10,
      lang: p.lang,
    });
    return {
      title: all(p.lang).fabric,
      current: "network",
      failed: Boolean(again),
      crumbs: [{ href: path, text: all(p.lang).title }],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${all(p.lang).fabric}</h1>
        ${networkTabs(p, "fabric")}
        <p>${w.lead}</p>
        ${f.inService ? figures(p, f, real) : service(p)}
        <div class="d-atlas">
          ${map({
            label: w.map,
            svg: drawing,
            legend: html`<span class="d-key d-near">●</span> ${w.legendReal} · <span class="d-key d-gap">●</span> ${w.legendOpen} ·
              ${w.legendSimulated}`,
          })}
          <div>${real.length ? sites(p, real) : empty(w.noAgents, html`<p>${w.noAgentsText}</p>`)}</div>
        </div>
        ${f.inService ? keys(p, f) : ""}`,
    };
  },
};

function service(p: PageContext): Html {
  const w = words(p.lang);
  return html`${empty(w.notYet, html`<p>${w.notYetText}</p>`)}
  ${may(p.caller, operateFabric.id) ? form({ action: `${path}/service`, hidden: p.csrf }, button(w.putIn)) : ""}`;
}

function figures(p: PageContext, f: Fabric, real: readonly Site[]): Html {
  const w = words(p.lang);
  const figure = (name: string, value: number, note: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${number(p, value)} <small>${note}</small></dd>
    </div>`;
  const simulated = f.nodes.filter((n) => n.driver === "simulated").length;
  return html`<dl class="t-figures">
      ${figure(w.real, real.length, w.of(number(p, f.counts.nodes)))} ${figure(w.inStep, f.counts.inStep, w.of(number(p, f.counts.nodes)))}
      ${figure(w.open, f.counts.open, "")} ${figure(w.waiting, f.counts.waiting, "")}
    </dl>
    ${simulated ? html`<p class="t-source">${w.simulatedNote(number(p, simulated))}</p>` : ""}`;
}

function sites(p: PageContext, real: readonly Site[]): Html {
  const w = words(p.lang);
  const power = (n: Site) =>
    n.power
      ? html`${w[n.power.source]}${n.power.source === "battery" && n.power.charge !== undefined ? ` (${w.charge(number(p, n.power.charge))})` : ""}
        ${n.power.simulated ? html`<span class="t-source">${w.simulated}</span>` : ""}`
      : "–";
  return html`<div class="t-dense">
    ${table({
      caption: w.real,
      columns: [{ head: w.site }, { head: w.state }, { head: w.links, numeric: true }, { head: w.power }, { head: w.heard }],
      rows: real.map((n) => [
        html`<a href="${withQuery(`${path}/operations`, { site: n.id })}">${n.name}</a>
          ${n.problem ? html`<div class="t-source">${n.problem}</div>` : ""}
          ${n.lacking?.length ? html`<div class="t-source">${w.lacking(n.lacking.join(", "))}</div>` : ""}`,
        html`${tag(w[`st-${n.status}`], siteTones[n.status])} ${n.takenBack ? tag(w.takenBack, "act") : ""}`,
        n.links ? `${n.links.up}/${n.links.of}` : "–",
        power(n),
        html`${n.away || !n.heardAt ? tag(w.away, "act") : time(p, n.heardAt)}
        ${n.clockSkew !== undefined && Math.abs(n.clockSkew) > 60 ? html`<div class="t-source">${w.skew(number(p, n.clockSkew))}</div>` : ""}`,
      ]),
    })}
  </div>`;
}

function keys(p: PageContext, f: Fabric): Html {
  const w = words(p.lang);
  const phase = f.rotation?.phase as "prepare" | "switch" | "retire" | undefined;
  return html`<h2>${w.keys}</h2>
    <p>${phase ? w.rotating(w[`phase-${phase}`]) : w.keysText}</p>
    ${
      !phase && may(p.caller, operateFabric.id)
        ? form({ action: `${path}/service/cles`, hidden: p.csrf }, button(w.rotate, { kind: "second" }))
        : ""
    }`;
}

const states = ["STARTING", "PROCESSING", "COMPLETED", "FAILED_TEMP", "ROLLING_BACK", "ROLLED_BACK", "FAILED"] as const;
const operationsScreen: Screen<{ site?: string; etat?: (typeof states)[number] }> = {
  reads: [listOperations],
  async view(p, { site, etat }) {
    const w = words(p.lang);
    const { operations } = await p.call(listOperations, {
      limit: 60,
      ...(site ? { node: site } : {}),
      ...(etat ? { state: etat } : {}),
    });
    const to = (s?: string) => withQuery(`${path}/operations`, { site, etat: s });
    return {
      title: w.operations,
      current: "network",
      crumbs: [{ href: path, text: all(p.lang).title }],
      main: html`<h1>${w.operations}</h1>
        ${networkTabs(p, "operations")}
        <nav aria-label="${w.filter}">
          <ul class="d-cities">
            <li>${etat ? html`<a href="${to()}">${w.all}</a>` : html`<b aria-current="page">${w.all}</b>`}</li>
            ${states.map((s) => html`<li>${s === etat ? html`<b aria-current="page">${w[`is-${s}`]}</b>` : html`<a href="${to(s)}">${w[`is-${s}`]}</a>`}</li>`)}
          </ul>
        </nav>
        ${
          operations.length
            ? html`<div class="t-dense">
                ${table({
                  caption: w.caption(number(p, operations.length)),
                  columns: [{ head: w.site }, { head: w.what }, { head: w.state }, { head: w.asked }, { head: w.took, numeric: true }],
                  rows: operations.map((o) => [
                    html`<a href="${path}/operations/${o.id}">${o.name}</a>
                      ${o.simulated ? html`<span class="t-source">${w.simulated}</span>` : ""}`,
                    labelOf(p, o),
                    html`${operationTag(p, o)} ${o.problem ? html`<div class="t-source">${o.problem}</div>` : ""}`,
                    dateTime(p, o.askedAt),
                    o.seconds === undefined ? "–" : w.seconds(number(p, Math.round(o.seconds * 10) / 10)),
                  ]),
                })}
              </div>`
            : empty(w.none, html`<p>${w.noneText}</p>`)
        }`,
    };
  },
};

export const fabricPage = consolePage({
  id: "console.network-fabric",
  path: `${path}/service`,
  who: official(),
  input: T.Object({}),
  screen: fabricScreen,
});
export const operationsPage = consolePage({
  id: "console.network-operations",
  path: `${path}/operations`,
  who: official(),
  input: T.Object({ site: T.Optional(T.String({ maxLength: 120 })), etat: T.Optional(T.Enum([...states])) }),
  screen: operationsScreen,
});

const button_ = { back: fabricScreen, backInput: () => ({}) };
export const fabricActions = [
  consoleAction({
    id: "console.network-put-in-service",
    path: `${path}/service`,
    who: official(operateFabric),
    form: T.Object({}),
    calls: [putInService],
    async handle(a) {
      await a.call(putInService, {});
      return seeOther(`${path}/service`);
    },
    ...button_,
  }),
  consoleAction({
    id: "console.network-rotate-keys",
    path: `${path}/service/cles`,
    who: official(operateFabric),
    form: T.Object({}),
    calls: [rotateKeys],
    async handle(a) {
      await a.call(rotateKeys, {});
      return seeOther(`${path}/service`);
    },
    ...button_,
  }),
];
