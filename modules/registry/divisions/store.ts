import { sql, type Context, type Text } from "#kernel";
import type { Competence } from "./rules.ts";

export interface Division {
  id: string;
  level: string;
  name: Text;
  formerNames: { name: Text; until: string }[];
  status: string | null;
  capital: string | null;
  from: string | null;
  until: string | null;
  successors: string[];
  lon: number | null;
  lat: number | null;
  basis: string | null;
  source: string | null;
}

const columns = sql`d.id, d.level, d.name, d.former_names as "formerNames", d.status, d.capital, d.valid_from as "from",
  d.valid_until as until, d.successors, d.lon, d.lat, d.basis, d.source`;

export function divisionById(ctx: Context, id: string): Promise<Division | undefined> {
  return ctx.db.maybe<Division>(sql`select ${columns} from registry.division d where d.id = ${id}`);
}

export function divisionList(
  ctx: Context,
  q: { level?: string | undefined; parent?: string | undefined; ids?: readonly string[] | undefined; on: string; always?: boolean },
): Promise<Division[]> {
  return ctx.db.rows<Division>(sql`
    select ${columns} from registry.division d where true
    ${q.level ? sql`and d.level = ${q.level}` : sql``}
    ${q.ids ? sql`and d.id = any(${q.ids})` : sql``}
    ${
      q.parent
        ? sql`and exists (select from registry.division_parent p where p.division = d.id and p.parent = ${q.parent}
                and (p.valid_from is null or p.valid_from <= ${q.on}) and (p.valid_until is null or ${q.on} <= p.valid_until))`
        : sql``
    }
    ${q.always ? sql`` : sql`and (d.valid_from is null or d.valid_from <= ${q.on}) and (d.valid_until is null or ${q.on} <= d.valid_until)`}
    order by d.id`);
}

/** The division itself, then its parents on that day, up to the country. */
export async function chain(ctx: Context, id: string, day: string): Promise<{ id: string; level: string; name: Text }[]> {
  return ctx.db.rows(sql`
    with recursive up(id, depth) as (
      select ${id}::text, 0
      union all
      select p.parent, up.depth + 1 from up join registry.division_parent p on p.division = up.id
      where (p.valid_from is null or p.valid_from <= ${day}) and (p.valid_until is null or ${day} <= p.valid_until) and up.depth < 10
    )
    select d.id, d.level, d.name from up join registry.division d on d.id = up.id order by up.depth, d.id`);
}

export function competencesOf(ctx: Context, kind: string, divisions: readonly string[]): Promise<Competence[]> {
  return ctx.db.rows<Competence>(sql`
    select division, institution, valid_from as "from", valid_until as until
    from registry.competence where kind = ${kind} and division = any(${divisions})`);
}
