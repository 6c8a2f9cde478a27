/** What light should be left at the end of a fibre. Pure. */

/** Worst of a fibre as ITU-T G.652 lets it be, dB/km; of a fusion splice and of a pair of connectors as ITU-T L.402 and L.36 take them, dB. */
export const losses = { kilometre: 0.4, splice: 0.1, connectors: 0.5 } as const;
/** dB for ageing and repairs yet to come. */
export const allowance = 3;

export interface Way {
  metres: number;
  splices: number;
}

export const tenth = (n: number): number => Math.round(n * 10) / 10;

/** Positive: so much more light than the worst fibre of this length may leave; negative: so much is missing. dB */
export function margin(o: { received: number; launched: number; way: Way }): { loss: number; budget: number; margin: number } {
  const budget = (o.way.metres / 1000) * losses.kilometre + o.way.splices * losses.splice + 2 * losses.connectors + allowance;
  const loss = o.launched - o.received;
  return { loss: tenth(loss), budget: tenth(budget), margin: tenth(budget - loss) };
}
