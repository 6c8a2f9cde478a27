import { T, packSection } from "#kernel";

/** What an SMS part costs, by operator; a country that has no price shows parts only. */
export const smsPrices = packSection(
  "messages.sms-prices",
  T.Array(T.Object({ operator: T.String(), perPart: T.Integer({ minimum: 0 }), source: T.String(), date: T.String() })),
  { optional: true },
);
