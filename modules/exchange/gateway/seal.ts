/** The provider's signature under an answer, and its own record of it. */
import type { JobContext } from "#kernel";
import { sign } from "#trust";
import type { Service } from "../directory/store.ts";
import { answered } from "../facts.ts";
import { putBody, putCertificate, putOutcome } from "../log/store.ts";
import type { Fit } from "./filter.ts";
import { type Envelope, hashOf, responseOf, signedBytes } from "./message.ts";
import type { SignedResponse } from "./signed.ts";

export interface ToSign extends Fit {
  envelope: Envelope;
  service: Service;
  providerName: string;
  clientInstitution: string;
  person: string | undefined;
  rights: readonly string[];
  hash: string;
  by: "system" | "person";
  keep: boolean;
  since: Date;
}

/** Signed as the provider, then durable on its side: the row, the fact the person will read, the body if it must be given again. */
export async function signAndLog(j: JobContext, s: ToSign): Promise<SignedResponse> {
  const { envelope: e, service } = s;
  const { part } = responseOf(s, e, s.hash);
  const bodyHash = hashOf(s.body);
  const institution = { id: service.institution, name: s.providerName };
  const signed = await sign(j, { institution, bytes: signedBytes(part, bodyHash) });
  return j.transaction(
    async (ctx) => {
      const at = ctx.clock.now();
      const subject = s.person === undefined ? `exchange:${e.exchange}` : `person:${s.person}`;
      const { exchange, client, purpose, issue } = e;
      const fact = await ctx.record(answered, subject, {
        exchange,
        client,
        service: e.service,
        purpose,
        ...(issue === undefined ? {} : { issue }),
        status: s.status,
        fields: s.fields,
        by: s.by,
      });
      await putCertificate(ctx.db, signed.serial, signed.certificate);
      await putOutcome(ctx.db, {
        exchange,
        side: "provider",
        institution: service.institution,
        at,
        outcome: "answered",
        status: s.status,
        milliseconds: at.getTime() - s.since.getTime(),
        by: s.by,
        rights: s.rights,
        fields: s.fields,
        person: s.person ?? null,
        headerPart: part,
        bodyHash: bodyHash ?? null,
        signature: signed.signature,
        serial: signed.serial,
        fact,
      });
      if (s.keep && bodyHash)
        await putBody(ctx.db, {
          exchange,
          direction: "response",
          clientInstitution: s.clientInstitution,
          providerInstitution: service.institution,
          bytes: s.body,
          eraseAfter: new Date(at.getTime() + service.keepDays * 86_400_000),
        });
      return { part, body: s.body, signature: signed.signature, certificate: signed.certificate, serial: signed.serial, at, by: s.by };
    },
    { institution: service.institution },
  );
}
