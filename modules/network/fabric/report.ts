/** What an agent says of its site, before any of it is believed: its keys end in the tunnels of others, its figures in the console. Pure. */
import { fitsSchema, T } from "#kernel";
import type { Sample, SiteReport } from "../ports.ts";

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
const Instant = T.String({ maxLength: 40, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,12}Z$" });
const State = T.Object({ name: Name, up: T.Boolean(), carrier: T.Boolean(), since: Instant });
const Amount = T.Number({ minimum: 0, maximum: 1e15 });
const Delay = T.Optional(T.Number({ minimum: 0, maximum: 1e9 }));
const Pings = T.Integer({ minimum: 0, maximum: 1_000_000 });
const Bucket = T.Tuple([T.Integer({ minimum: 0, maximum: 160 }), T.Integer({ minimum: 1, maximum: 1_000_000 })]);
const SampleShape = T.Object({
  serial: T.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  at: Instant,
  seconds: T.Integer({ minimum: 1, maximum: 86_400 }),
  unsure: T.Boolean(),
  probes: T.Array(
    T.Object({
      to: T.String({ minLength: 1, maxLength: 130 }),
      sent: Pings,
      lost: Pings,
      min: Delay,
      max: Delay,
      sum: T.Optional(T.Number({ minimum: 0, maximum: 1e15 })),
      delays: T.Optional(T.Array(Bucket, { maxItems: 161 })),
    }),
    { maxItems: 5000 },
  ),
  traffic: T.Array(T.Object({ name: Name, rxBytes: Amount, txBytes: Amount, rxPeak: Amount, txPeak: Amount, dropped: Amount, downSeconds: T.Integer({ minimum: 0, maximum: 86_400 }) }), { maxItems: 5000 }), // prettier-ignore
  power: T.Object({ source: T.Enum(["mains", "battery", "unknown"]), charge: T.Optional(T.Number()), simulated: T.Boolean() }),
  events: T.Array(T.Object({ name: Name, at: Instant, what: T.Enum(["carrier", "bfd", "adjacency"]), up: T.Boolean() }), {
    maxItems: 1000,
  }),
});
const largest = 200_000;
/** So many samples at most in one report. */
const mostSamples = 1000;

const States = T.Array(State, { maxItems: 5000 });

/** A sample that holds together; another one is left out, and those beside it are kept. */
export function isSoundSample(s: unknown): s is Sample {
  if (!fitsSchema(SampleShape, s)) return false;
  const { probes, at } = s as Sample;
  return !Number.isNaN(Date.parse(at)) && probes.every((p) => p.lost <= p.sent && (p.min ?? 0) <= (p.max ?? 0));
}

/** A WireGuard public key: 32 bytes in base64. */
export const isKey = (k: unknown): k is string => typeof k === "string" && /^[A-Za-z0-9+/]{43}=$/.test(k);
export const areKeys = (keys: unknown): keys is [string, string] => Array.isArray(keys) && keys.length === 2 && keys.every(isKey);

/** What the database could not keep is none either: one such report would stop those of all others. */
export function isSound(r: SiteReport): boolean {
  if (!areKeys(r.keys) || !fitsSchema(Report, r)) return false;
  if (r.links !== undefined && !fitsSchema(States, r.links)) return false;
  if (r.samples !== undefined && (!Array.isArray(r.samples) || r.samples.length > mostSamples)) return false;
  const text = JSON.stringify(r);
  return text.length < largest && !/\\u(0000|d[89a-f])/i.test(text);
}
