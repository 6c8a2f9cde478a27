/** Which procedures there are, and what each was when a case began. */
import { createHash } from "node:crypto";
import type { Context, Host } from "#kernel";
import { procedureUnknown } from "../problems.ts";
import { lint } from "./lint.ts";
import { entries, type Entry, lifeEvents, type Procedure, procedures, synonyms } from "./procedure.ts";
import { buildIndex, type Index } from "./search.ts";
import { keepDefinition, storedDefinition } from "./store.ts";

type Country = Context["country"];

interface Catalogue {
  bySlug: Map<string, Procedure>;
  /** Offered elsewhere: those no procedure runs here. */
  known: Map<string, Entry>;
  index: Index;
}
const catalogues = new WeakMap<object, Catalogue>();

/** The newest version of each procedure that is in force. */
export function catalogueOf(country: Country): Catalogue {
  let catalogue = catalogues.get(country);
  if (!catalogue) {
    const bySlug = new Map<string, Procedure>();
    for (const p of country.get(procedures)) {
      const other = bySlug.get(p.slug);
      if (!other || other.version < p.version) bySlug.set(p.slug, p);
    }
    const words = Object.assign({}, ...[country.get(synonyms)].flat()) as Record<string, string[]>;
    const others = country.get(entries).filter((e) => !bySlug.has(e.slug) && !bySlug.has(e.procedure ?? ""));
    const index = buildIndex([...bySlug.values()], country.get(lifeEvents), words, others);
    catalogue = { bySlug, known: new Map(others.map((e) => [e.slug, e])), index };
    catalogues.set(country, catalogue);
  }
  return catalogue;
}

export function currentProcedure(ctx: Pick<Context, "country">, slug: string): Procedure {
  const found = catalogueOf(ctx.country).bySlug.get(slug);
  if (!found) throw procedureUnknown();
  return found;
}

export function knownEntry(ctx: Pick<Context, "country">, slug: string): Entry {
  const found = catalogueOf(ctx.country).known.get(slug);
  if (!found) throw procedureUnknown();
  return found;
}

const old = new Map<string, Procedure>();

/** The definition a case keeps: from the pack while it still holds that version, else as it was stored. */
export async function definitionOf(ctx: Context, row: { procedure: string; procedureVersion: number }): Promise<Procedure> {
  const inPack = ctx.country.get(procedures).find((p) => p.slug === row.procedure && p.version === row.procedureVersion);
  if (inPack) return inPack;
  const key = `${ctx.country.code}/${row.procedure}@${row.procedureVersion}`;
  const known = old.get(key);
  if (known) return known;
  const stored = await storedDefinition(ctx, row.procedure, row.procedureVersion);
  if (!stored) throw procedureUnknown();
  old.set(key, stored.definition);
  return stored.definition;
}

/** At start: every procedure is linted and its version kept. A text changed under an old number would rewrite open cases. */
export async function loadDefinitions(host: Host): Promise<void> {
  const events = new Set(host.country.get(lifeEvents).map((e) => e.id));
  const all = host.country.get(procedures);
  const findings = all.flatMap((p) => lint(p, events));
  if (findings.length > 0) throw new Error(`procedures: ${findings.map((f) => `${f.where}: ${f.what}`).join("; ")}`);
  await host.transaction(async (ctx) => {
    for (const definition of all) {
      const digest = createHash("sha256").update(JSON.stringify(definition)).digest("hex");
      const { slug, version } = definition;
      const stored = await storedDefinition(ctx, slug, version);
      if (stored?.digest === digest) continue;
      if (stored && host.config.production)
        throw new Error(`procedure ${slug} was changed under the same version ${version}: give it a new one`);
      if (stored) host.log.warn({ slug, version }, "a procedure changed under the same version (allowed in the demonstration only)");
      await keepDefinition(ctx, { slug, version, digest, definition });
    }
  });
}
