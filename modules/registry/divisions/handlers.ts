import { say, type Context, type InputOf, type OutputOf } from "#kernel";
import { divisionUnknown } from "../problems.ts";
import { institutionById } from "../institutions/store.ts";
import { competentInstitution } from "./competent.ts";
import type * as api from "./contracts.ts";
import { dayWithin } from "./rules.ts";
import { chain, divisionById, divisionList, type Division } from "./store.ts";

type View = OutputOf<typeof api.readDivision>["division"];

function view(ctx: Context, d: Division): View {
  return {
    id: d.id,
    level: d.level,
    name: say(d.name, ctx.lang),
    ...(d.from ? { from: d.from } : {}),
    ...(d.until ? { until: d.until } : {}),
    formerNames: d.formerNames.map((f) => ({ name: say(f.name, ctx.lang), until: f.until })),
    ...(d.capital ? { capital: d.capital } : {}),
    successors: d.successors,
    ...(d.lon !== null && d.lat !== null ? { point: [d.lon, d.lat] as [number, number] } : {}),
  };
}

export async function listDivisions(ctx: Context, q: InputOf<typeof api.listDivisions>): Promise<OutputOf<typeof api.listDivisions>> {
  const rows = await divisionList(ctx, { level: q.level, parent: q.parent, on: q.on ?? ctx.clock.today(), always: q.always ?? false });
  return { divisions: rows.map((d) => view(ctx, d)) };
}

export async function readDivision(ctx: Context, q: InputOf<typeof api.readDivision>): Promise<OutputOf<typeof api.readDivision>> {
  const found = await divisionById(ctx, q.id);
  if (!found) throw divisionUnknown();
  const day = q.on ?? ctx.clock.today();
  const up = await chain(ctx, q.id, dayWithin(found, day));
  const competent = [];
  for (const kind of ["court", "civil-registry"]) {
    const id = await competentInstitution(ctx, kind, q.id, day);
    const name = id && (await institutionById(ctx, id))?.name;
    if (id && name) competent.push({ kind, institution: id, name: say(name, ctx.lang) });
  }
  return {
    division: view(ctx, found),
    within: up.filter((d) => d.id !== q.id).map((d) => ({ id: d.id, level: d.level, name: say(d.name, ctx.lang) })),
    competent,
  };
}

export async function findCompetent(ctx: Context, q: InputOf<typeof api.findCompetent>): Promise<OutputOf<typeof api.findCompetent>> {
  if (!(await divisionById(ctx, q.division))) throw divisionUnknown();
  const id = await competentInstitution(ctx, q.kind, q.division, q.on ?? ctx.clock.today());
  const found = id === undefined ? undefined : await institutionById(ctx, id);
  return found ? { institution: found.id, name: say(found.name, ctx.lang) } : {};
}
