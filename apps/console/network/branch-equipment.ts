import { html, type Html, type PageContext } from "#kernel";
import { disclosure, number, table } from "#ui";
import type { Branch } from "./branch-parts.ts";
import { path } from "./parts.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

const few = 4;

/** Routing, tunnels, segments and rules that follow from the branch, node by node. */
export function equipment(p: PageContext, b: Branch): Html | "" {
  const w = words(p.lang);
  const { nodes, total } = b.equipment;
  if (total === 0) return "";
  const some = (sign: string, list: readonly string[]) =>
    list.length === 0
      ? ""
      : html`<span class="d-pair"
          >${sign} ${list.slice(0, few).join(", ")}${list.length > few ? ` … (${number(p, list.length)})` : ""}</span
        >`;
  const rows = nodes.map((n) => [
    html`${b.state === "merged" && n.state !== "gone" ? html`<a href="${path}/sites/${n.node}">${n.name}</a>` : n.name}
      <div class="t-source">${w[`node-${n.state}`]}</div>`,
    html`<div>
      ${n.parts.map(
        (one) =>
          html`<div>
            <span class="t-source">${w[`part-${one.part}`]}</span> ${some("+", one.added)}${some("−", one.removed)}${some("~", one.changed)}
          </div>`,
      )}
    </div>`,
  ]);
  const list = (lines: typeof rows, caption: string) =>
    html`<div class="t-dense">${table({ caption, columns: [{ head: w.element }, { head: w.field }], rows: lines })}</div>`;
  const rest = rows.slice(few);
  const others = all(p.lang).others(number(p, rest.length));
  return html`<h2>${w.equipment}</h2>
    ${list(rows.slice(0, few), w.equipmentOf(number(p, total)))} ${rest.length ? disclosure(others, list(rest, others)) : ""}`;
}
