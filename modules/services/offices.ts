/** Names and territory from the registry. Names change a few times a year: kept ten minutes. */
import { competent, divisions, institution } from "#registry";
import { type Context, say, type Text } from "#kernel";
import type { Answers } from "./cases/store.ts";
import type { Procedure, Provider } from "./catalogue/procedure.ts";
import { holds } from "./forms/expression.ts";

interface Known {
  until: number;
  institutions: Map<string, { name: Text; kind: string } | undefined>;
  divisions?: Map<string, { name: Text; level: string }>;
  /** Who is competent, by day, kind and division. */
  competent: Map<string, string | undefined>;
}
const kept = new WeakMap<object, Known>();

function memory(ctx: Context): Known {
  const now = ctx.clock.now().getTime();
  let known = kept.get(ctx.country);
  if (!known || known.until < now) kept.set(ctx.country, (known = { until: now + 600_000, institutions: new Map(), competent: new Map() }));
  return known;
}

async function office(ctx: Context, id: string): Promise<{ name: Text; kind: string } | undefined> {
  const { institutions } = memory(ctx);
  if (!institutions.has(id)) {
    const found = await institution(ctx, id);
    institutions.set(id, found ? { name: found.name, kind: found.kind } : undefined);
  }
  return institutions.get(id);
}

export async function officeName(ctx: Context, id: string): Promise<string> {
  const found = await office(ctx, id);
  return found ? ctx.say(found.name) : id;
}

/** The name in French: what certificates and acts bear. */
export async function officeNameFr(ctx: Context, id: string): Promise<string> {
  return (await office(ctx, id))?.name.fr ?? id;
}

export async function officeWords(ctx: Context, id: string): Promise<Text> {
  return (await office(ctx, id))?.name ?? { fr: id, en: id };
}

export async function officeKind(ctx: Context, id: string): Promise<string | undefined> {
  return (await office(ctx, id))?.kind;
}

/** Every division by id; about a thousand, loaded once. */
export async function allDivisions(ctx: Context): Promise<ReadonlyMap<string, { name: Text; level: string }>> {
  const known = memory(ctx);
  known.divisions ??= new Map((await divisions(ctx, { always: true })).map((d) => [d.id, { name: d.name, level: d.level }]));
  return known.divisions;
}

export async function divisionName(ctx: Context, id: string): Promise<string> {
  const found = (await allDivisions(ctx)).get(id);
  return found ? say(found.name, ctx.lang) : id;
}

async function competentFor(ctx: Context, kind: string, division: string): Promise<string | undefined> {
  const known = memory(ctx).competent;
  const key = `${ctx.clock.today()} ${kind} ${division}`;
  if (!known.has(key)) known.set(key, (await competent(ctx, { kind, division }))?.id);
  return known.get(key);
}

/** The institution the law makes competent, from what is known of the person. */
export async function decidingOffice(ctx: Context, procedure: Procedure, values: Answers): Promise<string | undefined> {
  const { authority } = procedure;
  if (authority.institution !== undefined) return authority.institution;
  if (authority.kind === undefined || authority.division === undefined) return undefined;
  const abroad = authority.abroad && holds(authority.abroad.when, values) ? authority.abroad.division : undefined;
  const division = abroad ?? values[authority.division];
  if (typeof division !== "string") return undefined;
  return competentFor(ctx, authority.kind, division);
}

/** Who answers a question: named, competent for a division, or the deciding office itself. */
export async function providerOf(
  ctx: Context,
  provider: Provider,
  values: Answers,
  deciding: string | undefined,
): Promise<string | undefined> {
  if ("institution" in provider) return provider.institution;
  if ("competent" in provider) return deciding;
  const division = values[provider.division];
  if (typeof division !== "string") return undefined;
  return competentFor(ctx, provider.kind, division);
}
