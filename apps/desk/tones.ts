import type { CaseState } from "#services/api";
import type { Tone } from "#ui";

/** Ochre: somebody here must act; green and brick: how it ended. */
export const tones: Record<CaseState, Tone> = {
  draft: "neutral",
  evidence: "neutral",
  "payment-pending": "neutral",
  submitted: "act",
  "in-instruction": "act",
  "correction-requested": "neutral",
  decided: "act",
  signing: "neutral",
  issued: "good",
  refused: "bad",
  abandoned: "neutral",
};
