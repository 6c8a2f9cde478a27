/** What was seen of the network at one moment, by whom: the correlator's input. Places and links by their index in the model. */

export interface NodeSight {
  /**
   * `heard`: lately; `late`: not as often as it should, which says nothing yet; `silent`: long enough to mean something.
   * A place without an agent has no sight at all.
   */
  state: "heard" | "late" | "silent";
  /** Milliseconds since 1970 of its last words. */
  at: number;
  /** Its last words on its power. */
  power?: { source: "mains" | "battery" | "unknown"; charge?: number };
  /** Since when it has been on battery, as told. */
  batterySince?: number;
}

/** One end of a link as its place, which is heard, last saw it. */
export interface LinkSight {
  link: number;
  node: number;
  /** The neighbour is there: BFD up, or OSPF full where there is no BFD. */
  up: boolean;
  /** Light arrives. */
  carrier: boolean;
  /** Since when it is so, as measured; milliseconds since 1970. */
  since: number;
}

export interface Sightings {
  /** Milliseconds since 1970. */
  at: number;
  nodes: ReadonlyMap<number, NodeSight>;
  links: readonly LinkSight[];
}
