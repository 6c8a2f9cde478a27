import { type Context, say } from "#kernel";
import { letterhead } from "#documents";
import { institution, institutions } from "#registry";
import { legalStatus } from "#trust";
import { viewWorld } from "../cases/world.ts";
import type { Procedure } from "../catalogue/procedure.ts";
import { allDivisions, divisionName, officeNameFr } from "../offices.ts";
import type { Office, Setting } from "./compose.ts";

const summit = new Set(["presidency", "government"]);

/** Ministry above, office below: at most five steps, so that a circle in the data ends. */
export async function officeOf(ctx: Context, id: string): Promise<Office & { hierarchy: string[] }> {
  const self = await institution(ctx, id);
  const hierarchy: string[] = [];
  let at = self;
  // a letterhead begins at the ministry: what stands above is the State, named already
  for (let i = 0; at && i < 5 && !summit.has(at.kind); i++) {
    hierarchy.unshift(at.name.fr);
    at = at.parent ? await institution(ctx, at.parent) : undefined;
  }
  return {
    id,
    name: self?.name.fr ?? id,
    town: self ? await divisionName(ctx, self.division) : "",
    hierarchy: hierarchy.length > 0 ? hierarchy : [await officeNameFr(ctx, id)],
  };
}

/** Looked up in French, the language of acts, whatever language the reader of a preview speaks. */
export async function settingOf(asked: Context, procedure: Procedure, office: string): Promise<Setting> {
  const ctx: Context = { ...asked, lang: "fr", say: (text) => say(text, "fr") };
  const { hierarchy, ...at } = await officeOf(ctx, office);
  const divisions = await allDivisions(ctx);
  const status = await legalStatus(ctx, office);
  const texts = procedure.output.legal.flatMap((id) => procedure.legalBasis.filter((l) => l.id === id).map((l) => l.text.fr));
  const offices = new Map((await institutions(ctx, { kind: (await institution(ctx, office))?.kind ?? "" })).map((i) => [i.id, i.name.fr]));
  return {
    letterhead: letterhead(ctx.country, "fr", hierarchy),
    currency: ctx.country.currency.code,
    origin: ctx.config.origin,
    demo: ctx.config.demo,
    office: at,
    today: ctx.clock.today(),
    legal: [status.text.fr, ...texts],
    world: await viewWorld(ctx, procedure),
    placeOf: (value) => offices.get(value) ?? divisions.get(value)?.name.fr ?? value,
  };
}
