/** What a country pack says of the outside world of its demonstration. */
import { packSection, type Static, T } from "#kernel";

const Words = T.Object({ fr: T.String(), en: T.String() }, { additionalProperties: T.String() });
const Row = T.Record(T.String(), T.Unknown());

/** countries/<cc>/sandbox/registers/*.json */
export const registers = packSection(
  "sandbox.registers",
  T.Array(
    T.Object(
      {
        register: T.String({ pattern: "^[a-z][a-z0-9-]*$" }),
        owner: T.String({ minLength: 1 }),
        keys: T.Array(T.String({ minLength: 1 }), { minItems: 1 }),
        rows: T.Array(Row),
      },
      { additionalProperties: true },
    ),
  ),
);

const OperatorFile = T.Object(
  {
    code: T.String({ pattern: "^[a-z][a-z0-9-]*$" }),
    name: Words,
    /** What the payer does on the handset. */
    instruction: Words,
  },
  { additionalProperties: true },
);
export type OperatorFile = Static<typeof OperatorFile>;

/** countries/<cc>/sandbox/money.json */
export const money = packSection(
  "sandbox.money",
  T.Object({ operators: T.Array(OperatorFile, { minItems: 1 }) }, { additionalProperties: true }),
);
