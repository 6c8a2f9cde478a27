import { world } from "#kernel/testing";
import { inclusionProof, sealWaiting } from "#trust";
import { keysFile } from "../../drivers/keys-file/index.ts";
import { modules } from "../../apps/server/house.ts";

/** Facts sealed a second, counted from committed leaves, and inclusion proofs with a tree of `size` leaves. */
export async function measureLedger(
  size: number,
): Promise<{ sealedPerSecond: number; proofP50: number; proofP95: number; leaves: number }> {
  const trust = modules.filter((m) => m.name === "trust");
  const w = await world({ modules: trust, drivers: [keysFile] });
  try {
    const j = w.kernel.jobContext("trust.bench");
    // facts as the kernel writes them, made by the server in bulk: what is measured is the sealing
    await w.owner(
      `with f as (insert into kernel.fact (id, at, type, subject, institution, actor, header, data_hash)
         select gen_random_uuid(), '2026-11-23T09:00:00Z', 'bench.noted', 'person:' || gen_random_uuid(), null, 'system:bench',
           '{"actor":"system:bench","at":"2026-11-23T09:00:00.000Z","id":"' || gen_random_uuid() || '","subject":"person:' || gen_random_uuid() || '","type":"bench.noted"}', sha256(g::text::bytea)
         from generate_series(1, $1::int) g returning seq)
       insert into kernel.unsealed select seq from f`,
      [size],
    );
    await w.owner("analyze");
    const before = await leaves(w);
    const began = performance.now();
    while ((await sealWaiting(j)) > 0);
    const seconds = (performance.now() - began) / 1000;
    const after = await leaves(w);
    await w.owner("analyze"); // as autovacuum does within a minute
    const some = await w.owner(
      "select fact from kernel.leaf where index in (select (random() * $1)::bigint from generate_series(1, 300))",
      [after - 1],
    );
    const times: number[] = [];
    for (const { fact } of some.rows as { fact: string }[]) {
      const at = performance.now();
      await w.transaction((ctx) => inclusionProof(ctx, fact), { readOnly: true });
      times.push(performance.now() - at);
    }
    times.sort((a, b) => a - b);
    const at = (q: number) => times[Math.floor(times.length * q)] ?? Number.NaN;
    return { sealedPerSecond: (after - before) / seconds, proofP50: at(0.5), proofP95: at(0.95), leaves: after };
  } finally {
    await w.close();
  }
}

async function leaves(w: Awaited<ReturnType<typeof world>>): Promise<number> {
  return (await w.owner("select count(*)::int n from kernel.leaf")).rows[0].n as number;
}
