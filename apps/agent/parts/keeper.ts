import type { Disk } from "../disk.ts";
import type { Run } from "../run.ts";
import type { PartName } from "#network/api";

/** In the order in which they are put in place. */
export const partNames = ["interfaces", "filter", "overlay", "routing", "classes"] as const satisfies readonly PartName[];

/** One part of a site: put in place as a whole, read back as it really runs. */
export interface Keeper {
  put(text: string): Promise<void>;
  /** The running state that this text is answerable for, always written the same way; its hash is what drift is measured by. */
  read(text: string): Promise<string>;
  clear(): Promise<void>;
}
export interface Place {
  run: Run;
  disk: Disk;
  /** FRR's pathspace and the namespace's name; undefined on a machine that is the site itself. */
  namespace: string | undefined;
  /** Host routes of nodes that the network below cannot reach now. */
  away?: () => ReadonlySet<string>;
}

/** The text cannot be carried out here, now or later. */
export class Refused extends Error {}
