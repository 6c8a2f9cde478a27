import type { TrafficEntry } from "#exchange/api";
import type { Tone } from "#ui";

export const tones: Record<TrafficEntry["outcome"], Tone> = {
  pending: "act",
  answered: "good",
  refused: "bad",
  failed: "bad",
  unknown: "act",
};
