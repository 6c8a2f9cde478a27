/** A parcel is opened: statements and answers about our messages, messages for our institutions. */
import type { JobContext } from "#kernel";
import { hearAnswers, hearStatements } from "./hear.ts";
import type { Parcel } from "./parcel.ts";
import { takeIn } from "./take.ts";

/** Whatever brought it: idempotent, so that a parcel may be applied again after a crash. */
export async function apply(j: JobContext, peer: string, parcel: Parcel): Promise<{ taken: number; doubted: number }> {
  const doubted = await hearStatements(j, parcel.statements, parcel.certificates);
  await hearAnswers(j, peer, parcel.answers, parcel.certificates);
  const said = parcel.messages.length > 0 ? await takeIn(j, peer, parcel.messages, parcel.certificates) : [];
  return { taken: said.filter((one) => one.kind === "received").reduce((n, one) => n + one.exchanges.length, 0), doubted };
}
