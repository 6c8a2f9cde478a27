/**
 * The provider's side of a question whose body passes through while it arrives. Its opening was signed and access decided on it; the
 * institution's system gets the pieces as they come, and the last of them only once the whole is signed, both logs are durable and
 * access still stands. Else its connection is broken off: it has never had the whole question.
 */
import type { JobContext } from "#kernel";
import { failures, refusals } from "../errors.ts";
import type { RequestRow } from "../log/store.ts";
import { write } from "../log/writer.ts";
import type { Arriving, Delivered, RequestMessage, SignedPart } from "./flow.ts";
import type { Pieces } from "./pieces.ts";

export interface Gate {
  length: number | undefined;
  /** The system has the whole of it, or gets it now. */
  passed(): boolean;
  pieces: AsyncGenerator<Pieces, void>;
  /**
   * Once the system has answered (`lost` undefined) or was lost: undefined when it had the whole question, and what became of it
   * stays to be said; else what is said instead, logged.
   */
  settle(lost: string | undefined): Promise<Delivered | undefined>;
}

/** Verified, logged, still allowed: undefined; else what is said instead, logged. */
export type Admit = (whole: SignedPart & { size: number }) => Promise<Delivered | undefined>;

export function gate(j: JobContext, m: RequestMessage & { arriving: Arriving }, opening: RequestRow, admit: Admit): Gate {
  let state: "open" | "sealing" | "passed" | "left" = "open";
  let instead: Delivered | undefined;
  let over: () => void = () => undefined;
  const decided = new Promise<void>((go) => (over = go));
  const { arriving } = m;
  let broken = false;
  async function* arrived(): AsyncGenerator<Pieces, void> {
    try {
      yield* arriving.pieces;
    } catch (error) {
      broken = true;
      throw error;
    }
  }

  async function* pieces(): AsyncGenerator<Pieces, void> {
    try {
      let last: Pieces | undefined;
      for await (const batch of arrived()) {
        if (last) yield last;
        last = batch;
      }
      if (state === "left" || !last) throw new Error("nobody waits for it any more");
      state = "sealing";
      const whole = await arriving.sealed();
      instead = await admit(whole);
      if (instead) throw new Error("withheld");
      state = "passed";
      over();
      yield last;
    } finally {
      over();
    }
  }

  async function settle(lost: string | undefined): Promise<Delivered | undefined> {
    // a system that answers early waits for the end of the question: its answer is bound to the whole of it
    if (lost === undefined || state === "sealing") await decided;
    if (state === "passed") return undefined;
    const withheld = state === "sealing";
    state = "left";
    if (instead) return instead;
    const type = withheld || broken || lost === undefined ? failures.interrupted : lost;
    // what was opened and came to no end is on record, as far as it was signed
    const { exchange, institution, person, at } = opening;
    const milliseconds = j.clock.now().getTime() - at.getTime();
    const outcome = {
      exchange,
      side: "provider" as const,
      institution,
      at,
      person,
      outcome: "failed" as const,
      errorType: type,
      milliseconds,
    };
    const { fresh } = await write(j, { request: opening, outcome, certificate: { serial: m.serial, pem: m.certificate } });
    return fresh ? { kind: "failed", type, sent: false } : { kind: "refused", refusal: refusals.replayed };
  }
  return { length: arriving.length, pieces: pieces(), settle, passed: () => state === "passed" };
}
