import type { Context, InputOf, OutputOf } from "#kernel";
import { divisionList } from "../divisions/store.ts";
import { institutionAdded } from "../facts.ts";
import type { importInstitutions as contract } from "../institutions/contracts.ts";
import { searchWords } from "../institutions/fold.ts";
import { institutionList } from "../institutions/store.ts";
import * as load from "../load/store.ts";
import { outline } from "../pack.ts";
import { importRefused } from "../problems.ts";
import { readImport } from "./rules.ts";

const mostLines = 5000;
const mostFaults = 100;

/** All lines or none: one fault anywhere and nothing is written. */
export async function importInstitutions(ctx: Context, q: InputOf<typeof contract>): Promise<OutputOf<typeof contract>> {
  await load.lockLoading(ctx);
  const divisions = await divisionList(ctx, { on: ctx.clock.today(), always: true });
  const present = await institutionList(ctx, { closed: true });
  const { entries, faults } = readImport(q.format, q.text, {
    institutions: new Set(present.map((i) => i.id)),
    members: new Set(present.map((i) => `${i.class}/${i.code}`)),
    divisions: new Set(divisions.map((d) => d.id)),
    box: ctx.country.get(outline).bbox,
  });
  if (entries.length > mostLines)
    faults.unshift({
      line: mostLines + 1,
      column: "",
      message: { fr: `Au plus ${mostLines} lignes à la fois.`, en: `At most ${mostLines} lines at once.` },
    });
  if (entries.length === 0 && faults.length === 0)
    faults.push({ line: 1, column: "", message: { fr: "Aucune ligne à importer.", en: "No line to import." } });
  if (faults.length)
    throw importRefused({
      fields: faults.slice(0, mostFaults).map((f) => ({ path: `line ${f.line}${f.column ? `.${f.column}` : ""}`, message: f.message })),
    });
  const ids = entries.map((e) => e.id);
  if (q.check) return { lines: entries.length, added: 0, ids };

  const towns = new Map(divisions.map((d) => [d.id, d.name.fr]));
  const sources = new Map<string, string>();
  for (const e of entries) {
    if (!e.source) continue;
    const key = `${e.source.title}\n${e.source.date ?? ""}`;
    if (sources.has(key)) continue;
    const id = `local-${ctx.ids.uuid()}`;
    sources.set(key, id);
    await load.addSource(ctx, { id, title: e.source.title, date: e.source.date ?? null, reliability: "C" });
  }
  await load.addInstitutions(
    ctx,
    entries.map((e) => ({
      ...e,
      source: e.source ? sources.get(`${e.source.title}\n${e.source.date ?? ""}`) : null,
      words: searchWords([e.name.fr, e.name.en, e.code, towns.get(e.division)]),
    })),
    "local",
  );
  await load.mergeSites(
    ctx,
    entries.map((e) => ({
      id: `${e.id}-site`,
      name: e.name,
      division: e.division,
      lon: e.point?.[0],
      lat: e.point?.[1],
      located: e.point ? "published" : null,
    })),
    "local",
  );
  await load.linkSites(
    ctx,
    entries.map((e) => ({ institution: e.id, site: `${e.id}-site` })),
    false,
  );
  for (const id of ids) await ctx.record(institutionAdded, `institution:${id}`, { institution: id });
  return { lines: entries.length, added: entries.length, ids };
}
