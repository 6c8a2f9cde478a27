/** How the links stand and since when; what came and went meanwhile. Pure, with a memory. */
import type { LinkEvent, LinkState, SiteReport } from "#network/api";

export interface LinkWatch {
  /** What a look found; what changed since the last one. `at` in milliseconds. */
  look(interfaces: SiteReport["interfaces"], neighbours: SiteReport["neighbours"], at: number): { links: (Omit<LinkState, "since"> & { since: number })[]; events: (Omit<LinkEvent, "at"> & { at: number })[] }; // prettier-ignore
}

interface Standing {
  carrier: boolean;
  bfd: boolean | undefined;
  adjacency: boolean;
  up: boolean;
  since: number;
}

export function linkWatch(): LinkWatch {
  const known = new Map<string, Standing>();
  return {
    look(interfaces, neighbours, at) {
      const by = new Map(neighbours.map((n) => [n.interface, n]));
      const events: ReturnType<LinkWatch["look"]>["events"] = [];
      const links = interfaces
        .filter((i) => /^[fc]-/.test(i.name))
        .map((i) => {
          const n = by.get(i.name);
          const was = known.get(i.name);
          const bfd = n === undefined ? (was?.bfd === undefined ? undefined : false) : n.bfd === "none" ? undefined : n.bfd === "up";
          const adjacency = n?.state === "full";
          // an address family may still be finding its neighbour: BFD, where there is one, knows whether packets pass
          const up = i.up && (n === undefined || n.bfd === "none" ? adjacency : n.bfd === "up");
          const now: Standing = { carrier: i.up, bfd, adjacency, up, since: was && was.up === up ? was.since : at };
          if (was) {
            if (was.carrier !== now.carrier) events.push({ name: i.name, at, what: "carrier", up: now.carrier });
            if (was.bfd !== undefined && bfd !== undefined && was.bfd !== bfd) events.push({ name: i.name, at, what: "bfd", up: bfd });
            if (was.adjacency !== adjacency) events.push({ name: i.name, at, what: "adjacency", up: adjacency });
          }
          known.set(i.name, now);
          return { name: i.name, up, carrier: i.up, since: now.since };
        });
      return { links, events };
    },
  };
}
