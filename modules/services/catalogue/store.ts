import { sql, type Context } from "#kernel";
import type { Procedure } from "./procedure.ts";

export function storedDefinition(
  ctx: Context,
  slug: string,
  version: number,
): Promise<{ digest: string; definition: Procedure } | undefined> {
  return ctx.db.maybe(sql`select digest, definition from services.definition where slug = ${slug} and version = ${version}`);
}

export async function keepDefinition(
  ctx: Context,
  d: { slug: string; version: number; digest: string; definition: Procedure },
): Promise<void> {
  await ctx.db.run(sql`
    insert into services.definition (slug, version, digest, definition, loaded_at)
    values (${d.slug}, ${d.version}, ${d.digest}, ${JSON.stringify(d.definition)}::jsonb, ${ctx.clock.now()})
    on conflict (slug, version) do update set digest = excluded.digest, definition = excluded.definition, loaded_at = excluded.loaded_at`);
}

export interface Figures {
  institution: string;
  procedure: string;
  received: number;
  issued: number;
  refused: number;
  corrections: number;
  medianMinutes: number | null;
  p90Minutes: number | null;
  withinDelay: number | null;
}

export function officeFigures(ctx: Context, procedure: string | undefined, since: Date): Promise<Figures[]> {
  return ctx.db.rows<Figures>(sql`
    select institution, procedure, received, issued, refused, corrections, median_minutes as "medianMinutes", p90_minutes as "p90Minutes",
      within_delay as "withinDelay"
    from services.office_figures(${procedure ?? null}, ${since})`);
}
