import { T, packSection } from "#kernel";

/**
 * Who asks the national identity register about accounts, and where: exchange identifiers of the asking subsystem and of
 * the service, and the purpose the right names. The driver that asks through the exchange reads it; absent = not joined.
 */
export const registerSource = packSection(
  "identity.register",
  T.Array(T.Object({ client: T.String(), service: T.String(), purpose: T.String() }, { additionalProperties: false }), { maxItems: 1 }),
  { optional: true },
);
