import type { readInventory } from "#network/api";
import { html, type Html, type OutputOf, type PageContext } from "#kernel";
import { disclosure, facts, number, table } from "#ui";
import { path } from "./parts.ts";
import { words } from "./words-plan.ts";

type Stock = OutputOf<typeof readInventory>;
type Device = Stock["loose"][number];

/** What stands at one place, rack by rack from the top, and the addresses it has. */
export function inventory(p: PageContext, s: Stock): Html {
  const w = words(p.lang);
  const racks = s.rooms.flatMap((room) =>
    room.racks.map((rack) => devices(p, w.rack(room.name, rack.name, number(p, rack.units), number(p, rack.free)), rack.devices)),
  );
  const roles = w as unknown as Record<string, string>;
  return html`<h2>${w.stock}</h2>
    ${facts(p.lang, [
      s.as !== undefined && { key: w.asNumber, value: html`<span class="t-mono">${String(s.as)}</span>` },
      s.vlans.length > 0 && { key: "VLAN", value: s.vlans.map((v) => html`<div>${String(v.vid)} · ${v.name}</div>`) },
    ])}
    ${racks} ${s.loose.length ? devices(p, w.loose, s.loose) : ""}
    ${
      s.prefixes.length
        ? disclosure(
            w.prefixesOf,
            html`<div class="t-dense">
              ${table({
                caption: w.prefixesOf,
                hideCaption: true,
                columns: [{ head: w.prefix }, { head: w.role }],
                rows: s.prefixes.map((x) => [
                  html`<span class="t-mono d-wrap">${x.prefix}</span>`,
                  html`${roles[`role-${x.role}`] ?? x.role}${x.vlan === undefined ? "" : ` · VLAN ${x.vlan}`}`,
                ]),
              })}
            </div>`,
          )
        : ""
    }`;
}

function devices(p: PageContext, caption: string, list: readonly Device[]): Html {
  const w = words(p.lang);
  const units = (d: Device) => (d.unit === undefined ? "–" : d.height > 1 ? `${d.unit}–${d.unit + d.height - 1}` : String(d.unit));
  return html`<div class="t-dense">
    ${table({
      caption,
      columns: [{ head: w.device }, { head: w.unit, numeric: true }, { head: w.ports }],
      rows: list.map((d) => [
        html`${d.name}
          <div class="t-source t-mono d-wrap">${d.id}</div>`,
        units(d),
        ports(p, d.ports),
      ]),
    })}
  </div>`;
}

const few = 6;
function ports(p: PageContext, list: Device["ports"]): Html {
  const one = (x: Device["ports"][number]) => {
    const to = x.cable
      ? html`<a class="t-mono" href="${path}/liaisons/${x.cable}?brin=${x.strand ?? 1}#brin">${x.cable}/${x.strand ?? 1}</a>`
      : "";
    return html`<div>${x.name} ${to}</div>`;
  };
  const rest = list.slice(few);
  const more = rest.length ? disclosure(words(p.lang).otherPorts(number(p, rest.length)), html`${rest.map(one)}`) : "";
  return html`<div>${list.slice(0, few).map(one)} ${more}</div>`;
}
