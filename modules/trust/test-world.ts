// A world for this module's tests: real PostgreSQL, keys in memory, and a module that only writes facts.
import { defineModule, fact, type JobContext, provide, type Provided, T } from "#kernel";
import { world, type WorldOptions } from "#kernel/testing";
import { trust } from "./index.ts";
import { keysPort } from "./ports.ts";
import { memoryKeys } from "./test-keys.ts";

export const noted = fact("notes.noted", T.Object({ text: T.String() }), { fr: "Noté", en: "Noted" });
export const notes = defineModule({ name: "notes", floor: 0, facts: [noted] });

export const trustWorld = async ({
  drivers = [],
  ...o
}: Partial<Omit<WorldOptions, "drivers">> & { drivers?: readonly Provided[] } = {}) => {
  const keys = memoryKeys();
  const w = await world({ modules: [trust, notes], drivers: [provide(keysPort, () => keys), ...drivers], ...o });
  const j: JobContext = w.kernel.jobContext("trust.test");
  return {
    ...w,
    keys,
    j,
    note: (...texts: string[]) =>
      w.transaction(async (ctx) => {
        const ids: string[] = [];
        for (const text of texts) ids.push(await ctx.record(noted, `note:${text}`, { text }));
        return ids;
      }),
    seal: () => w.sweep("trust.seal-ledger"),
  };
};

export type TrustWorld = Awaited<ReturnType<typeof trustWorld>>;

export const court = { id: "zz-tgi-essai", name: "Tribunal de grande instance d’essai" };
export const clerk = { account: "0199aaaa-0000-7000-8000-000000000001", name: "Awa Essai" };
