import type { readMap } from "#network/api";
import { html, raw, type Html, type OutputOf } from "#kernel";
import { groundOf } from "../institutions/map.ts";

type Plan = OutputOf<typeof readMap>;
type Span = Plan["spans"][number];
type Point = readonly [number, number];
const width = 900;
const height = 620;

/** What lies around one hub or arrival point, joined by the country's own cables. */
export interface City {
  id: string;
  name: string;
  sites: number;
  nodes: ReadonlySet<string>;
  point: Point;
}

/** The plan falls into cities when the leased circuits are left out. */
export function citiesOf(plan: Plan): City[] {
  const parent = new Map(plan.nodes.map((n) => [key(n.point), key(n.point)]));
  const find = (x: string): string => {
    let at = x;
    while (parent.get(at) !== at) at = parent.get(at) ?? at;
    parent.set(x, at);
    return at;
  };
  for (const s of plan.spans) if (s.kind === "cable") parent.set(find(key(s.line[0]!)), find(key(s.line.at(-1)!)));
  const groups = new Map<string, Plan["nodes"]>();
  for (const n of plan.nodes) {
    const head = find(key(n.point));
    groups.set(head, [...(groups.get(head) ?? []), n]);
  }
  return [...groups.values()]
    .flatMap((nodes) => {
      const head = nodes.find((n) => n.kind !== "site");
      const sites = nodes.filter((n) => n.kind === "site").length;
      return head && sites
        ? [{ id: head.id, name: head.name, sites, nodes: new Set(nodes.map((n) => key(n.point))), point: head.point }]
        : [];
    })
    .toSorted((x, y) => y.sites - x.sites);
}
export const key = (p: Point) => `${p[0]},${p[1]}`;

export interface Drawing {
  /** Draw these points' surroundings only; the whole country without it. */
  around?: readonly Point[];
  chosen?: string;
  lost?: readonly Point[];
  names: readonly { name: string; point: Point }[];
  /** Lines and points laid over today's network, in the order given. */
  over?: readonly {
    tone: "added" | "removed" | "new" | "gap" | "near" | "off";
    lines?: readonly (readonly Point[])[];
    points?: readonly Point[];
  }[];
  /** Nothing of the country: what is drawn lies elsewhere. */
  bare?: boolean;
  /** A tenth of the sites. */
  many: number;
  lang: string;
}

/** Server-drawn: each span is a link to its page, and works without script. The lists beside it say the same to screen readers. */
export function drawNetwork(topology: unknown, plan: Plan, o: Drawing): Html {
  const ground = groundOf(topology as object);
  const view = windowOf(ground.project, o.around);
  const at = (p: Point): [number, number] => {
    const [x, y] = ground.project(p) ?? [0, 0];
    return [Math.round((x - view.x) * view.k * 10) / 10, Math.round((y - view.y) * view.k * 10) / 10];
  };
  const inside = ([x, y]: [number, number]) => x > -40 && y > -40 && x < width + 40 && y < height + 40;
  const near = plan.spans.filter((s) => (o.around ? s.line.some((p) => inside(at(p))) : s.kind === "circuit" || s.id === o.chosen));
  // the heaviest last, so that they lie on top
  const order = near.toSorted((x, y) => Number(x.id === o.chosen) - Number(y.id === o.chosen) || x.sites - y.sites);
  const d = (line: readonly Point[]) => line.map((p, i) => `${i ? "L" : "M"}${at(p).join(" ")}`).join("");
  const dots = (points: readonly Point[]) =>
    points
      .map(at)
      .filter(inside)
      .map(([x, y]) => `M${x} ${y}h0`)
      .join("");
  const places = o.around ? plan.nodes.filter((n) => n.kind === "site").map((n) => n.point) : [];
  const heads = plan.nodes.filter((n) => n.kind === "core" || n.kind === "hub" || n.kind === "joint");
  return html`<svg viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false" class="d-map">
    ${o.around || o.bare ? "" : html`<path class="d-land" d="${raw(ground.land)}" /> <path class="d-borders" d="${raw(ground.borders)}" />`}
    ${order.map((s) => {
      const path = raw(d(s.line));
      return html`<a href="/console/reseau/liaisons/${s.id}" tabindex="-1"
        ><path class="d-span ${tone(s, o)}" d="${path}" /><path class="d-hit" d="${path}"><title>${s.name}</title></path></a
      >`;
    })}
    ${(o.over ?? []).map(
      (one) =>
        html`${one.lines?.length ? html`<path class="d-${one.tone}" d="${raw(one.lines.map(d).join(""))}" />` : ""}
        ${one.points?.length ? html`<path class="d-${one.tone}" d="${raw(dots(one.points))}" />` : ""}`,
    )}
    <path class="d-places" d="${raw(dots(places))}" />
    ${o.lost?.length ? html`<path class="d-lost" d="${raw(dots(o.lost))}" />` : ""}
    ${heads.map((n) => {
      const [x, y] = at(n.point);
      return inside([x, y]) ? html`<circle class="d-${n.kind}" cx="${x}" cy="${y}" r="${n.kind === "joint" ? 4 : 7}" />` : "";
    })}
    ${names(o.names, at).map((one) => html`<text x="${one.x}" y="${one.y}">${one.name}</text>`)}
  </svg>`;
}

function tone(s: Span, o: Drawing): string {
  const leased = s.kind === "circuit" ? " d-leased" : "";
  if (s.id === o.chosen) return `d-this${leased}`;
  return `${s.sites === 0 ? "d-safe" : s.sites >= o.many ? "d-worst" : "d-weak"}${leased}`;
}

/** Where the window begins in the country's drawing, and how much it is enlarged. */
function windowOf(project: (p: Point) => [number, number] | null, around: readonly Point[] | undefined) {
  const points = (around ?? []).map((p) => project(p)).filter((p) => p !== null);
  if (points.length === 0) return { x: 0, y: 0, k: 1 };
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const k = Math.min(600, (width - 120) / Math.max(x1 - x0, 0.2), (height - 100) / Math.max(y1 - y0, 0.2));
  return { x: (x0 + x1) / 2 - width / 2 / k, y: (y0 + y1) / 2 - height / 2 / k, k };
}

/** Names that would lie on another or outside are left out: the first in the list wins. */
function names(list: Drawing["names"], at: (p: Point) => [number, number]): { name: string; x: number; y: number }[] {
  const taken: { x: number; y: number; w: number }[] = [];
  return list.flatMap(({ name, point }) => {
    const [px, py] = at(point);
    if (px < 0 || py < 0 || px > width || py > height) return [];
    const w = name.length * 7.4 + 8;
    const [x, y] = [Math.round(Math.max(4, Math.min(px + 10, width - w))), Math.round(Math.max(16, py - 8))];
    if (taken.some((t) => Math.abs(t.y - y) < 17 && x < t.x + t.w && t.x < x + w)) return [];
    taken.push({ x, y, w });
    return [{ name, x, y }];
  });
}
