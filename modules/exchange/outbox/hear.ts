/** What the other side says of our messages, believed only when its institution signed it. */
import type { JobContext } from "#kernel";
import { failures } from "../errors.ts";
import { certificateOf, putCertificate } from "../log/store.ts";
import { endAnswered, endFailed } from "./end.ts";
import { carries } from "./known.ts";
import type { AnswerLetter, StatementLetter } from "./parcel.ts";
import type { Said } from "./statement.ts";
import { believed } from "./statements.ts";
import { putStatement } from "./store-statements.ts";
import { markReceived, outboxOf } from "./store.ts";

type Certificates = Readonly<Record<string, string>>;

/** Kept as evidence, then acted upon. What is not believed is left out and counted. */
export async function hearStatements(j: JobContext, letters: readonly StatementLetter[], certificates: Certificates): Promise<number> {
  let doubted = 0;
  for (const one of letters) {
    const certificate = certificates[one.serial] ?? (await j.transaction(({ db }) => certificateOf(db, one.serial), { readOnly: true }));
    const said = await believed(j, { ...one, certificate });
    if (!said) {
      doubted += 1;
      j.log.warn({ statement: one.id }, "a statement nobody of the directory signed");
      continue;
    }
    const { kind, institution, at } = said;
    const exchanges = said.messages.map((m) => m.exchange);
    await j.transaction(async ({ db }) => {
      await putCertificate(db, one.serial, certificate);
      await putStatement(db, { ...one, kind, institution, at }, exchanges);
    });
    await heed(j, said);
  }
  return doubted;
}

/** Of messages it names by their hashes and that were sent to the institution that speaks; anything else it says is not its to say. */
export async function heed(j: JobContext, said: Said): Promise<void> {
  if (said.kind === "received") {
    const messages = said.messages.map((m) => ({ exchange: m.exchange, digest: Buffer.from(m.hash, "base64") }));
    return void (await j.transaction(({ db, clock }) => markReceived(db, messages, said.institution, clock.now())));
  }
  for (const m of said.messages) {
    const row = await j.transaction(({ db }) => outboxOf(db, m.exchange), { readOnly: true });
    if (row && row.provider === said.institution && row.digest.toString("base64") === m.hash)
      await endFailed(j, m.exchange, said.kind, m.type ?? failures.interrupted);
  }
}

/** `via`: the server that brings them. One that does not answer for the institution asked has no say, not even a wrong one that would end the message. */
export async function hearAnswers(j: JobContext, via: string, letters: readonly AnswerLetter[], certificates: Certificates): Promise<void> {
  for (const one of letters) {
    const row = await j.transaction(({ db }) => outboxOf(db, one.exchange), { readOnly: true });
    if (!row || !(await carries(j, via, row.provider))) {
      j.log.warn({ exchange: one.exchange, server: via }, "an answer from a server that was not asked");
      continue;
    }
    const certificate = certificates[one.serial] ?? (await j.transaction(({ db }) => certificateOf(db, one.serial), { readOnly: true }));
    await endAnswered(j, { ...one, certificate });
  }
}
