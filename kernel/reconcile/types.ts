import type { Context, JobContext } from "../context.ts";

/** The words of ETSI SOL003 (5.6.2.2), for every long change of something outside. */
export type OperationState = "STARTING" | "PROCESSING" | "COMPLETED" | "FAILED_TEMP" | "ROLLING_BACK" | "ROLLED_BACK" | "FAILED";

export interface Operation<D = unknown> {
  id: string;
  kind: string;
  key: string;
  cause: "change" | "undo" | "drift";
  state: OperationState;
  back: boolean;
  stop: boolean;
  desired: D | null;
  previous: D | null;
  generation: number | null;
  ref: string | null;
  label: string;
  askedBy: string;
  askedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  problem: string | null;
}

export interface JournalEntry<S = unknown> {
  number: number;
  back: boolean;
  step: S;
  idempotencyKey: string;
  fence: string;
  attempts: number;
  intentAt: Date;
  receipt: unknown;
  receiptAt: Date | null;
  problem: string | null;
}

export interface Standing {
  key: string;
  generation: number;
  status: "new" | "in-step" | "changing" | "repairing" | "waiting" | "held";
  problem: string | null;
  seenAt: Date | null;
  nextAt: Date;
  /** Something else was asked, and people took it back or gave it up. */
  takenBack: boolean;
}

/** What goes with a step to whoever carries it out. */
export interface StepOrder {
  /** The same for every try of this step: a second try of a step that was done answers as the first did. */
  idempotencyKey: string;
  /** Grows with every lease of the key: an order with a smaller one than was seen is refused. */
  fence: bigint;
  signal: AbortSignal;
  /** Milliseconds since 1970 after which nobody waits for the answer. */
  deadline: number;
}

/** One kind of thing that is kept as desired. Nothing secret in `D`, `S` or a receipt: they are kept as they are. */
export interface Reconciled<D, O, S extends object> {
  /** `<module>.<kind>`, the name of its job and its sweep too. */
  kind: string;
  /** What is really there; null when nothing is. Read by the owner's mark, never from memory. */
  observe(j: JobContext, key: string, signal: AbortSignal): Promise<O | null>;
  /** Pure: what is left to do, first things first; empty when it is as desired. */
  plan(desired: D | null, observed: O | null, key: string): readonly S[];
  /** One step. Throws `StepRefused` when trying again is useless, anything else when it may help. */
  apply(j: JobContext, key: string, step: S, order: StepOrder): Promise<object>;
  /** In the transaction in which an operation ends: facts, rows of the module. */
  ended?(ctx: Context, operation: Operation<D>): Promise<void>;
  /** Seconds for one observation or one step (20). */
  deadline?: number;
  /** Seconds between two looks at what is in step (60), the same for all or by key. */
  resync?: number | ((key: string) => number);
  /** Tries of one step before people are asked (5). */
  attempts?: number;
  /** What then: wait for them (FAILED_TEMP), or go back by itself. */
  onFailure?: "wait" | "roll-back";
  /** Called at each point of the journal: where a test stops the program. */
  probe?(point: "leased" | "observed" | "intent" | "applied" | "receipt" | "ended", key: string): void | Promise<void>;
}

/** The far side says no and will go on saying it. */
export class StepRefused extends Error {}
/** Somebody else holds the key now: whatever we know is old. */
export class LeaseLost extends Error {}
