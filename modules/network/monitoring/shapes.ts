/** Alarms in the words of RFC 8632 (a YANG data model for alarm management) and ITU-T X.733. */
import { T, type Static, type Text } from "#kernel";

/**
 * `cut`: a span or a duct; `link-down`: one span that is not dug up but does not carry; `node-down`: a whole place that had
 * no power failure to tell of; `silent-agent`: nobody speaks for a place that the network still reaches.
 */
export const causeKinds = ["cut", "link-down", "node-down", "power", "loss", "delay", "saturation", "optical", "silent-agent"] as const;
export type CauseKind = (typeof causeKinds)[number];

/** X.733 8.1.2.3 without `indeterminate`; a cleared alarm has `ended`. */
export const severities = ["critical", "major", "minor", "warning"] as const;
export type Severity = (typeof severities)[number];

export interface Suspect {
  kind: CauseKind;
  /** Id of a span, duct, device or node of the plant. */
  element: string;
}

/** One row of the alarm list. */
export interface Alarm extends Suspect {
  id: string;
  severity: Severity;
  /** When it began, as measured; not when it was told. */
  began: Date;
  raisedAt: Date;
  changedAt: Date;
  /** Its evidence is gone since then; cleared when it stays away. */
  quietSince: Date | null;
  ended: Date | null;
  /** 1, and one more each time the evidence came back: a flapping link is one alarm. */
  occurrences: number;
  explanation: Text;
  /** Causes that would look the same. */
  others: Suspect[];
  /** Spans seen down. */
  spans: string[];
  /** Nodes whose agent is not heard. */
  silent: string[];
  /** Seen by simulated sites only. */
  simulated: boolean;
  /** The announced work under which it falls: told, not paged. */
  work: string | null;
  mergedInto: string | null;
}

/** A place without network, by one alarm; two alarms of one place may overlap in time. */
export interface Outage {
  alarm: string;
  node: string;
  /** The registry's site that stands there. */
  site: string | null;
  from: Date;
  to: Date | null;
  /** Announced work, or null. */
  work: string | null;
}

export const Severity = T.Enum([...severities]);
export const CauseKind = T.Enum([...causeKinds]);
export const Suspect = T.Object({ kind: CauseKind, element: T.String() });
export const AlarmLine = T.Object({
  id: T.String(),
  kind: CauseKind,
  element: T.Optional(T.String({ description: "Id in the plant; only for who may see the plant" })),
  name: T.Optional(T.String({ description: "The element’s name" })),
  severity: Severity,
  cleared: T.Boolean({ description: "RFC 8632 is-cleared" }),
  began: T.String(),
  ended: T.Optional(T.String()),
  seconds: T.Integer({ description: "How long it has lasted, or lasted" }),
  occurrences: T.Integer(),
  flapping: T.Boolean(),
  sites: T.Integer({
    description: "Places without network now or, once cleared, meanwhile; one’s own only, without the right to see the plant",
  }),
  planned: T.Boolean({ description: "Inside announced work" }),
  simulated: T.Boolean(),
});
export type AlarmLine = Static<typeof AlarmLine>;
