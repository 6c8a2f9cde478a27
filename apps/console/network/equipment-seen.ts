import type { readEquipment } from "#network/api";
import { html, type Html, type OutputOf, type PageContext } from "#kernel";
import { disclosure, facts, number, table, tag } from "#ui";
import { span } from "../site.ts";
import { words } from "./words-equipment.ts";

type Reading = NonNullable<OutputOf<typeof readEquipment>["reading"]>;
type Interface = NonNullable<Reading["interfaces"]>[number];

/** Octets in the largest unit that keeps three figures. */
function size(p: PageContext, octets: string): string {
  let n = Number(octets);
  const units = p.lang === "fr" ? ["o", "ko", "Mo", "Go", "To", "Po"] : ["B", "kB", "MB", "GB", "TB", "PB"];
  let i = 0;
  for (; n >= 1000 && i < units.length - 1; i++) n /= 1000;
  return `${number(p, n < 10 ? Math.round(n * 10) / 10 : Math.round(n))}\u00a0${units[i]}`;
}

/** What it said at the last reading, part by part; a part it does not offer is said so. */
export function seen(p: PageContext, r: Reading): Html {
  const w = words(p.lang);
  const s = r.system;
  return html`${
    s
      ? html`<h2>${w.system}</h2>
          ${facts(p.lang, [
            s.name ? { key: w.name, value: s.name } : undefined,
            s.description ? { key: w.describes, value: html`<span class="d-wrap">${s.description}</span>` } : undefined,
            s.model ? { key: w.model, value: s.model } : undefined,
            s.serial ? { key: w.serial, value: html`<span class="t-mono">${s.serial}</span>` } : undefined,
            s.uptime === undefined ? undefined : { key: w.uptime, value: span(p, s.uptime) },
          ])}`
      : ""
  }
  ${interfaces(p, r.interfaces)} ${neighbours(p, r.neighbours)} ${optics(p, r.optics)}`;
}

function part<V>(p: PageContext, title: string, list: readonly V[] | undefined, show: (list: readonly V[]) => Html): Html {
  const w = words(p.lang);
  return html`<h2>${title}</h2>
    ${list === undefined ? html`<p class="t-source">${w.notOffered}</p>` : list.length ? show(list) : html`<p class="t-source">${w.noneSeen}</p>`}`;
}

const few = 40;
function interfaces(p: PageContext, list: Reading["interfaces"]): Html {
  const w = words(p.lang);
  const state = (i: Interface) =>
    i.admin === "down" ? tag(w.off) : i.oper === "up" ? tag(w.up, "good") : i.oper === "down" ? tag(w.down, "act") : tag(w.unknown);
  const errors = (i: Interface) => Number(i.counters?.inErrors ?? 0) + Number(i.counters?.outErrors ?? 0);
  const rows = (some: readonly Interface[], caption: string) =>
    html`<div class="t-dense">
      ${table({
        caption,
        hideCaption: true,
        columns: [{ head: w.interface }, { head: w.state }, { head: w.speed, numeric: true }, { head: w.addresses }, { head: w.traffic }],
        rows: some.map((i) => [
          html`<span class="t-mono">${i.name}</span>
            <div class="t-source d-wrap">${i.alias ?? (i.description === i.name ? "" : (i.description ?? ""))} ${i.mac ?? ""}</div>`,
          state(i),
          i.speed ? w.mbps(number(p, i.speed)) : "–",
          html`${i.addresses.map((a) => html`<div class="t-mono d-wrap">${a}</div>`)}`,
          i.counters?.inOctets === undefined
            ? "–"
            : html`${size(p, i.counters.inOctets)}, ${size(p, i.counters.outOctets ?? "0")}
              ${errors(i) ? html`<div class="t-source">${w.errors(number(p, errors(i)))}</div>` : ""}`,
        ]),
      })}
    </div>`;
  return part(p, w.interfaces(number(p, list?.length ?? 0)), list, (all) => {
    const rest = all.slice(few, 2000);
    return html`${rows(all.slice(0, few), w.interface)} ${rest.length ? disclosure(w.more, rows(rest, w.more)) : ""}`;
  });
}

function neighbours(p: PageContext, list: Reading["neighbours"]): Html {
  const w = words(p.lang);
  return part(
    p,
    w.neighbours,
    list?.slice(0, 500),
    (all) =>
      html`<div class="t-dense">
        ${table({
          caption: w.neighbours,
          hideCaption: true,
          columns: [{ head: w.interface }, { head: w.neighbour }, { head: w.at }, { head: w.addresses }],
          rows: all.map((n) => [
            html`<span class="t-mono">${n.interface}</span>`,
            html`${n.name ?? n.chassis}
              <div class="t-source d-wrap">${n.name ? n.chassis : ""}</div>`,
            html`<span class="t-mono d-wrap">${n.portDescription ?? n.port}</span>`,
            html`${n.addresses.map((a) => html`<div class="t-mono d-wrap">${a}</div>`)}`,
          ]),
        })}
      </div>`,
  );
}

function optics(p: PageContext, list: Reading["optics"]): Html {
  const w = words(p.lang);
  return part(
    p,
    w.optics,
    list?.slice(0, 500),
    (all) =>
      html`<div class="t-dense">
        ${table({
          caption: w.optics,
          hideCaption: true,
          columns: [{ head: w.interface }, { head: w.sensor }, { head: w.level, numeric: true }],
          rows: all.map((o) => [
            html`<span class="t-mono">${o.interface ?? "–"}</span>`,
            html`${o.sensor}
              <div class="t-source">${o.direction === "unknown" ? "" : w[o.direction]}</div>`,
            w.dBm(number(p, o.dBm)),
          ]),
        })}
      </div>`,
  );
}
