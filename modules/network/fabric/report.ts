/** What an agent says of its site, before any of it is believed: its keys end in the tunnels of others, its figures in the console. Pure. */
import { fitsSchema, T } from "#kernel";
import type { SiteReport } from "../ports.ts";

const Name = T.String({ maxLength: 60 });
const Count = T.Number({ minimum: 0 });
const Line = T.Object({ name: Name, up: T.Boolean(), rxBytes: Count, txBytes: Count, rxDropped: Count, txDropped: Count });
const Neighbour = T.Object({ interface: Name, state: T.Enum(["full", "other"]), bfd: T.Enum(["up", "down", "none"]) });
const Tunnel = T.Object({ interface: Name, peer: Name, lastHandshake: Count, rxBytes: Count, txBytes: Count });
const Report = T.Object({
  at: T.String({ maxLength: 40 }),
  clockSkew: T.Integer(),
  power: T.Object({ source: T.Enum(["mains", "battery", "unknown"]), charge: T.Optional(T.Number()), simulated: T.Boolean() }),
  interfaces: T.Array(Line, { maxItems: 5000 }),
  neighbours: T.Array(Neighbour, { maxItems: 5000 }),
  tunnels: T.Array(Tunnel, { maxItems: 20_000 }),
  capabilities: T.Array(Name, { maxItems: 50 }),
  repaired: T.Array(Name, { maxItems: 50 }),
});
const largest = 200_000;

/** A WireGuard public key: 32 bytes in base64. */
export const isKey = (k: unknown): k is string => typeof k === "string" && /^[A-Za-z0-9+/]{43}=$/.test(k);
export const areKeys = (keys: unknown): keys is [string, string] => Array.isArray(keys) && keys.length === 2 && keys.every(isKey);

/** What the database could not keep is none either: one such report would stop those of all others. */
export function isSound(r: SiteReport): boolean {
  if (!areKeys(r.keys) || !fitsSchema(Report, r)) return false;
  const text = JSON.stringify(r);
  return text.length < largest && !/\\u(0000|d[89a-f])/i.test(text);
}
