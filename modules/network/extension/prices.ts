/** What things cost and how much people send: countries/<cc>/network/prices.json. Without it quantities are told, and no cost. */
import { packSection, T, type Context, type Static } from "#kernel";

const Words = T.Object({ fr: T.String({ minLength: 1 }), en: T.String({ minLength: 1 }) }, { additionalProperties: T.String() });
export const items = ["trench", "trench-rural", "poles", "cable", "joint", "site", "router", "access-switch", "device", "licence"] as const;
export type Item = (typeof items)[number];

/** How each is counted. A route longer than this in one piece counts as open country. */
export const units: Record<Item, "km" | "each"> = {
  trench: "km",
  "trench-rural": "km",
  poles: "km",
  cable: "km",
  joint: "each",
  site: "each",
  router: "each",
  "access-switch": "each",
  device: "each",
  licence: "each",
};
export const ruralFrom = 10_000;

const File = T.Object({
  notice: Words,
  illustrative: T.Boolean(),
  sources: T.Array(T.Object({ title: T.String(), date: T.Optional(T.String()), reliability: T.String() })),
  /** In the country's currency, whole units. */
  prices: T.Partial(T.Record(T.Enum([...items]), T.Integer({ minimum: 0 }))),
  demand: T.Optional(
    T.Object({
      /** Mbit/s an establishment in the busy hour, all classes together. */
      perEstablishment: T.Number({ minimum: 0.1, maximum: 100_000 }),
      /** Percent a year. */
      growth: T.Number({ minimum: 0, maximum: 200 }),
      /** Percent of each class; together 100. */
      classes: T.Object({ voice: T.Number(), critical: T.Number(), standard: T.Number(), bulk: T.Number() }),
    }),
  ),
});
export type Prices = Static<typeof File>;
export const pricesFile = packSection("network.prices", T.Union([File, T.Array(T.Unknown(), { maxItems: 0 })]), { optional: true });

export function pricesOf(ctx: Context): Prices | undefined {
  const file = ctx.country.get(pricesFile);
  return Array.isArray(file) ? undefined : file;
}
export const usualDemand = { perEstablishment: 20, growth: 30, classes: { voice: 5, critical: 15, standard: 60, bulk: 20 } };
