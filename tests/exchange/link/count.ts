/** Counted at both ends: what was accepted, what the institution's system was given, what the client was told. */
import type { LinkPair } from "./pair.ts";

export interface Count {
  states: Record<string, number>;
  lost: string[];
  doubled: string[];
  disordered: string[];
  /** Called, though the client was told it is unknown. */
  doubtful: number;
  open: number;
}

export async function count(p: LinkPair, expected: number): Promise<Count> {
  const { rows } = await p.house.owner(
    "select message_id as id, state, order_key as key, ended_at is null as open from exchange.outbox order by seq",
  );
  const messages = rows as { id: string; state: string; key: string; open: boolean }[];
  const seen = p.visits().map((line) => line.split(" ") as [string, string]);
  const times = new Map<string, number>();
  for (const [n] of seen) times.set(`m-${n}`, (times.get(`m-${n}`) ?? 0) + 1);
  const states: Record<string, number> = {};
  for (const m of messages) states[m.state] = (states[m.state] ?? 0) + 1;
  const known = new Set(messages.map((m) => m.id));
  const last = new Map<string, number>();
  const disordered: string[] = [];
  for (const [n, key] of seen) {
    if (Number(n) <= (last.get(key) ?? -1)) disordered.push(`${key}: ${n} after ${last.get(key)}`);
    last.set(key, Number(n));
  }
  return {
    states,
    lost: [
      ...Array.from({ length: expected }, (_, n) => `m-${n}`).filter((id) => !known.has(id)),
      ...messages.filter((m) => m.state === "answered" && !times.has(m.id)).map((m) => m.id),
    ],
    doubled: [...times].filter(([, n]) => n > 1).map(([id]) => id),
    disordered,
    doubtful: messages.filter((m) => m.state === "unknown").length,
    open: messages.filter((m) => m.open).length,
  };
}
