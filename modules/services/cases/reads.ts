/** Who read my data: reads inside this house, and questions asked over the exchange, in one list. */
import { type Context, factsOf, type OutputOf, personalRead, purposeText, type Recorded, type Text } from "#kernel";
import { readsOfMe } from "#exchange/api";
import { roleById } from "#registry";
import { catalogueOf } from "../catalogue/definitions.ts";
import { officeName } from "../offices.ts";
import { personOf } from "./access.ts";
import type * as api from "./contracts.ts";
import type { ReadView } from "./schemas.ts";

const what: Record<string, { fr: string; en: string }> = {
  "services.read-desk-case": { fr: "Dossier entier", en: "Whole case" },
  "services.list-messages": { fr: "Messages du dossier", en: "Messages of the case" },
  "services.download-desk-document": { fr: "Document délivré", en: "Issued document" },
  "identity.person-name": { fr: "Nom", en: "Name" },
  "identity.person-attributes": { fr: "État civil", en: "Civil status" },
  "identity.identity-number": { fr: "Numéro d’identité, pour interroger un registre", en: "Identity number, to ask a register" },
};

/** A purpose named by a procedure is told in the procedure's own words. */
function purposeOfProcedure(ctx: Context, code: string): Text | undefined {
  for (const p of catalogueOf(ctx.country).bySlug.values()) {
    const asked = [...p.evidence, ...(p.search ? [p.search] : [])].find((e) => e.purpose === code);
    if (asked) return { fr: p.title.fr, en: p.title.en };
  }
  return undefined;
}

async function inside(ctx: Context, f: Recorded): Promise<ReadView | undefined> {
  const data = f.data as { contract: string; purpose: string; own: boolean; role?: string } | null;
  if (!data || data.own) return undefined;
  const system = f.actor.startsWith("system:");
  return {
    at: f.at.toISOString(),
    ...(f.institution ? { institution: await officeName(ctx, f.institution) } : {}),
    reader: system
      ? ctx.say({ fr: "Traitement automatique", en: "Automatic processing" })
      : ctx.say(roleById(ctx, data.role ?? "")?.name ?? { fr: "Agent de l’institution", en: "Official of the institution" }),
    purpose: ctx.say(purposeText(data.purpose) ?? purposeOfProcedure(ctx, data.purpose) ?? { fr: data.purpose, en: data.purpose }),
    what: ctx.say(what[data.contract] ?? { fr: "Données personnelles", en: "Personal data" }),
    fact: f.id,
  };
}

export async function readsOf(ctx: Context): Promise<OutputOf<typeof api.readsOf>> {
  const { person } = personOf(ctx);
  const reads: ReadView[] = [];
  for (const f of await factsOf(ctx, { subject: `person:${person}`, types: [personalRead.type], limit: 100 })) {
    const read = await inside(ctx, f);
    if (read) reads.push(read);
  }
  const asked = await ctx.call(readsOfMe, {});
  for (const a of asked.reads)
    reads.push({
      at: a.at,
      institution: a.client.name,
      reader: a.provider.name,
      purpose: a.purpose,
      what: a.fields.length > 0 ? a.fields.join(", ") : a.service,
      ...(a.issue ? { case: a.issue } : {}),
      exchange: a.exchange,
      ...(a.consent ? { consent: a.consent } : {}),
      fact: a.fact ?? "",
    });
  reads.sort((a, b) => b.at.localeCompare(a.at));
  return { reads, person };
}
