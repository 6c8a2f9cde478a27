import { job, T, work } from "#kernel";
import { personOf } from "../assurance/level.ts";
import { identityRegister } from "../ports.ts";
import { askDriver } from "../proof/jobs.ts";
import { unsealText } from "../secrets.ts";
import { lockProofing, setProofing } from "./store.ts";

export const findEntry = job("identity.find-entry", T.Object({ proofing: T.String() }), { retryLimit: 3, retryDelay: 1, expire: 30 });

export const findEntryWork = work(
  findEntry,
  async (j, data) => {
    const number = await j.transaction(async (ctx) => {
      const p = await lockProofing(ctx, data.proofing);
      return p?.state === "waiting" && p.claim ? unsealText(ctx, p.claim, `proofing-claim:${p.id}`) : undefined;
    });
    if (!number) return;
    const found = await askDriver(() => j.port(identityRegister).person(number, AbortSignal.any([j.signal, AbortSignal.timeout(8000)])));
    if (found.kind === "unavailable" && !j.lastAttempt) throw new Error("the register did not answer: asked again");
    await j.transaction(async (ctx) => {
      const p = await lockProofing(ctx, data.proofing);
      if (p?.state !== "waiting") return;
      await setProofing(ctx, p.id, found.kind, found.kind === "found" ? await personOf(ctx, found.person) : null);
    });
  },
  { concurrency: 4 },
);
