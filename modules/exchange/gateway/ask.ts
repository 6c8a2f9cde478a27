/**
 * A question from one institution to another, through both sides of the exchange: this program's own client's side, and the
 * provider's side wherever it lives. Nothing here runs inside a transaction while it talks to the outside.
 */
import type { JobContext } from "#kernel";
import type { Answer, Question } from "../door.ts";
import { failures } from "../errors.ts";
import { checked, concludeWithout, requestHashOf, whyEnded } from "./client.ts";
import { deliver } from "./deliver.ts";
import type { Sealed } from "./flow.ts";
import { leave } from "./leaving.ts";
import { open, type Opened } from "./open.ts";
import type { Measured } from "../log/store.ts";
import type { Pieces } from "./pieces.ts";
import { answerFrom } from "./signed.ts";

export { accept } from "./client.ts";

/** An answer on its way: nothing of `chunks` is to be taken for one before the last of them has come. */
export interface Answering {
  /** The signed head. */
  part: string;
  by: "system" | "person";
  exchange: string;
  /** Whose answer it is. */
  institution: string;
  /** To be read to its end or left with `return()`, once `next()` was called. Throws an error with `whyEnded`. */
  chunks: AsyncGenerator<Pieces, Sealed>;
}
export type Opening = { answer: Answer } | { opened: Opened };
export type Carried = { answer: Answer; answering?: undefined } | { answering: Answering };

export const ask = async (j: JobContext, q: Question): Promise<Answer> => {
  const carried = await carry(j, () => open(j, q));
  if (!carried.answering) return carried.answer;
  const { chunks, part, by, exchange } = carried.answering;
  const pieces: Buffer[] = [];
  try {
    for (;;) {
      const step = await chunks.next();
      if (!step.done) {
        pieces.push(...step.value);
        continue;
      }
      const { institution } = carried.answering;
      return answerFrom({ ...step.value, part, by, body: Buffer.concat(pieces) }, exchange, institution);
    }
  } catch (error) {
    const instead = whyEnded(error);
    if (!instead) throw error;
    return instead;
  }
};

/** The one way through both sides, whoever opened the question and however. */
export async function carry(j: JobContext, begin: () => Promise<Opening>): Promise<Carried> {
  const since = performance.now();
  const arrived = j.clock.now().getTime();
  const ended = (outcome: Answer["outcome"]): void => {
    j.metric.count("exchange_total", { outcome });
    j.metric.observe("exchange_seconds", (performance.now() - since) / 1000, { outcome });
  };
  const opening = await begin();
  if ("answer" in opening) {
    ended(opening.answer.outcome);
    return opening;
  }
  const { opened } = opening;
  let handed = false;
  try {
    const carried = await through(j, opened, arrived);
    if (!carried.answering) {
      ended(carried.answer.outcome);
      return carried;
    }
    handed = true;
    const { answering } = carried;
    return { answering: { ...answering, chunks: counted(answering.chunks, opened, ended) } };
  } finally {
    opened.coming?.leave();
    if (!handed) await opened.body.release();
  }
}

async function* counted(chunks: AsyncGenerator<Pieces, Sealed>, o: Opened, ended: (outcome: Answer["outcome"]) => void) {
  let outcome: Answer["outcome"] = "unavailable";
  try {
    const sealed = yield* chunks;
    outcome = "answered";
    return sealed;
  } catch (error) {
    outcome = whyEnded(error)?.outcome ?? outcome;
    throw error;
  } finally {
    ended(outcome);
    await o.body.release();
  }
}

async function through(j: JobContext, o: Opened, arrived: number): Promise<Carried> {
  const exchangeId = o.envelope.exchange;
  const leaving = await leave(j, o);
  if (!leaving) return { answer: { outcome: "unavailable", retryAfter: 2, type: failures.interrupted, exchangeId } };
  const measured: Measured = { requestIn: arrived, requestOut: j.clock.now().getTime(), requestBody: o.body.size };
  const d = await deliver(j, leaving.message, {
    institution: o.service.institution,
    service: o.service.id,
    ...(o.server === undefined ? {} : { server: o.server }),
  });
  const row = await leaving.row();
  measured.requestBody = o.body.size;
  const awaited = { ...o, requestHash: requestHashOf(o), measured };
  if (d.kind === "answering") measured.responseIn = j.clock.now().getTime();
  if (d.kind === "pending") return { answer: { outcome: "pending-person", requestId: d.request, exchangeId, expectedBy: d.expectedBy } };
  if (d.kind !== "answering") {
    const answer = await concludeWithout(j, awaited, row.at, d);
    // nobody is left to be told; or he is told what was wrong with what he sent
    if (leaving.spoilt() !== undefined) throw leaving.spoilt();
    return { answer };
  }
  return {
    answering: {
      part: d.part,
      by: d.by,
      exchange: exchangeId,
      institution: o.service.institution,
      chunks: checked(j, awaited, row.at, d),
    },
  };
}
