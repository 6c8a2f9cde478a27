import type { Run } from "../run.ts";

const count = 5;

/** Five echo requests, a fifth of a second apart: what came back, in milliseconds. Nobody there is an answer too. */
export async function ping(run: Run, address: string): Promise<{ sent: number; times: number[] }> {
  // 1: some or none came back; 2: no way there
  const out = await run(["ping", "-n", "-c", String(count), "-i", "0.2", "-W", "1", "-w", "3", address], { fine: [1, 2], seconds: 6 });
  return { sent: count, times: times(out).slice(0, count) };
}

/** Repeated answers count once (RFC 792 leaves them possible). */
export function times(out: string): number[] {
  const seen = new Map<string, number>();
  for (const x of out.matchAll(/icmp_seq=(\d+) .*?time=([0-9.]+) ms/g)) if (!seen.has(x[1]!)) seen.set(x[1]!, Number(x[2]));
  return [...seen.values()].filter((ms) => Number.isFinite(ms) && ms >= 0);
}
