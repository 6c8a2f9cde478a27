// A world for this module's tests: real PostgreSQL, keys in memory, and a module that only writes facts.
import { defineModule, fact, type JobContext, provide, type Provided, T } from "#kernel";
import { world, type WorldOptions } from "#kernel/testing";
import { generateKeyPairSync } from "node:crypto";
import { trust } from "./index.ts";
import { type KeyStore, keysPort } from "./ports.ts";
import { memorySigner } from "./x509/test-authority.ts";

export const noted = fact("notes.noted", T.Object({ text: T.String() }), { fr: "Noté", en: "Noted" });
export const notes = defineModule({ name: "notes", floor: 0, facts: [noted] });

export const testKeys = (): KeyStore & { made: () => number } => {
  const keys = new Map<string, { spki: Uint8Array; sign: (message: Uint8Array) => Promise<Uint8Array> }>();
  let made = 0;
  return {
    kind: "memory",
    made: () => keys.size,
    async generate() {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const key = { id: `test-${made++}`, spki: new Uint8Array(publicKey.export({ format: "der", type: "spki" })) };
      keys.set(key.id, { spki: key.spki, sign: memorySigner(privateKey) });
      return key;
    },
    publicKey: async (id) => keys.get(id)?.spki,
    sign: async (id, message) => keys.get(id)!.sign(message),
    destroy: async (id) => void keys.delete(id),
  };
};

export const trustWorld = async ({
  drivers = [],
  ...o
}: Partial<Omit<WorldOptions, "drivers">> & { drivers?: readonly Provided[] } = {}) => {
  const keys = testKeys();
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
