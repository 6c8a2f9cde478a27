/** The provider's signature under an answer, and its own record of it. */
import type { JobContext } from "#kernel";
import type { Service } from "../directory/store.ts";
import { answered } from "../facts.ts";
import type { BodyRow, Measured, OutcomeRow } from "../log/store.ts";
import { write, writeIn } from "../log/writer.ts";
import type { Fit } from "./filter.ts";
import type { Sealed } from "./flow.ts";
import { type Envelope, hashOf, responseOf } from "./message.ts";
import { signMessage } from "./signatures.ts";
import type { SignedResponse } from "./signed.ts";

/** Whose answer it is, to what, by which right. */
export interface Answerer {
  envelope: Envelope;
  service: Service;
  providerName: string;
  clientInstitution: string;
  person: string | undefined;
  rights: readonly string[];
  by: "system" | "person";
  since: Date;
  consent?: { id: string } | undefined;
  /** A stored message can be asked for its answer until then, whatever its service's rule for bodies. */
  until?: Date | undefined;
  measured?: Measured | undefined;
}
export interface ToSeal extends Answerer {
  status: number;
  part: string;
  bodyHash: Buffer | undefined;
  /** JSON pointers that held something; "" = the whole answer, whatever it held. */
  fields: string[];
  /** Kept so that the same question can be answered again. */
  body?: Buffer | undefined;
}

/** Signed as the provider, then durable on its side; where a person is concerned the ledger is told in the same transaction. */
export async function seal(j: JobContext, s: ToSeal): Promise<Sealed> {
  const { envelope: e, service, person } = s;
  const signed = await signMessage(j, { id: service.institution, name: s.providerName }, s);
  const at = j.clock.now();
  const outcome: OutcomeRow = {
    exchange: e.exchange,
    side: "provider",
    institution: service.institution,
    at,
    outcome: "answered",
    status: s.status,
    milliseconds: at.getTime() - s.since.getTime(),
    by: s.by,
    rights: s.rights,
    fields: s.fields,
    person: person ?? null,
    headerPart: s.part,
    bodyHash: s.bodyHash ?? null,
    signature: signed.signature,
    serial: signed.serial,
    format: "xades",
    signedAt: signed.signedAt,
    measured: s.measured ?? null,
  };
  const body: BodyRow | undefined = s.body && {
    exchange: e.exchange,
    direction: "response",
    clientInstitution: s.clientInstitution,
    providerInstitution: service.institution,
    bytes: s.body,
    // a program that dies right after this has not yet said how long the answer must wait for its taker
    eraseAfter: new Date(Math.max(at.getTime() + service.keepDays * 86_400_000, s.until?.getTime() ?? 0)),
  };
  const entry = { outcome, certificate: { serial: signed.serial, pem: signed.certificate }, ...(body ? { body } : {}) };
  if (person === undefined) await write(j, entry);
  else
    await j.transaction(
      async (ctx) => {
        const { exchange, client, purpose, issue } = e;
        const said = { exchange, client, service: e.service, purpose, ...(issue === undefined ? {} : { issue }) };
        outcome.fact = await ctx.record(answered, `person:${person}`, {
          ...said,
          status: s.status,
          fields: s.fields,
          by: s.by,
          ...(s.consent ? { consent: s.consent.id } : {}),
        });
        await writeIn(ctx, entry);
      },
      { institution: service.institution },
    );
  return { ...signed, at };
}

/** A whole answer: its header part made, sealed, handed back with its body. */
export async function signAndLog(j: JobContext, s: Answerer & Fit & { hash: string; keep: boolean }): Promise<SignedResponse> {
  const { part } = responseOf(s, s.envelope, s.hash);
  const bodyHash = hashOf(s.body);
  const sealed = await seal(j, { ...s, part, bodyHash, body: s.keep && bodyHash ? s.body : undefined });
  return { ...sealed, body: s.body, by: s.by };
}
