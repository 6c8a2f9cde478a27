import { institution } from "#registry";
import type { Context, OutputOf } from "#kernel";
import { outagesBetween } from "../monitoring/store.ts";
import { current } from "../plant/current.ts";
import type { listOwnPlaces as contract } from "./contracts.ts";
import * as store from "./store.ts";

/** Nodes of the plant on which an institution stands. */
export async function placesOf(ctx: Context, id: string): Promise<{ node: string; site: string; name: string }[]> {
  const { model: m } = await current(ctx);
  const own = new Set((await institution(ctx, id))?.sites.map((s) => s.id));
  return m.nodes.flatMap((n) => (n.site && own.has(n.site) ? [{ node: n.id, site: n.site, name: n.name }] : []));
}

export async function listOwnPlaces(ctx: Context): Promise<OutputOf<typeof contract>> {
  const id = ctx.caller.kind === "official" ? ctx.caller.institution : "";
  const places = await placesOf(ctx, id);
  const now = ctx.clock.now();
  const down = (await outagesBetween(ctx, { from: now, to: new Date(now.getTime() + 1) })).filter((o) => o.to === null);
  const tickets = await store.listed(ctx, { institution: id, states: ["open", "in-progress"], limit: 200 });
  const who = await institution(ctx, id);
  return {
    institution: who ? ctx.say(who.name) : id,
    places: places.map((p) => {
      const here = down.filter((o) => o.node === p.node);
      const since = here.map((o) => o.from).toSorted((x, y) => x.getTime() - y.getTime())[0];
      const ticket = tickets.find((t) => t.node === p.node);
      return {
        id: p.node,
        name: p.name,
        ...(since ? { since: since.toISOString() } : {}),
        planned: here.length > 0 && here.every((o) => o.work !== null),
        ...(ticket ? { ticket: { id: ticket.id, number: ticket.number } } : {}),
      };
    }),
  };
}
