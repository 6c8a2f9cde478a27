import { difference } from "../plant/rules.ts";
import type { Plant } from "../plant/shapes.ts";
import { items, ruralFrom, units, type Item, type Prices } from "./prices.ts";

export interface Quantity {
  item: Item;
  unit: "km" | "each";
  quantity: number;
  /** Of one, and of all; absent where the country has no price. */
  price?: number;
  amount?: number;
}
export interface Bill {
  lines: Quantity[];
  /** Of what has a price. */
  total?: number;
  /** Lines without a price: the total leaves them out. */
  unpriced: number;
}

/** A drum of cable: two drums meet in a joint. Metres. */
const drum = 4000;

/** What has to be bought and dug to go from one plant to another. What goes away costs nothing here and brings nothing back. */
export function billOf(before: Plant, after: Plant, prices: Prices["prices"] | undefined): Bill {
  const d = difference(before, after);
  const count = new Map<Item, number>();
  const add = (item: Item, n: number) => n > 0 && count.set(item, (count.get(item) ?? 0) + n);
  const ducts = new Map(after.duct.map((x) => [x.id, x]));
  for (const x of d.added.duct) add(x.kind === "poles" ? "poles" : "trench", x.length / 1000);
  for (const c of d.added.cable) {
    const shared = c.ducts.reduce((sum, id) => sum + (ducts.get(id)?.length ?? 0), 0);
    const own = Math.max(0, c.length - shared);
    add(own >= ruralFrom ? "trench-rural" : "trench", own / 1000);
    add("cable", c.length / 1000);
    add("joint", Math.ceil(c.length / drum) - 1 + 2);
  }
  const sites = d.added.node.filter((n) => n.kind !== "joint").length;
  add("site", sites);
  for (const x of d.added.device) {
    add(x.role === "router" || x.role === "access-switch" ? x.role : "device", 1);
    add("licence", 1);
  }
  const lines = items.flatMap((item): Quantity[] => {
    const n = count.get(item);
    if (!n) return [];
    const quantity = units[item] === "km" ? Math.round(n * 1000) / 1000 : n;
    const price = prices?.[item];
    return [{ item, unit: units[item], quantity, ...(price === undefined ? {} : { price, amount: Math.round(price * quantity) }) }];
  });
  const priced = lines.filter((l) => l.amount !== undefined);
  return {
    lines,
    ...(priced.length ? { total: priced.reduce((sum, l) => sum + l.amount!, 0) } : {}),
    unpriced: lines.length - priced.length,
  };
}
