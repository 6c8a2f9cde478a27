/** What a driver of equipment without an agent gives: what stands there as it says itself. Only ever read. */
import { port, T, type Static } from "#kernel";

const Text = T.String({ maxLength: 500 });
const Short = T.String({ maxLength: 120 });
/** 64 bits do not fit a number of JSON. */
const Counter = T.String({ pattern: "^\\d{1,20}$" });

export const SystemSeen = T.Object({
  description: Text,
  /** SNMPv2-MIB sysObjectID: who made it. */
  objectId: T.Optional(Short),
  name: T.Optional(Short),
  /** Seconds since it started. */
  uptime: T.Optional(T.Number({ minimum: 0 })),
  serial: T.Optional(Short),
  model: T.Optional(Short),
});
export type SystemSeen = Static<typeof SystemSeen>;

export const InterfaceSeen = T.Object({
  name: Short,
  description: T.Optional(Text),
  /** What a person called it on the device. */
  alias: T.Optional(Text),
  kind: T.Enum(["ethernet", "loopback", "other"]),
  /** Mbit/s. */
  speed: T.Optional(T.Number({ minimum: 0 })),
  admin: T.Enum(["up", "down", "unknown"]),
  oper: T.Enum(["up", "down", "unknown"]),
  /** aa:bb:cc:dd:ee:ff */
  mac: T.Optional(Short),
  mtu: T.Optional(T.Integer({ minimum: 0 })),
  /** With their prefix length. */
  addresses: T.Array(Short, { maxItems: 200 }),
  counters: T.Optional(
    T.Object({
      inOctets: T.Optional(Counter),
      outOctets: T.Optional(Counter),
      inErrors: T.Optional(Counter),
      outErrors: T.Optional(Counter),
      inDiscards: T.Optional(Counter),
      outDiscards: T.Optional(Counter),
    }),
  ),
});
export type InterfaceSeen = Static<typeof InterfaceSeen>;

/** Who is at the other end, by LLDP (IEEE 802.1AB). */
export const NeighbourSeen = T.Object({
  /** Of this device. */
  interface: Short,
  chassis: Short,
  port: Short,
  portDescription: T.Optional(Text),
  name: T.Optional(Short),
  description: T.Optional(Text),
  addresses: T.Array(Short, { maxItems: 50 }),
});
export type NeighbourSeen = Static<typeof NeighbourSeen>;

export const OpticSeen = T.Object({
  interface: T.Optional(Short),
  /** As the device calls it. */
  sensor: Short,
  direction: T.Enum(["receive", "transmit", "unknown"]),
  dBm: T.Number({ minimum: -100, maximum: 60 }),
});
export type OpticSeen = Static<typeof OpticSeen>;

/** A part that is absent is not offered by the device; an empty one is offered and empty. */
export const Reading = T.Object({
  system: T.Optional(SystemSeen),
  interfaces: T.Optional(T.Array(InterfaceSeen, { maxItems: 20_000 })),
  neighbours: T.Optional(T.Array(NeighbourSeen, { maxItems: 20_000 })),
  optics: T.Optional(T.Array(OpticSeen, { maxItems: 20_000 })),
});
export type Reading = Static<typeof Reading>;

export const authentications = ["sha1", "sha256", "sha384", "sha512"] as const;
export const privacies = ["aes128", "aes256"] as const;
/** Opened for one reading, never logged, never in an answer. */
export type EquipmentSecret =
  | {
      kind: "snmp-v3";
      user: string;
      authentication: (typeof authentications)[number];
      authenticationKey: string;
      privacy: (typeof privacies)[number];
      privacyKey: string;
    }
  | { kind: "snmp-v2c"; community: string }
  | { kind: "password"; user: string; password: string }
  /** OpenSSH or PEM. */
  | { kind: "key"; user: string; privateKey: string };

export interface EquipmentTarget {
  /** Never a name: what was checked is what is called. */
  address: string;
  port: number;
  /** SSH host key (`SHA256:…`) or SNMP engine (hex) that a person approved. Absent: say who is there, and send no secret. */
  identity?: string | undefined;
  secret: EquipmentSecret;
  /** Which commands and words: command lines only. */
  profile?: string | undefined;
  bounds: EquipmentBounds;
}
export interface EquipmentBounds {
  /** Milliseconds for the whole of it, connecting included. */
  deadline: number;
  /** Rows of one table. */
  rows: number;
  /** Bytes received. */
  bytes: number;
}
export const usualBounds: EquipmentBounds = { deadline: 45_000, rows: 20_000, bytes: 16 * 1024 * 1024 };

export const equipmentTroubles = [
  "unreachable",
  "silent",
  "cut",
  "credentials",
  "identity-unknown",
  "identity-changed",
  "forbidden",
  "malformed",
  "too-large",
  "unfit",
] as const;
export type EquipmentTrouble = (typeof equipmentTroubles)[number];
/** `detail`: for the log and the console; of our own words, never the device's, never a secret. */
export type EquipmentAnswer = { reading: Reading } | { trouble: EquipmentTrouble; detail: string; identity?: string };

export interface EquipmentDriver {
  /** The port it is asked on where nobody says another. */
  readonly usualPort: number;
  read(target: EquipmentTarget, signal: AbortSignal): Promise<EquipmentAnswer>;
  /** Who answers there, if anybody: without a secret, one exchange. */
  probe(address: string, port: number, milliseconds: number): Promise<{ identity?: string; greeting: string } | undefined>;
}

/** What a command line may be: a driver has the commands of each. */
export const cliProfiles = ["linux", "frr"] as const;
export type CliProfile = (typeof cliProfiles)[number];

export const protocols = ["snmp", "netconf", "cli"] as const;
export type Protocol = (typeof protocols)[number];
export const snmpEquipment = port<EquipmentDriver>("network.equipment-snmp");
export const netconfEquipment = port<EquipmentDriver>("network.equipment-netconf");
export const cliEquipment = port<EquipmentDriver>("network.equipment-cli");
export const equipmentPorts = { snmp: snmpEquipment, netconf: netconfEquipment, cli: cliEquipment } as const;

/** Carried out of a driver's depths to its door. */
export class EquipmentFault extends Error {
  readonly trouble: EquipmentTrouble;
  readonly identity: string | undefined;
  constructor(trouble: EquipmentTrouble, detail: string, identity?: string) {
    super(detail);
    this.trouble = trouble;
    this.identity = identity;
  }
  answer(): EquipmentAnswer {
    return { trouble: this.trouble, detail: this.message, ...(this.identity === undefined ? {} : { identity: this.identity }) };
  }
}

/** One decimal, as devices give it. */
export const dBmOfWatts = (watts: number): number => Math.round(10 * Math.log10(watts * 1000) * 10) / 10;

/** Which way the light goes, from the name people gave the sensor. */
export function directionOf(name: string): OpticSeen["direction"] {
  if (/(^|[^a-z])(rx|recv|receive[dr]?|input|in)([^a-z]|$)/i.test(name)) return "receive";
  return /(^|[^a-z])(tx|transmit|transmitted|output|out|laser)([^a-z]|$)/i.test(name) ? "transmit" : "unknown";
}
