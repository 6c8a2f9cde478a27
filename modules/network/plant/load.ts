import { createHash } from "node:crypto";
import type { Context, InputOf, OutputOf } from "#kernel";
import { institutions, outline } from "#registry";
import type { exportPlant as exporting, importPlant as importing, listRevisions as listing, readPlantFile as reading } from "../api.ts";
import { plantExported, plantImported, plantLoaded } from "../facts.ts";
import { readFile, toGeoJson, writeFile } from "../files/formats.ts";
import { build } from "../files/records.ts";
import { assign, withPlan } from "../addressing/assign.ts";
import { usualPools } from "../addressing/pools.ts";
import { planned, tenantsOf } from "../addressing/tenants.ts";
import { packPlant, plantFile } from "../pack.ts";
import { importRefused, noNetwork, revisionUnknown } from "../problems.ts";
import { difference, plantFaults, type Known } from "./rules.ts";
import { kinds, noPlant, type Kind, type Plant } from "./shapes.ts";
import * as store from "./store.ts";

const mostFaults = 100;
/** Raised when the rule gives other addresses: a pack's network is then loaded again. */
const ruleOfAddresses = 1;
export const digestOf = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("base64url");

/** Sites and bounds of the country as the registry has them. */
export async function known(ctx: Context): Promise<Known> {
  const sites = new Set((await institutions(ctx)).flatMap((i) => i.sites.map((s) => s.id)));
  return { sites, box: ctx.country.get(outline).bbox };
}

/** Brings the pack's network in, unless somebody imported a real one: then the pack is silent for good. */
export async function loadPlant(ctx: Context): Promise<void> {
  const file = ctx.country.get(plantFile);
  if (Array.isArray(file)) return;
  await store.lockPlant(ctx);
  const last = await store.lastRevision(ctx);
  const digest = digestOf([file, ruleOfAddresses]);
  if (last && (last.origin !== "pack" || last.digest === digest)) return;
  const plant = packPlant(file);
  const faults = plantFaults(plant, await known(ctx), () => 0);
  if (faults.length) throw new Error(`network of the country pack: ${faults.slice(0, 5).map((f) => f.message.en).join("; ")}`); // prettier-ignore
  const full = planned(plant, await tenantsOf(ctx, plant), usualPools(ctx.secret("network.ula")));
  const { number, counts } = await write(ctx, last, full, { origin: "pack", digest, note: null });
  await ctx.record(plantLoaded, "network:plant", { country: ctx.country.code, revision: number, ...counts });
}

export async function write(
  ctx: Context,
  last: store.Revision | undefined,
  plant: Plant,
  o: { origin: store.Origin; digest: string; note: string | null },
) {
  const before = last ? await store.plantAt(ctx, last.number) : noPlant();
  const change = difference(before, plant);
  const actor = ctx.caller.kind === "official" || ctx.caller.kind === "person" ? ctx.caller.account : "system:network";
  const number = (last?.number ?? 0) + 1;
  await store.writeRevision(ctx, { number, id: ctx.ids.uuid(), at: ctx.clock.now(), actor, ...o, ...change.counts }, change);
  return { number, counts: change.counts };
}

/** All lines or none: one fault anywhere and nothing is written. */
export async function importPlant(ctx: Context, q: InputOf<typeof importing>): Promise<OutputOf<typeof importing>> {
  await store.lockPlant(ctx);
  const last = await store.lastRevision(ctx);
  const read = readFile(q.format, q.text);
  const built = build(read.rows);
  const faults = [...read.faults, ...built.faults];
  let plant = built.plant;
  if (q.mode === "merge" && last) plant = merged(await store.plantAt(ctx, last.number), plant);
  const lineOf = (kind: Kind, id: string) => built.lines.get(`${kind}\n${id}`) ?? 1;
  if (q.mode !== "merge" && last && faults.length === 0) plant = keepingPlan(await store.plantAt(ctx, last.number), plant);
  // what refers to a line that could not be read is not said to be wrong as well
  if (faults.length === 0) faults.push(...plantFaults(plant, await known(ctx), lineOf));
  if (read.rows.length === 0 && faults.length === 0)
    faults.push({ line: 1, column: "", message: { fr: "Aucune ligne à importer.", en: "No line to import." } });
  if (faults.length)
    throw importRefused({
      fields: faults
        .toSorted((x, y) => x.line - y.line)
        .slice(0, mostFaults)
        .map((f) => ({ path: `line ${f.line}${f.column ? `.${f.column}` : ""}`, message: f.message })),
    });
  const illustrative = kinds.reduce((n, k) => n + plant[k].filter((e) => e.illustrative).length, 0);
  if (q.check) {
    const { counts } = difference(last ? await store.plantAt(ctx, last.number) : noPlant(), plant);
    return { revision: last?.number ?? 0, ...counts, illustrative };
  }
  const { number, counts } = await write(ctx, last, plant, { origin: "import", digest: digestOf(q.text), note: q.note ?? null });
  await ctx.record(plantImported, "network:plant", { revision: number, ...counts, illustrative });
  return { revision: number, ...counts, illustrative };
}

const planKinds = ["vlan", "prefix", "asn"] as const;

/** A file that says nothing of addresses leaves those there are: nobody's address moves because a cable was surveyed. */
function keepingPlan(before: Plant, fresh: Plant): Plant {
  if (planKinds.some((k) => fresh[k].length)) return fresh;
  const with_ = { ...fresh, vlan: before.vlan, prefix: before.prefix, asn: before.asn };
  const gone = assign(with_, [], []);
  const kept = withPlan(with_, { ...gone, added: { prefix: [], vlan: [], asn: [] } });
  // pools that serve nobody any more go with the rest
  return kept.prefix.some((x) => x.role !== "pool") ? kept : fresh;
}

function merged(before: Plant, fresh: Plant): Plant {
  const out = noPlant();
  for (const kind of kinds) {
    const ids = new Set(fresh[kind].map((e) => e.id));
    out[kind] = [...before[kind].filter((e) => !ids.has(e.id)), ...fresh[kind]] as never;
  }
  return out;
}

export async function readPlantFile(ctx: Context, q: InputOf<typeof reading>): Promise<OutputOf<typeof reading>> {
  const last = await store.lastRevision(ctx);
  if (!last) throw noNetwork();
  if (q.revision !== undefined && q.revision > last.number) throw revisionUnknown();
  const revision = q.revision ?? last.number;
  return { revision, ...toGeoJson(await store.plantAt(ctx, revision)) };
}

export async function exportPlant(ctx: Context, q: InputOf<typeof exporting>): Promise<OutputOf<typeof exporting>> {
  const last = await store.lastRevision(ctx);
  if (!last) throw noNetwork();
  const text = writeFile(q.format, await store.plantAt(ctx, last.number));
  await ctx.record(plantExported, "network:plant", { revision: last.number, format: q.format });
  return { revision: last.number, text };
}

export async function listRevisions(ctx: Context, q: InputOf<typeof listing>): Promise<OutputOf<typeof listing>> {
  const rows = await store.revisions(ctx, { before: q.before, limit: q.limit ?? 50 });
  return {
    revisions: rows.map(({ number, at, actor, origin, note, added, changed, removed }) => ({
      number,
      at: at.toISOString(),
      actor,
      origin,
      ...(note ? { note } : {}),
      added,
      changed,
      removed,
    })),
  };
}
