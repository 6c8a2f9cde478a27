import { sql, type Context } from "#kernel";
import type { SiteReport } from "../ports.ts";

export interface FabricRow {
  inService: boolean;
  slots: (0 | 1)[];
  sends: 0 | 1;
  phase: "prepare" | "switch" | "retire" | null;
  rotation: number;
  phaseAt: Date | null;
  port: number | null;
  houseKey: string | null;
}
export function fabric(ctx: Context, lock = false): Promise<FabricRow> {
  return ctx.db.one(sql`
    select in_service as "inService", slots, sends, phase, rotation, phase_at as "phaseAt", port, house_key as "houseKey"
    from network.fabric ${lock ? sql`for update` : sql``}`);
}
export async function setService(ctx: Context, inService: boolean): Promise<void> {
  await ctx.db.run(sql`update network.fabric set in_service = ${inService}`);
}
export async function setListening(ctx: Context, port: number, houseKey: string): Promise<void> {
  await ctx.db.run(sql`update network.fabric set port = ${port}, house_key = ${houseKey}`);
}
export async function setOverlay(
  ctx: Context,
  o: { slots: readonly number[]; sends: number; phase: FabricRow["phase"]; rotation: number },
): Promise<void> {
  await ctx.db.run(sql`
    update network.fabric set slots = ${[...o.slots]}, sends = ${o.sends}, phase = ${o.phase}, rotation = ${o.rotation}, phase_at = ${ctx.clock.now()}`);
}

export interface AgentRow {
  node: string;
  publicKey: string;
  sequence: number;
  heard: number;
  enrolledAt: Date;
  seenAt: Date | null;
  report: SiteReport | null;
}
const agentColumns = sql`node, public_key as "publicKey", sequence::float8 as sequence, heard::float8 as heard, enrolled_at as "enrolledAt", seen_at as "seenAt", report`;
export function agents(ctx: Context): Promise<AgentRow[]> {
  return ctx.db.rows(sql`select ${agentColumns} from network.agent order by node`);
}
export function agent(ctx: Context, node: string): Promise<AgentRow | undefined> {
  return ctx.db.maybe(sql`select ${agentColumns} from network.agent where node = ${node}`);
}
/** A new key begins to count anew; the same key goes on counting. */
export async function putAgent(ctx: Context, node: string, publicKey: string, by: string): Promise<void> {
  await ctx.db.run(sql`
    insert into network.agent (node, public_key, enrolled_at, enrolled_by, sequence) values (${node}, ${publicKey}, ${ctx.clock.now()}, ${by}, 0)
    on conflict (node) do update set public_key = excluded.public_key, enrolled_at = excluded.enrolled_at, enrolled_by = excluded.enrolled_by,
      sequence = case when network.agent.public_key = excluded.public_key then network.agent.sequence else 0 end,
      heard = case when network.agent.public_key = excluded.public_key then network.agent.heard else 0 end,
      serial = case when network.agent.public_key = excluded.public_key then network.agent.serial else 0 end`);
  // what the machine before it said of the site is not this one's word
  await ctx.db.run(sql`
    delete from network.sight s using network.agent a where s.node = ${node} and a.node = s.node and a.sequence = 0`);
}
export async function removeAgent(ctx: Context, node: string): Promise<boolean> {
  return (await ctx.db.run(sql`delete from network.agent where node = ${node}`)) > 0;
}
/** What was heard is not heard again after a restart either. */
export async function keepHeard(ctx: Context, heard: ReadonlyMap<string, number>): Promise<void> {
  await ctx.db.run(sql`
    update network.agent a set heard = x.heard from unnest(${[...heard.keys()]}::text[], ${[...heard.values()]}::bigint[]) as x (node, heard)
    where a.node = x.node and a.heard < x.heard`);
}
/** One statement for all; an older report never replaces a newer one. */
export async function keepReports(ctx: Context, list: readonly SiteReport[]): Promise<void> {
  await ctx.db.run(sql`
    update network.agent a set sequence = r.sequence, seen_at = ${ctx.clock.now()}, report = r.report
    from (select distinct on (node) node, sequence, report
      from unnest(${list.map((r) => r.node)}::text[], ${list.map((r) => r.sequence)}::bigint[], ${list.map(({ samples: _samples, ...live }) => JSON.stringify(live))}::jsonb[])
        as x (node, sequence, report) order by node, sequence desc) r
    where a.node = r.node and a.sequence < r.sequence`);
}

export async function overlayKeys(ctx: Context): Promise<Map<string, string>> {
  const rows = await ctx.db.rows<{ node: string; slot: number; key: string }>(
    sql`select node, slot, public_key as key from network.overlay_key`,
  );
  return new Map(rows.map((r) => [`${r.node}\n${r.slot}`, r.key]));
}
/** How many keys were news. Another agent's key is not taken: packets for it would go to who claims it. */
export function learnKeys(ctx: Context, list: readonly { node: string; keys: readonly [string, string] }[]): Promise<number> {
  const rows = list.flatMap((x) => x.keys.map((key, slot) => ({ node: x.node, slot, key })));
  return ctx.db.run(sql`
    insert into network.overlay_key (node, slot, public_key, learned_at)
    select node, slot, key, ${ctx.clock.now()}::timestamptz
    from unnest(${rows.map((r) => r.node)}::text[], ${rows.map((r) => r.slot)}::smallint[], ${rows.map((r) => r.key)}::text[]) as x (node, slot, key)
    where not exists (select from network.overlay_key o join network.agent a on a.node = o.node where o.public_key = x.key and o.node <> x.node)
    on conflict (node, slot) do update set public_key = excluded.public_key, learned_at = excluded.learned_at
    where network.overlay_key.public_key <> excluded.public_key`);
}
