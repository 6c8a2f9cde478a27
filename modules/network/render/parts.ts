import { createHash } from "node:crypto";

/** What a site consists of, in the order in which it is put in place: addresses before routing, the filter before anything flows through it. */
export const partNames = ["interfaces", "filter", "overlay", "routing", "classes"] as const;
export type PartName = (typeof partNames)[number];

export interface Part {
  text: string;
  /** SHA-256 of the text, base64url: what is asked, compared with what was last put in place. */
  hash: string;
}
export type Rendered = Record<PartName, Part>;

export function part(text: string): Part {
  return { text, hash: createHash("sha256").update(text).digest("base64url") };
}
