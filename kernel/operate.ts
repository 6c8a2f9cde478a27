import * as api from "./api.ts";
import type { Context } from "./context.ts";
import type { Fact } from "./declare.ts";
import { defineModule, implement, sweep, type Module } from "./define.ts";
import { ledgerBacklog } from "./facts.ts";
import { sql } from "./sql.ts";
import { say } from "./words.ts";

/** What the running program knows about itself; filled by the kernel. */
export interface Pulse {
  startedAt: Date;
  facts: Map<string, Fact>;
  sweeps: Map<string, { name: string; everySeconds: number; lastRunAt: string | null; tookMs: number; error: string | null }>;
}

const version = "0.1.0";

/** Answers kept for repeats are kept two days: longer than any client retries, shorter than personal data should lie about. */
const forgetAnswers = sweep("kernel.forget-answers", { seconds: 3600 }, async (j) => {
  const before = new Date(j.clock.now().getTime() - 2 * 86_400_000);
  await j.transaction((ctx) => ctx.db.run(sql`delete from kernel.answer where at < ${before}`));
});

/** The kernel's own contracts, so that the console asks like everyone else. */
export function operations(pulse: Pulse): Module {
  return defineModule({
    name: "kernel",
    floor: 0,
    permissions: [api.operate, api.searchFactsPermission],
    sweeps: [forgetAnswers],
    handlers: implement(api, {
      readHealth: async (ctx) => ({
        version,
        demo: ctx.config.demo,
        country: ctx.country.code,
        database: await ctx.db.one(sql`
          select split_part(version(), ' ', 2) as version, pg_database_size(current_database())::float8 as "sizeBytes",
            (select count(*)::int from pg_stat_activity where datname = current_database()) as connections,
            (select count(*)::int from kernel.migration) as migrations`),
        ...(await jobs(ctx)),
        sweeps: [...pulse.sweeps.values()],
        ledger: await ledger(ctx),
        process: { startedAt: pulse.startedAt.toISOString(), role: ctx.config.role, memoryBytes: process.memoryUsage.rss() },
      }),
      searchFacts: async (ctx, input) => ({
        facts: (
          await ctx.db.rows<{
            id: string;
            seq: string;
            type: string;
            at: Date;
            actor: string;
            institution: string | null;
            subject: string;
            index: number | null;
          }>(sql`
            select f.id, f.seq::text as seq, f.type, f.at, f.actor, f.institution, f.subject, l.index::float8 as index
            from kernel.fact f left join kernel.leaf l on l.fact = f.id
            where true ${input.type ? sql`and f.type = ${input.type}` : sql``} ${input.subject ? sql`and f.subject = ${input.subject}` : sql``}
              ${input.institution ? sql`and f.institution = ${input.institution}` : sql``} ${input.before ? sql`and f.seq < ${input.before}` : sql``}
            order by f.seq desc limit 50`)
        ).map((f) => ({ ...f, at: f.at.toISOString(), title: title(pulse, f.type, ctx.lang) })),
        types: [...pulse.facts.values()].map((f) => ({ type: f.type, title: say(f.title, ctx.lang) })),
      }),
    }),
  });
}

function title(pulse: Pulse, type: string, lang: string): string {
  const known = pulse.facts.get(type);
  return known ? say(known.title, lang) : type;
}

async function jobs(ctx: Context) {
  const rows = await ctx.db.rows<{ name: string; waiting: number; active: number; failed: number; oldest: Date | null }>(sql`
    select name, count(*) filter (where state in ('created','retry'))::int as waiting, count(*) filter (where state = 'active')::int as active,
      count(*) filter (where state = 'failed')::int as failed, min(created_on) filter (where state in ('created','retry')) as oldest
    from pgboss.job group by name order by name`);
  const failing = await ctx.db.rows<{ name: string; at: Date; attempt: number; output: { message?: string } | null }>(sql`
    select name, coalesce(completed_on, started_on, created_on) as at, retry_count + 1 as attempt, output
    from pgboss.job where state = 'failed' or (state = 'retry' and retry_count > 1) order by at desc limit 20`);
  const now = ctx.clock.now().getTime();
  return {
    jobs: rows.map((r) => ({
      name: r.name.replaceAll("/", "."),
      waiting: r.waiting,
      active: r.active,
      failed: r.failed,
      oldestSeconds: r.oldest ? Math.max(0, (now - r.oldest.getTime()) / 1000) : null,
    })),
    failing: failing.map((f) => ({
      job: f.name.replaceAll("/", "."),
      at: f.at.toISOString(),
      attempt: f.attempt,
      message: (f.output?.message ?? "").slice(0, 300),
    })),
  };
}

async function ledger(ctx: Context) {
  const { waiting, oldest } = await ledgerBacklog(ctx);
  const { sealed } = await ctx.db.one<{ sealed: number }>(sql`select coalesce(max(index) + 1, 0)::float8 as sealed from kernel.leaf`);
  const oldestWaitingSeconds = oldest ? Math.max(0, (ctx.clock.now().getTime() - oldest.getTime()) / 1000) : null;
  return { facts: sealed + waiting, sealed, waiting, oldestWaitingSeconds };
}
