import { html, raw, type Html } from "#kernel";

export interface Curve {
  label: string;
  /** Null: not measured. Instants in ms. */
  points: readonly { at: number; value: number | null }[];
  /** The figure beside the title as people read it: the highest, or with `low` the lowest. */
  say: (value: number) => string;
  low?: boolean;
  /** The top of the drawing at least. */
  least?: number;
}
const width = 480;
const height = 96;

/** A small line drawing; gaps stay gaps. What it shows is said in the table behind it. */
export function graph(c: Curve): Html {
  const values = c.points.flatMap((x) => (x.value === null ? [] : [x.value]));
  const top = Math.max(c.least ?? 0, ...values) || 1;
  const [from, to] = [c.points[0]?.at ?? 0, c.points.at(-1)?.at ?? 1];
  const x = (at: number) => (to === from ? width / 2 : Math.round(((at - from) / (to - from)) * width * 10) / 10);
  const y = (value: number) => Math.round((height - 6 - (value / top) * (height - 14)) * 10) / 10;
  let d = "";
  let drawing = false;
  for (const one of c.points) {
    if (one.value !== null) d += `${drawing ? "L" : "M"}${x(one.at)} ${y(one.value)}${drawing ? "" : "h.1"}`;
    drawing = one.value !== null;
  }
  return html`<figure class="d-graph">
    <figcaption>
      ${c.label} <span class="t-source">${values.length ? c.say(c.low ? Math.min(...values) : Math.max(...values)) : "–"}</span>
    </figcaption>
    <svg viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false" preserveAspectRatio="none">
      <path class="d-axis" d="M0 ${height - 6}H${width}" />
      <path class="d-curve" d="${raw(d)}" />
    </svg>
  </figure>`;
}
