import type { OverlayPart } from "#network/api";

type Takeovers = OverlayPart["interfaces"][number]["takeovers"];

/**
 * The peers' prefixes as they must stand while some nodes are away: those of a peer that is gone go to the one that takes them,
 * unless that one is gone too. Without anybody away it is the text itself.
 */
export function effective(conf: string, takeovers: Takeovers, away: ReadonlySet<string>): string {
  const held = takeovers.filter((t) => away.has(t.gone) && !away.has(t.stands));
  if (held.length === 0) return conf;
  const blocks = conf.split(/^(?=\[Peer\])/m);
  const keyOf = (block: string) => /^PublicKey = (.*)$/m.exec(block)?.[1];
  const allowed = new Map(blocks.map((b) => [keyOf(b), new Set(/^AllowedIPs = (.*)$/m.exec(b)?.[1]?.split(", ") ?? [])]));
  for (const t of held)
    for (const prefix of t.prefixes) {
      // who does not have it any more cannot hand it on, and a peer that is not there takes nothing
      if (!allowed.has(t.to) || !allowed.get(t.from)?.delete(prefix)) continue;
      allowed.get(t.to)!.add(prefix);
    }
  return blocks
    .map((b) => {
      const now = allowed.get(keyOf(b));
      if (!b.startsWith("[Peer]") || !now) return b;
      const rest = b.replace(/^AllowedIPs = .*\n/m, "");
      return now.size ? rest.replace(/^(PublicKey = .*\n)/m, `$1AllowedIPs = ${[...now].join(", ")}\n`) : rest;
    })
    .join("");
}

export interface Sight {
  /** Said to be away. */
  away: ReadonlySet<string>;
  /** Since when each watched route is as it is now, milliseconds of the caller's clock. */
  since: ReadonlyMap<string, { there: boolean; at: number }>;
}
export const nothingSeen: Sight = { away: new Set(), since: new Map() };
/** Milliseconds: a way around may take a moment to be found; one that has just come back may not stay. */
export const gone = 1000;
export const back = 5000;

/** One more look. A route counts as gone after it was missing for a moment, as back only after it has held for a while. */
export function look(before: Sight, watched: Iterable<string>, there: ReadonlySet<string>, now: number): Sight {
  const since = new Map<string, { there: boolean; at: number }>();
  const away = new Set<string>();
  for (const route of watched) {
    const last = before.since.get(route);
    const is = there.has(route);
    const one = last && last.there === is ? last : { there: is, at: now };
    since.set(route, one);
    const held = now - one.at;
    if (before.away.has(route) ? !(is && held >= back) : !is && held >= gone) away.add(route);
  }
  return { away, since };
}

/** Milliseconds until another look can tell something new; undefined when only an event can. */
export function nextLook(s: Sight, now: number): number | undefined {
  const waits = [...s.since].flatMap(([route, x]) => (x.there === s.away.has(route) ? [x.at + (x.there ? back : gone) - now] : []));
  return waits.length ? Math.max(20, Math.min(...waits)) : undefined;
}
