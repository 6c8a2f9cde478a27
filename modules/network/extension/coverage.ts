import { metres } from "../plant/rules.ts";
import type { Point } from "../plant/shapes.ts";
import { detour } from "../resilience/model.ts";

export interface Place {
  id: string;
  name: string;
  point: Point;
}
export interface Distance {
  place: Place;
  /** The nearest connected place, and metres in a straight line. */
  nearest: string;
  metres: number;
}

/** How far each place is from the nearest connected one. Sorted by latitude, so that most pairs are never looked at. */
export function distancesTo(places: readonly Place[], connected: readonly Place[]): Distance[] {
  const order = connected.toSorted((x, y) => x.point[1] - y.point[1]);
  if (order.length === 0) return [];
  const degree = metres([0, 0], [0, 1]);
  return places.map((place) => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (order[mid]!.point[1] < place.point[1]) low = mid + 1;
      else high = mid;
    }
    let best: { id: string; d: number } = { id: "", d: Infinity };
    const look = (i: number): boolean => {
      const c = order[i];
      if (!c || Math.abs(c.point[1] - place.point[1]) * degree > best.d) return false;
      const d = metres(place.point, c.point);
      if (d < best.d || (d === best.d && c.id < best.id)) best = { id: c.id, d };
      return true;
    };
    for (let up = low; look(up); up++);
    for (let down = low - 1; look(down); down--);
    return { place, nearest: best.id, metres: Math.round(best.d) };
  });
}

export interface Access {
  place: Place;
  /** Places within reach of it that are out of everybody's reach today, itself among them. */
  covers: string[];
  /** Metres of route to the network, or to an access point chosen before. */
  route: number;
}

/**
 * Where public access points would serve most: each time the place with most uncovered neighbours within reach for its
 * kilometres of route, seen from what is then joined (greedy, the usual bound of 1 - 1/e of the best cover for a count).
 */
export function accessPoints(
  places: readonly Place[],
  connected: readonly Place[],
  o: { reach: number; most: number; by?: "covered" | "kilometre" },
): Access[] {
  const far = distancesTo(places, connected);
  const open = new Map(far.filter((d) => d.metres > o.reach).map((d) => [d.place.id, d.place]));
  const joined = [...connected];
  const out: Access[] = [];
  while (out.length < o.most && open.size > 0) {
    const left = [...open.values()];
    const routes = distancesTo(left, joined);
    let best: (Access & { worth: number }) | undefined;
    routes.forEach(({ place, metres: away }) => {
      const covers = left.filter((p) => metres(p.point, place.point) <= o.reach).map((p) => p.id);
      const route = Math.round(away * detour);
      const worth = o.by === "covered" ? covers.length : covers.length / Math.max(1, route);
      if (!best || worth > best.worth || (worth === best.worth && place.id < best.place.id)) best = { place, covers, route, worth };
    });
    if (!best) break;
    const { worth: _worth, ...found } = best as Access & { worth: number };
    out.push(found);
    joined.push(found.place);
    for (const id of found.covers) open.delete(id);
  }
  return out;
}
