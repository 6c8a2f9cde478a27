import { T, type Static } from "#kernel";
import { Change } from "../branches/shapes.ts";
import { authentications, privacies, protocols } from "./driver.ts";

export const Uuid = T.String({ pattern: "^[0-9a-f]{8}-[0-9a-f-]{27}$" });
export const Protocol = T.Enum([...protocols]);
const Password = T.String({ minLength: 1, maxLength: 200 });
const User = T.String({ minLength: 1, maxLength: 32, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });

/** Given once, sealed, never shown again. */
export const Secret = T.Union([
  T.Object(
    {
      kind: T.Literal("snmp-v3"),
      user: User,
      authentication: T.Enum([...authentications]),
      authenticationKey: T.String({ minLength: 8, maxLength: 200, description: "RFC 3414, 11.2: at least eight characters" }),
      privacy: T.Enum([...privacies]),
      privacyKey: T.String({ minLength: 8, maxLength: 200 }),
    },
    { additionalProperties: false },
  ),
  T.Object({ kind: T.Literal("snmp-v2c"), community: T.String({ minLength: 1, maxLength: 32 }) }, { additionalProperties: false }),
  T.Object({ kind: T.Literal("password"), user: User, password: Password }, { additionalProperties: false }),
  T.Object(
    { kind: T.Literal("key"), user: User, privateKey: T.String({ minLength: 100, maxLength: 20_000 }) },
    { additionalProperties: false },
  ),
]);
export const secretsOf = { snmp: ["snmp-v3", "snmp-v2c"], netconf: ["password", "key"], cli: ["password", "key"] } as const;

export const severities = ["serious", "warning", "note"] as const;
export type Severity = (typeof severities)[number];
export const differenceKinds = [
  "unknown-device",
  "serial",
  "name",
  "missing-port",
  "unexpected-port",
  "port-down",
  "speed",
  "other-neighbour",
  "unknown-neighbour",
  "neighbour-lost",
  "unplanned-neighbour",
  "address",
  "light",
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export const DifferenceView = T.Object({
  key: T.String(),
  kind: T.Enum([...differenceKinds]),
  severity: T.Enum([...severities]),
  /** Port, address or neighbour it is about. */
  subject: T.String(),
  words: T.String(),
  /** A branch could take it over as it is. */
  adoptable: T.Boolean(),
  changes: T.Array(Change),
  accepted: T.Optional(T.Object({ reason: T.String(), at: T.String() })),
});
export type DifferenceView = Static<typeof DifferenceView>;
