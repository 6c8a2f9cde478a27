import { say, type Context, type InputOf, type OutputOf } from "#kernel";
import { conflict, notFound } from "#kernel";
import { chain, divisionById } from "../divisions/store.ts";
import { countsByBasis } from "../doors.ts";
import { institutionChanged } from "../facts.ts";
import { importRefused, institutionUnknown, notYours } from "../problems.ts";
import { demoPeople, outline } from "../pack.ts";
import { roleById } from "../roles.ts";
import { isWithin } from "../import/rules.ts";
import type * as api from "./contracts.ts";
import { fold, searchWords } from "./fold.ts";
import * as store from "./store.ts";

const line = (ctx: Context, i: store.InstitutionRow) => ({
  id: i.id,
  code: `${ctx.country.instance}/${i.class}/${i.code}`,
  kind: i.kind,
  name: say(i.name, ctx.lang),
  ...(i.acronym ? { acronym: i.acronym } : {}),
  division: i.division,
  basis: i.basis,
});

export async function searchInstitutions(
  ctx: Context,
  q: InputOf<typeof api.searchInstitutions>,
): Promise<OutputOf<typeof api.searchInstitutions>> {
  const limit = q.limit ?? 50;
  const words = q.q ? fold(q.q).split(" ").filter(Boolean).slice(0, 10) : undefined;
  const filter = { kind: q.kind, division: q.division, basis: q.basis, words };
  const rows = await store.institutionList(ctx, { ...filter, after: q.after, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    institutions: page.map((i) => line(ctx, i)),
    total: await store.institutionCount(ctx, filter),
    ...(rows.length > limit && last ? { next: last.id } : {}),
  };
}

export async function readInstitution(ctx: Context, q: InputOf<typeof api.readInstitution>): Promise<OutputOf<typeof api.readInstitution>> {
  const found = await store.institutionById(ctx, q.id);
  if (!found) throw institutionUnknown();
  const parent = found.parent ? await store.institutionById(ctx, found.parent) : undefined;
  const ground = await store.groundOf(ctx, found);
  const within = await chain(ctx, found.division, ctx.clock.today());
  return {
    ...line(ctx, found),
    state: found.state,
    version: found.version,
    ...(parent ? { parent: { id: parent.id, name: say(parent.name, ctx.lang) } } : {}),
    within: within.map((d) => ({ id: d.id, level: d.level, name: say(d.name, ctx.lang) })),
    ground: {
      ...(ground?.title ? { source: ground.title } : {}),
      ...(ground?.date ? { date: ground.date } : {}),
      ...(ground?.reliability ? { reliability: ground.reliability } : {}),
      ...(ground?.rule ? { rule: say(ground.rule, ctx.lang) } : {}),
    },
    sites: found.sites.map((s) => ({
      id: s.id,
      name: say(s.name, ctx.lang),
      ...(s.lon !== null && s.lat !== null ? { point: [s.lon, s.lat] as [number, number] } : {}),
      ...(s.located ? { located: s.located } : {}),
    })),
    offices: (await store.officesOf(ctx, found.id)).map((o) => ({ id: o.id, kind: o.kind, name: say(o.name, ctx.lang) })),
  };
}

export async function listDemoPeople(ctx: Context): Promise<OutputOf<typeof api.listDemoPeople>> {
  if (!ctx.config.demo) throw notFound();
  const people = [];
  for (const p of ctx.country.get(demoPeople)) {
    const role = p.role ? roleById(ctx, p.role) : undefined;
    const where = p.institution ? await store.institutionById(ctx, p.institution) : undefined;
    people.push({
      id: p.id,
      kind: p.kind,
      name: [p.name.given, p.name.family].filter(Boolean).join(" "),
      introduction: say(p.introduction, ctx.lang),
      ...(p.phone ? { phone: p.phone } : {}),
      ...(p.login ? { login: p.login } : {}),
      ...(role ? { role: say(role.name, ctx.lang) } : {}),
      ...(where ? { institution: say(where.name, ctx.lang) } : {}),
    });
  }
  return { people, counts: await countsByBasis(ctx) };
}

export async function countInstitutions(ctx: Context): Promise<OutputOf<typeof api.countInstitutions>> {
  const counts = await countsByBasis(ctx);
  return {
    ...counts,
    total: counts.sourced + counts.derived + counts.illustrative,
    kinds: (await store.countsByKind(ctx)).map((k) => ({ kind: k.kind, count: k.n })),
  };
}

export async function mapInstitutions(ctx: Context, q: InputOf<typeof api.mapInstitutions>): Promise<OutputOf<typeof api.mapInstitutions>> {
  const rows = await store.points(ctx);
  return {
    institutions: rows
      .filter((r) => !q.kind || r.kind === q.kind)
      .map((r) => ({
        id: r.id,
        name: say(r.name, ctx.lang),
        kind: r.kind,
        basis: r.basis as "sourced",
        point: [r.lon, r.lat],
        located: r.located,
      })),
  };
}

export async function readOutline(ctx: Context): Promise<OutputOf<typeof api.readOutline>> {
  return { topology: ctx.country.get(outline) };
}

/** Whoever keeps one institution's entry keeps that one only. */
function mayTouch(ctx: Context, id: string): void {
  if (ctx.caller.kind !== "official") return;
  if (!ctx.caller.permissions.has("registry.edit-institutions") && ctx.caller.institution !== id) throw notYours();
}

export async function editInstitution(ctx: Context, q: InputOf<typeof api.editInstitution>): Promise<OutputOf<typeof api.editInstitution>> {
  mayTouch(ctx, q.id);
  const before = await store.institutionById(ctx, q.id);
  if (!before) throw institutionUnknown();
  if (before.version !== q.version) throw conflict();
  const box = ctx.country.get(outline).bbox;
  if (q.point && box && !isWithin(q.point, box))
    throw importRefused({
      fields: [{ path: "point", message: { fr: "Ce point est hors du pays.", en: "This point lies outside the country." } }],
    });
  const change: store.Change = { ...(q.name ? { name: q.name } : {}), ...(q.acronym !== undefined ? { acronym: q.acronym || null } : {}) };
  const town = await divisionById(ctx, before.division);
  const name = change.name ?? before.name;
  const words = searchWords([name.fr, name.en, change.acronym ?? before.acronym ?? undefined, before.code, town?.name.fr]);
  const actor = "account" in ctx.caller ? ctx.caller.account : "system";
  const version = await store.changeInstitution(ctx, before, change, words, actor);
  if (version === undefined) throw conflict();
  const [site] = before.sites;
  if (q.point && site) await store.moveSite(ctx, site.id, { lon: q.point[0], lat: q.point[1], located: "surveyed" });
  const fields = [...Object.keys(change), ...(q.point ? ["point"] : [])];
  await ctx.record(institutionChanged, `institution:${q.id}`, { institution: q.id, fields });
  return { id: q.id, version };
}

export async function readHistory(ctx: Context, q: InputOf<typeof api.readHistory>): Promise<OutputOf<typeof api.readHistory>> {
  mayTouch(ctx, q.id);
  if (!(await store.institutionById(ctx, q.id))) throw institutionUnknown();
  const rows = await store.historyOf(ctx, q.id);
  return { changes: rows.map((r) => ({ at: r.at.toISOString(), actor: r.actor, before: r.before, after: r.after })) };
}
