/**
 * A log that was put back (a backup restored, a replica promoted, a machine's snapshot) has forgotten leaves it once signed for.
 * Sealing on would sign two trees of one size. The centre remembers the largest tree each log has shown; compared with it, a log
 * that is behind begins an epoch: a tree of another name, said in a fact. Traffic never waits for this, only the seal does.
 */
import { type Context, fact, type JobContext, T } from "#kernel";
import { proofFrom, tilesFor } from "#trust";
import { perProgram } from "../memory/program.ts";
import { type EpochCause, epochs, heldSince, putEpoch, releaseSeals, type Seen, stopSealer } from "./store-epochs.ts";
import { latestHead, tilesAt } from "./store.ts";

export const epochBegun = fact(
  "exchange.log-epoch",
  T.Object({ origin: T.String(), size: T.Integer(), seen: T.Optional(T.Integer()), why: T.Enum(["put-back", "contradicted", "by-hand"]) }),
  { fr: "Le journal des échanges a commencé une nouvelle époque", en: "The message log began a new epoch" },
);

/** The tree's name, given once and again with each epoch: a later change of address does not make it another tree. */
const firstOrigin = (ctx: Pick<Context, "config" | "country">): string =>
  `${new URL(ctx.config.origin).host}/${ctx.country.code}/exchange`.replace(/[\s+]/g, "-");

export async function originOf(ctx: Context): Promise<string> {
  const last = (await epochs(ctx.db)).at(-1);
  return last?.origin ?? (await latestHead(ctx.db))?.origin ?? firstOrigin(ctx);
}

/** Root of the tree's first `size` leaves; undefined when it has not so many. */
export async function rootAt(ctx: Context, size: number): Promise<Buffer | undefined> {
  const head = await latestHead(ctx.db);
  if (!head || size < 1 || size > head.size) return undefined;
  const ranges = [[0, size]] as const;
  const [root] = proofFrom(await tilesAt(ctx.db, tilesFor(ranges)), head.size, ranges);
  return root && Buffer.from(root);
}

const memory = perProgram(() => ({ since: performance.now(), compared: false }));
/** Milliseconds after a start in which a gateway asks the centre before it seals; longer away, it seals on. */
const askFirst = 60_000;

/** A restored copy waits however long; any other start for a moment only. */
export async function mayNotSeal(j: JobContext): Promise<boolean> {
  if (j.config.role !== "gateway") return false;
  const held = await j.transaction(({ db }) => heldSince(db), { readOnly: true });
  j.metric.gauge("exchange_seal_held", held ? 1 : 0);
  if (held) return true;
  const m = memory(j);
  return !m.compared && performance.now() - m.since < askFirst;
}

/** What the centre has seen of this log under that name, held against what is here. `undefined`: it has seen nothing. */
export async function compare(j: JobContext, name: string, seen: Seen | undefined): Promise<EpochCause | undefined> {
  const why = await j.transaction(async (ctx): Promise<EpochCause | undefined> => {
    const fault = seen && (await faultOf(ctx, seen));
    if (!fault) {
      if (await heldSince(ctx.db)) await releaseSeals(ctx.db);
      return undefined;
    }
    await stopSealer(ctx.db);
    // what was being sealed is sealed, and another server may have begun the epoch: looked at again, alone
    const still = (await originOf(ctx)) === name ? await faultOf(ctx, seen) : undefined;
    if (still) await begin(ctx, still, seen.size);
    return still;
  });
  memory(j).compared = true;
  if (why)
    j.log.error(
      { why, seen: seen?.size },
      "the message log was put back: it goes on under another name, what came after the copy is not here",
    );
  return why;
}

async function faultOf(ctx: Context, seen: Seen): Promise<EpochCause | undefined> {
  const size = (await latestHead(ctx.db))?.size ?? 0;
  if (seen.size > size) return "put-back";
  return (await rootAt(ctx, seen.size))?.equals(seen.root) ? undefined : "contradicted";
}

/** In the caller's transaction. */
export async function begin(ctx: Context, why: EpochCause, seen: number | null): Promise<string> {
  const known = await epochs(ctx.db);
  const base = (await originOf(ctx)).replace(/\/epoch-\d+-[0-9a-f]{8}$/, "");
  // two copies put back side by side must not choose one name
  const origin = `${base}/epoch-${known.length + 2}-${ctx.ids.uuid().slice(0, 8)}`;
  const size = (await latestHead(ctx.db))?.size ?? 0;
  await putEpoch(ctx.db, { origin, at: ctx.clock.now(), size, seen, why });
  await releaseSeals(ctx.db);
  await ctx.record(epochBegun, "exchange-log", { origin, size, why, ...(seen === null ? {} : { seen }) });
  return origin;
}

/** Without the centre's word: safe, for a new name contradicts nothing. */
export const beginByHand = (j: JobContext): Promise<string> =>
  j.transaction(async (ctx) => {
    await stopSealer(ctx.db);
    return begin(ctx, "by-hand", null);
  });
