/**
 * Keeps things outside as they are desired: desired, observed, a pure plan, one step, written down. Level-triggered: what
 * wakes it does not matter, the rows are the truth. Leases with fencing tokens in PostgreSQL; pg-boss only wakes it.
 */
import { T } from "../contract.ts";
import type { Context } from "../context.ts";
import { job } from "../declare.ts";
import { sweep, work, type Sweep, type Work } from "../define.ts";
import { actorOf, canonical } from "../facts.ts";
import { sql } from "../sql.ts";
import { problem } from "../problem.ts";
import * as journal from "./journal.ts";
import { allowed, type Command } from "./rules.ts";
import { turn, turnBack } from "./turn.ts";
import type { JournalEntry, Operation, Reconciled, Standing } from "./types.ts";

export * from "./types.ts";
export { allowed as operationCommands, type Command as OperationCommand } from "./rules.ts";

export const operationUnknown = problem("kernel.operation-unknown", 404, {
  fr: "Cette opération n’existe pas.",
  en: "There is no such operation.",
});
export const operationState = problem("kernel.operation-state", 409, {
  fr: "L’opération n’est pas dans un état qui le permet.",
  en: "The operation is not in a state that allows this.",
});
export const operationFollowed = problem("kernel.operation-followed", 409, {
  fr: "Autre chose a été demandé depuis\u202f: annulez d’abord la demande la plus récente.",
  en: "Something else has been asked for since: undo the latest request first.",
});

export interface Reconciler<D, S> {
  /** For the module's `jobs` and `sweeps`. */
  work: Work;
  sweep: Sweep;
  /** What the key shall be from now on (null: gone). Undefined when it is desired already and nothing else waits. */
  request(ctx: Context, key: string, desired: D | null, o: { label: string; ref?: string }): Promise<string | undefined>;
  /** retry, rollBack, giveUp (FAILED_TEMP); cancel (before its end); undo (COMPLETED): answers the id of the operation that goes on. */
  command(ctx: Context, id: string, command: Command): Promise<string>;
  operation(ctx: Context, id: string): Promise<Operation<D> | undefined>;
  operations(ctx: Context, q?: { key?: string; ref?: string; states?: readonly string[]; limit?: number }): Promise<Operation<D>[]>;
  journal(ctx: Context, id: string): Promise<JournalEntry<S>[]>;
  standings(ctx: Context, keys?: readonly string[]): Promise<Standing[]>;
  /** Something was heard: look at once. */
  wake(ctx: Context, key: string): Promise<void>;
}

export function reconciler<D, O, S extends object>(r: Reconciled<D, O, S>): Reconciler<D, S> {
  const woken = job(r.kind, T.Object({ key: T.String() }), { expire: 300 });

  async function ask(ctx: Context, key: string, desired: D | null, cause: "change" | "undo", o: { label: string; ref?: string }) {
    await journal.ensureKey(ctx, r.kind, key);
    const id = await journal.insertOperation(ctx, { kind: r.kind, key, cause, desired, askedBy: actorOf(ctx.caller), ...o });
    await ctx.enqueue(woken, { key });
    return id;
  }

  return {
    work: work(woken, async (j, { key }) => void (await turn(r, j, key)), { concurrency: 4 }),
    // whatever is due: woken ones whose job was lost, back-offs, keys of a killed controller, the slow look at everything
    sweep: sweep(r.kind, { seconds: 2 }, async (j) => {
      const line = async () => {
        for (let n = 0; n < 500 && !j.signal.aborted && (await turn(r, j, null)); n++);
      };
      await Promise.all([line(), line(), line(), line()]);
    }),
    async request(ctx, key, desired, o) {
      const now = await ctx.db.maybe<{ desired: D | null; open: number }>(sql`
        select desired, (select count(*)::int from kernel.operation o where o.kind = r.kind and o.key = r.key
          and o.state in ('STARTING', 'PROCESSING', 'FAILED_TEMP', 'ROLLING_BACK') and o.cause <> 'drift') as open
        from kernel.reconciled r where kind = ${r.kind} and key = ${key} for update`);
      if (now && now.open === 0 && canonical(now.desired) === canonical(desired)) return undefined;
      if (!now && desired === null) return undefined;
      // what people took back, or gave up, is not done again because somebody looks again: only when something else is wanted
      const given = await journal.givenUp<D>(ctx, r.kind, key);
      if (given && canonical(given.desired) === canonical(desired)) return undefined;
      return ask(ctx, key, desired, "change", o);
    },
    async command(ctx, id, command) {
      // the key first, then the operation: in the order in which a turn takes them
      const found = await journal.operation<D>(ctx, id);
      if (!found || found.kind !== r.kind) throw operationUnknown();
      await ctx.db.run(sql`select 1 from kernel.reconciled where kind = ${r.kind} and key = ${found.key} for update`);
      const op = (await journal.operation<D>(ctx, id, true))!;
      if (!allowed(op).includes(command)) throw operationState({ detail: { fr: op.state, en: op.state } });
      if (command === "undo") {
        if (await journal.followed(ctx, op)) throw operationFollowed();
        return ask(ctx, op.key, op.previous, "undo", { label: op.label, ...(op.ref ? { ref: op.ref } : {}) });
      }
      if (command === "retry") await journal.setState(ctx, op, op.back ? "ROLLING_BACK" : "PROCESSING");
      if (command === "rollBack") {
        const lease = await ctx.db.one<journal.Lease<D>>(sql`
          select key, generation::float8 as generation, fence::text as fence, desired, status, attempts from kernel.reconciled where kind = ${r.kind} and key = ${op.key}`);
        await turnBack(ctx, op, lease, op.problem);
      }
      if (command === "giveUp") {
        await journal.setState(ctx, op, "FAILED", op.problem);
        await ctx.db.run(sql`update kernel.reconciled set status = 'held' where kind = ${r.kind} and key = ${op.key}`);
        await r.ended?.(ctx, { ...op, state: "FAILED" });
      }
      if (command === "cancel" && op.state === "STARTING") await journal.setState(ctx, op, "ROLLED_BACK");
      else if (command === "cancel") await ctx.db.run(sql`update kernel.operation set stop = true where id = ${id}`);
      await journal.ensureKey(ctx, r.kind, op.key);
      await ctx.enqueue(woken, { key: op.key });
      return id;
    },
    operation: (ctx, id) => journal.operation(ctx, id),
    operations: (ctx, q = {}) => journal.operations(ctx, { kind: r.kind, ...q }),
    journal: (ctx, id) => journal.entries(ctx, id),
    standings: (ctx, keys) => journal.standings(ctx, r.kind, keys),
    async wake(ctx, key) {
      await ctx.db.run(sql`
        update kernel.reconciled set next_at = ${ctx.clock.now()} where kind = ${r.kind} and key = ${key} and next_at > ${ctx.clock.now()}`);
      await ctx.enqueue(woken, { key });
    },
  };
}
