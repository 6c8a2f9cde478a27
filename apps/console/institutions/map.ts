import { geoMercator, geoPath } from "d3-geo";
import { feature, mesh } from "topojson-client";
import { html, raw, type Html } from "#kernel";

type Point = readonly [number, number];
export interface Spot {
  name: string;
  point: Point;
}
type Topology = Parameters<typeof feature>[0];

const width = 900;
const height = 620;
const margin = 14;

export interface Ground {
  land: string;
  borders: string;
  project(point: Point): [number, number] | null;
}

/** Outline and projection cost some milliseconds and never change while the program runs. */
const grounds = new WeakMap<object, Ground>();

/**
 * Whole pixels, each point from the one before: about a third of the bytes of an absolute path. d3 gives `M x,y L x,y Z`;
 * points that fall on the same pixel are one point.
 */
export function relative(path: string): string {
  let [x0, y0] = [0, 0];
  let out = "";
  for (const [, command = "", xs = "", ys = ""] of path.matchAll(/([MLZ])(?:(-?[\d.]+),(-?[\d.]+))?/g)) {
    if (command === "Z") {
      out += "z";
      continue;
    }
    const [x, y] = [Math.round(Number(xs)), Math.round(Number(ys))];
    if (command === "L" && x === x0 && y === y0) continue;
    out += command === "M" ? `M${x} ${y}l` : `${out.endsWith("l") ? "" : " "}${x - x0} ${y - y0}`.replaceAll(" -", "-");
    [x0, y0] = [x, y];
  }
  return out.replace(/l(?=M|$)/g, "");
}

export function groundOf(topology: object): Ground {
  const known = grounds.get(topology);
  if (known) return known;
  const t = topology as Topology;
  const [name] = Object.keys(t.objects);
  const object = name === undefined ? undefined : t.objects[name];
  if (!object) throw new Error("the outline holds no divisions");
  const shape = feature(t, object);
  const projection = geoMercator().fitExtent(
    [
      [margin, margin],
      [width - margin, height - margin],
    ],
    shape,
  );
  const path = geoPath(projection);
  const ground: Ground = {
    land: relative(path(mesh(t, object as never, (a, b) => a === b)) ?? ""),
    borders: relative(path(mesh(t, object as never, (a, b) => a !== b)) ?? ""),
    project: (point) => projection([point[0], point[1]]),
  };
  grounds.set(topology, ground);
  return ground;
}

/** Hundreds of dots as one path: a line of no length with round ends is a dot, at about nine bytes each. */
function dots(ground: Ground, points: readonly Point[]): string {
  let x0 = 0;
  let y0 = 0;
  const seen = new Set<string>();
  let out = "";
  for (const point of points) {
    const at = ground.project(point);
    if (!at) continue;
    const [x, y] = [Math.round(at[0]), Math.round(at[1])];
    if (seen.has(`${x},${y}`)) continue;
    seen.add(`${x},${y}`);
    out += `m${x - x0} ${y - y0}h0`;
    [x0, y0] = [x, y];
  }
  return out.replace(/^m/, "M");
}

export interface MapLayer {
  /** `sure`: a published position; `town`: laid out around the town's point; `chosen`: one institution. */
  tone: "sure" | "town" | "chosen";
  points: readonly Point[];
}

/** The country, its divisions, dots, and the names of some towns. Decorative for screen readers: the list beside it says it all. */
export function drawMap(topology: unknown, layers: readonly MapLayer[], labels: readonly Spot[]): Html {
  const ground = groundOf(topology as object);
  return html`<svg viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false" class="d-map">
    <path class="d-land" d="${raw(ground.land)}" />
    <path class="d-borders" d="${raw(ground.borders)}" />
    ${layers.map((layer) => html`<path class="d-dots d-${layer.tone}" d="${raw(dots(ground, layer.points))}" />`)}
    ${placed(ground, labels).map((one) => html`<text x="${one.x}" y="${one.y}">${one.name}</text>`)}
  </svg>`;
}

/** Names that would lie on another name are left out: the first in the list wins. */
function placed(ground: Ground, labels: readonly Spot[]): { name: string; x: number; y: number }[] {
  const taken: { x: number; y: number; w: number }[] = [];
  const out: { name: string; x: number; y: number }[] = [];
  for (const { name, point } of labels) {
    const at = ground.project(point);
    if (!at) continue;
    const w = name.length * 7 + 8;
    const x = Math.round(Math.min(at[0] + 7, width - w));
    const y = Math.round(at[1] - 6);
    if (taken.some((t) => Math.abs(t.y - y) < 16 && x < t.x + t.w && t.x < x + w)) continue;
    taken.push({ x, y, w });
    out.push({ name, x, y });
  }
  return out;
}
