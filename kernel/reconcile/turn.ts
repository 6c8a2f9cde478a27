import type { Context, JobContext } from "../context.ts";
import { canonical } from "../facts.ts";
import { sql } from "../sql.ts";
import * as journal from "./journal.ts";
import { afterFailure, backOff } from "./rules.ts";
import { LeaseLost, StepRefused, type Operation, type Reconciled } from "./types.ts";

/** A plan that has not ended after this many steps goes round in circles. */
const mostSteps = 64;

/**
 * One lease of one key: look, plan, one step, write it down, again, until nothing is left. No transaction is open while the
 * outside is spoken to; each one that writes first makes sure that the lease is still ours. False when nothing was due.
 */
export async function turn<D, O, S extends object>(r: Reconciled<D, O, S>, j: JobContext, key: string | null): Promise<boolean> {
  const deadline = r.deadline ?? 20;
  const leaseSeconds = deadline + 5;
  const lease = await j.transaction((ctx) => journal.take<D>(ctx, r.kind, key, leaseSeconds));
  if (!lease) return false;
  try {
    await r.probe?.("leased", lease.key);
    while (!j.signal.aborted && (await once(lease)));
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    j.log.info({ kind: r.kind, key: lease.key }, "another controller holds this key");
  }
  return true;

  async function once(held: journal.Lease<D>): Promise<boolean> {
    const op = await write((ctx) => journal.current<D>(ctx, r.kind, held));
    if (op?.state === "FAILED_TEMP" || (!op && held.status === "held")) {
      await write((ctx) => letGo(ctx, op ? "waiting" : "held", op?.problem ?? null));
      return false;
    }
    if (op?.stop) {
      await write(async (ctx) => {
        await journal.setState(ctx, op, "FAILED_TEMP", "stopped");
        await letGo(ctx, "waiting", "stopped");
      });
      return false;
    }
    const wanted = op ? (op.back ? op.previous : op.desired) : held.desired;
    let running: Operation<D> | undefined = op;
    let phase: "observe" | "apply" = "observe";
    try {
      const observed = await bounded((signal) => r.observe(j, held.key, signal));
      await r.probe?.("observed", held.key);
      const step = r.plan(wanted, observed, held.key)[0];
      if (!step) {
        const more = await write((ctx) => done(ctx, op));
        await r.probe?.("ended", held.key);
        return more;
      }
      const intent = await write(async (ctx) => {
        running ??= await drift(ctx, wanted);
        const last = await journal.lastEntry<S>(ctx, running.id);
        const same = last !== undefined && last.back === running.back && canonical(last.step) === canonical(step);
        if (same && last.receipt !== null && held.attempts === 0) return "done but not seen" as const;
        if ((last?.number ?? 0) >= mostSteps) return "does not come to an end" as const;
        const open = last && last.receipt === null ? last : undefined;
        // what began and is no longer to do was found done, or is not wanted any more
        if (open && !same) await journal.writeReceipt(ctx, running.id, open.number, { found: true });
        return journal.writeIntent(ctx, running, held.fence, step, same ? open : undefined, (last?.number ?? 0) + (same && open ? 0 : 1));
      });
      phase = "apply";
      if (intent === "does not come to an end") throw new StepRefused(intent);
      if (intent === "done but not seen") throw new Error(intent);
      await r.probe?.("intent", held.key);
      const receipt = await bounded((signal, end) =>
        r.apply(j, held.key, step, { idempotencyKey: intent.key, fence: BigInt(held.fence), signal, deadline: end }),
      );
      await r.probe?.("applied", held.key);
      await write(async (ctx) => {
        await journal.writeReceipt(ctx, running!.id, intent.number, receipt);
        await ctx.db.run(sql`update kernel.reconciled set attempts = 0 where kind = ${r.kind} and key = ${held.key}`);
      });
      held.attempts = 0;
      await r.probe?.("receipt", held.key);
      return true;
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      return write((ctx) => failed(ctx, running, error, phase));
    }
  }

  /** A transaction that holds the key's row, and with it the proof that the lease is ours. */
  function write<T>(fn: (ctx: Context) => Promise<T>): Promise<T> {
    return j.transaction(async (ctx) => {
      await journal.hold(ctx, r.kind, lease!, leaseSeconds);
      return fn(ctx);
    });
  }

  async function letGo(ctx: Context, status: "in-step" | "waiting" | "held", problem: string | null): Promise<void> {
    const after = typeof r.resync === "function" ? r.resync(lease!.key) : (r.resync ?? 60);
    await journal.release(ctx, r.kind, lease!, { status, problem, attempts: 0, after, seen: status === "in-step" });
  }

  /** As desired: the operation ends here, and the next one asked for begins without waiting. */
  async function done(ctx: Context, op: Operation<D> | undefined): Promise<boolean> {
    if (op) {
      const last = await journal.lastEntry(ctx, op.id);
      if (last && last.receipt === null) await journal.writeReceipt(ctx, op.id, last.number, { found: true });
      await journal.setState(ctx, op, op.back ? "ROLLED_BACK" : "COMPLETED", op.back ? op.problem : null);
      await r.ended?.(ctx, { ...op, state: op.back ? "ROLLED_BACK" : "COMPLETED" });
    }
    const next = await journal.operations(ctx, { kind: r.kind, key: lease!.key, states: ["STARTING"], limit: 1 });
    if (next.length) return true;
    await letGo(ctx, "in-step", null);
    return false;
  }

  async function drift(ctx: Context, wanted: D | null): Promise<Operation<D>> {
    const id = await journal.insertOperation(ctx, {
      kind: r.kind,
      key: lease!.key,
      cause: "drift",
      desired: wanted,
      label: "drift",
      askedBy: "system",
    });
    await ctx.db.run(sql`update kernel.reconciled set status = 'repairing' where kind = ${r.kind} and key = ${lease!.key}`);
    return (await journal.operation<D>(ctx, id))!;
  }

  async function failed(ctx: Context, op: Operation<D> | undefined, error: unknown, phase: string): Promise<boolean> {
    const problem = (error instanceof Error ? error.message : String(error)).slice(0, 1000);
    j.log.warn({ kind: r.kind, key: lease!.key, phase, attempts: lease!.attempts + 1, problem }, "a step failed");
    const most = r.attempts ?? 5;
    // who cannot be seen is waited for, however long: only steps that were tried count towards asking people
    const away = phase === "observe";
    const attempts = away ? Math.min(lease!.attempts + 1, Math.max(1, most - 1)) : lease!.attempts + 1;
    if (op) await journal.writeProblem(ctx, op.id, problem);
    const next =
      op && !away ? afterFailure(op, { attempts, most, refused: error instanceof StepRefused, onFailure: r.onFailure ?? "wait" }) : "again";
    if (op && next === "ROLLING_BACK") {
      await turnBack(ctx, op, lease!, problem);
      return true;
    }
    if (op && next === "FAILED_TEMP") {
      await journal.setState(ctx, op, "FAILED_TEMP", problem);
      await letGo(ctx, "waiting", problem);
      return false;
    }
    const status = op ? (op.cause === "drift" ? "repairing" : "changing") : "waiting";
    const long = away && lease!.attempts >= most - 1;
    const after = backOff(long ? 20 : Math.min(attempts, 20), (ctx.ids.bytes(1)[0] ?? 0) / 255);
    await journal.release(ctx, r.kind, lease!, { status, problem, attempts: Math.min(attempts, 1000), after });
    return false;
  }

  /** Ends with the deadline even if the far side never answers and does not listen to the signal. */
  async function bounded<T>(fn: (signal: AbortSignal, end: number) => Promise<T>): Promise<T> {
    const limit = AbortSignal.timeout(deadline * 1000);
    const end = j.clock.now().getTime() + deadline * 1000;
    const stop = new Promise<never>((_, no) =>
      limit.addEventListener("abort", () => no(new Error(`no answer in ${deadline} s`)), { once: true }),
    );
    return Promise.race([fn(AbortSignal.any([limit, j.signal]), end), stop]);
  }
}

/** From now on towards what was desired before; the journal goes on with steps back. */
export async function turnBack<D>(ctx: Context, op: Operation<D>, lease: journal.Lease<D>, problem: string | null): Promise<void> {
  await journal.setState(ctx, op, "ROLLING_BACK", problem);
  lease.generation += 1;
  await journal.setDesired(ctx, op.kind, lease, op.previous);
}
