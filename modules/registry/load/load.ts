import { createHash } from "node:crypto";
import type { Context } from "#kernel";
import { packLoaded } from "../facts.ts";
import { searchWords } from "../institutions/fold.ts";
import * as pack from "../pack.ts";
import { packFaults } from "./rules.ts";
import * as store from "./store.ts";

export interface Loaded {
  added: number;
  changed: number;
  closed: number;
  /** Nothing had changed since the last load. */
  unchanged: boolean;
}

const digest = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("base64url");

/** Brings the country's pack into the tables. Repeating it changes nothing; what was edited here stays. */
export async function loadRegistry(ctx: Context): Promise<Loaded> {
  const get = ctx.country.get;
  const p = {
    sources: get(pack.sources),
    rules: get(pack.derivationRules),
    divisions: get(pack.divisionRows),
    institutions: get(pack.institutionRows),
    sites: get(pack.siteRows),
    buildings: get(pack.buildingRows),
    offices: get(pack.officeRows),
    competences: get(pack.competenceRows),
  };
  const whole = digest(p);
  await store.lockLoading(ctx);
  if ((await store.appliedDigest(ctx, ctx.country.code)) === whole) return { added: 0, changed: 0, closed: 0, unchanged: true };
  const faults = packFaults(p);
  if (faults.length)
    throw new Error(
      `country pack ${ctx.country.code}: ${faults.slice(0, 10).join("; ")}${faults.length > 10 ? `; and ${faults.length - 10} more` : ""}`,
    );

  await store.replaceReference(ctx, {
    sources: p.sources,
    rules: p.rules,
    divisions: p.divisions.map((d) => ({
      ...d,
      former_names: d.formerNames ?? [],
      valid_from: d.from,
      valid_until: d.until,
      successors: d.successors ?? [],
      lon: d.point?.[0],
      lat: d.point?.[1],
    })),
    parents: p.divisions.flatMap((d) => d.parents.map((x) => ({ division: d.id, parent: x.id, valid_from: x.from, valid_until: x.until }))),
    competences: p.competences.map((c) => ({ ...c, valid_from: c.from, valid_until: c.until })),
    buildings: p.buildings,
    offices: p.offices,
  });

  const towns = new Map(p.divisions.map((d) => [d.id, d.name]));
  const known = new Map((await store.knownInstitutions(ctx)).map((k) => [k.id, k]));
  const rows = p.institutions.map((i) => ({
    ...i,
    hash: digest(i),
    words: searchWords([i.name.fr, i.name.en, i.acronym, i.code, towns.get(i.division)?.fr]),
  }));
  const added = rows.filter((r) => !known.has(r.id));
  const changed = rows.filter((r) => known.has(r.id) && known.get(r.id)?.hash !== r.hash);
  const named = new Set(rows.map((r) => r.id));
  const gone = [...known.values()].filter((k) => k.origin === "pack" && k.state === "active" && !named.has(k.id)).map((k) => k.id);
  await store.addInstitutions(ctx, added, "pack");
  await store.updateInstitutions(ctx, changed, "system:registry");
  await store.closeInstitutions(ctx, gone);
  await store.mergeSites(
    ctx,
    p.sites.map((s) => ({ ...s, lon: s.point?.[0], lat: s.point?.[1] })),
    "pack",
  );
  await store.linkSites(
    ctx,
    p.institutions.flatMap((i) => i.sites.map((site) => ({ institution: i.id, site }))),
    true,
  );
  await store.keepDigest(ctx, ctx.country.code, whole);
  const result = { added: added.length, changed: changed.length, closed: gone.length };
  await ctx.record(packLoaded, `country:${ctx.country.code}`, { country: ctx.country.code, ...result });
  return { ...result, unchanged: false };
}
